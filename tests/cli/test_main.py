"""The command line itself: its list of verbs, and how it ends."""

import pytest

from minisat.cli import lesson
from minisat.cli.main import VERBS, build_parser, main


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_explains_itself(verb):
    """A description and an example that begins with the verb."""
    text = build_parser(verb).format_help()
    assert f"example:\n  minisat {verb}" in text and text.count("\n") > 5


def test_the_verbs_are_listed(capsys):
    """With no verb at all, and an unknown one is answered with one sentence."""
    assert main([]) == 0
    listed = capsys.readouterr().out
    assert all(f"  {verb} " in listed for verb in VERBS)
    assert main(["fly"]) == 2
    assert capsys.readouterr().err == "minisat: there is no verb 'fly'; `minisat --help` lists them.\n"


def test_ctrl_c_leaves_no_traceback(monkeypatch, capsys):
    """It ends with a shell's own code for it."""
    def interrupt(arguments):
        raise KeyboardInterrupt
    monkeypatch.setattr(lesson, "run", interrupt)
    assert main(["lesson", "list"]) == 130
    assert capsys.readouterr().err == "\n"
