"""The command line itself: its list of verbs, what they answer, what was probably meant, colour, and how it ends."""

import importlib
import io
import json
import re
import subprocess
import sys

import pytest

from minisat.cli import doctor, gradcheck
from minisat.cli.answer import Answer
from minisat.cli.colour import has_colour
from minisat.cli.main import VERBS, build_parser, main
from minisat.errors import did_you_mean, note


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_explains_itself(verb):
    """A description and an example that begins with the verb; each action likewise."""
    text = build_parser(verb).format_help()
    assert f"example:\n  minisat {verb}" in text and text.count("\n") > 5
    for name in getattr(importlib.import_module(f"minisat.cli.{verb}"), "ACTIONS", ()):
        with pytest.raises(SystemExit):
            build_parser(verb).parse_args([name, "--help"])


def test_the_verbs_are_listed(capsys):
    """With no verb at all, and an unknown one is answered with one sentence."""
    assert main([]) == 0
    listed = capsys.readouterr().out
    assert all(f"  {verb} " in listed for verb in VERBS)
    assert listed.index("Begin with") < listed.index("minisat demo") < listed.index("minisat lesson")
    assert main(["fly"]) == 2
    assert capsys.readouterr().err == "minisat: there is no verb 'fly'; `minisat --help` lists them.\n"


def test_the_list_needs_no_numpy():
    """`minisat --help` is there at once: it imports nothing that takes long."""
    code = ("import sys\nfrom minisat.cli.main import main\nmain(['--help'])\n"
            "assert not {'numpy', 'PIL', 'matplotlib', 'nltk', 'inspect', 'json'} & set(sys.modules)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def streaming(arguments):
    """A verb that says all that a verb can say."""
    print("progress")
    note("a note")
    yield "for people"
    yield ""
    yield Answer({"line": "ä"}, "one of many")
    return Answer({"all": [1]}, "the end", 1)


def test_people_read_texts(monkeypatch, capsys):
    """In their order, an empty one as an empty line; the exit code is the answer's."""
    monkeypatch.setattr(doctor, "run", streaming)
    assert main(["doctor"]) == 1
    said = capsys.readouterr()
    assert said.out == "progress\nfor people\n\none of many\nthe end\n" and said.err == "minisat doctor: a note\n"


def test_programs_read_json_alone(monkeypatch, capsys):
    """On stdout; a line for each answer on the way, the last one indented; what is printed besides is on stderr."""
    monkeypatch.setattr(doctor, "run", streaming)
    assert main(["doctor", "--json"]) == 1
    said = capsys.readouterr()
    assert said.out == '{"line": "ä"}\n{\n "all": [\n  1\n ]\n}\n'
    assert said.err == "progress\nminisat doctor: a note\n"


def test_a_verb_may_have_nothing_to_say(monkeypatch, capsys):
    """No answer at all, one without words, or a generator that ends at once."""
    def empty(arguments):
        yield from ()
    for run in (lambda arguments: None, lambda arguments: Answer(), empty):
        monkeypatch.setattr(doctor, "run", run)
        assert main(["doctor"]) == 0 and main(["doctor", "--json"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("words, meant", [
    (["leson"], "lesson"), (["Train"], "train"), (["lesson", "chek"], "check"), (["word2vec", "neighbors", "f"],
                                                                                "neighbours"),
    (["train", "data", "--run", "r", "--learnig-rate", "1"], "--learning-rate"), (["data", "stats", "d", "--ouput=o"],
                                                                                 "--out"),
    (["features", "d", "--out", "o", "--encoder", "resnet5"], "resnet50"), (["weights", "fetch", "vg16"], "vgg16"),
    (["recipe", "hard-atention"], "hard-attention"), (["train", "d", "--run", "r", "--model", "hard-atention"],
                                                      "hard-attention"),
    (["lesson", "run", "nugde"], "nudge"), (["gradcheck", "lstmcell"], "lstm_cell")])
def test_what_was_probably_meant(words, meant, capsys, tmp_path, monkeypatch):
    """Verbs, actions, flags, choices and names: the nearest is named, in one line."""
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    error = capsys.readouterr().err
    assert re.search(rf" Did you mean {meant}( or |, |\?)", error) and error.count("\n") == 1


def test_nothing_is_meant_where_nothing_is_near(capsys):
    assert did_you_mean("xyzzy", VERBS) == "" == did_you_mean("a", [])
    assert did_you_mean("Dog", ["dogs", "dig", "dog"]) == " Did you mean dog?"
    assert did_you_mean("dgo", ["dog", "dogs", "do", "cat"]).startswith(" Did you mean d")
    assert main(["lesson", "run", "--hopeless"]) == 2 and "Did you mean" not in capsys.readouterr().err


class Terminal(io.StringIO):
    def isatty(self):
        return True


def on_a_terminal(monkeypatch):
    """stdout and stderr are one terminal that knows colour, from now on."""
    screen = Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("WT_SESSION", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return screen


def test_colour_is_for_terminals(monkeypatch):
    """Not for a file or a pipe, a dumb terminal, or those who ask for none; an empty NO_COLOR asks for nothing."""
    terminal = on_a_terminal(monkeypatch)
    assert has_colour(terminal) and not has_colour(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "")
    assert has_colour(terminal)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not has_colour(terminal)
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not has_colour(terminal)


def test_what_is_wrong_is_red_and_what_is_right_green(monkeypatch):
    """A mistake, a wrong gradient, a right one; nothing of it in JSON."""
    terminal = on_a_terminal(monkeypatch)
    assert main(["fly"]) == 2 and "\033[31mminisat:\033[0m there is no verb" in terminal.getvalue()
    assert main(["gradcheck", "linear.no_bias"]) == 0
    assert "\033[32m1 of 1 cases are right to 1e-6\033[0m" in terminal.getvalue()
    right = gradcheck.check_case

    def wrong(*arguments, **options):
        report = right(*arguments, **options)
        report.tensors[0] = report.tensors[0]._replace(error=1.0)
        return report
    monkeypatch.setattr(gradcheck, "check_case", wrong)
    assert main(["gradcheck", "linear.no_bias"]) == 1
    shown = terminal.getvalue()
    assert "\033[31mWRONG\033[0m" in shown and "\033[31m Wrong: linear.no_bias.\033[0m" in shown
    terminal.truncate(0), terminal.seek(0)
    assert main(["gradcheck", "linear.no_bias", "--json"]) == 1
    assert "\033" not in terminal.getvalue() and json.loads(terminal.getvalue())["ok"] is False


def test_ctrl_c_leaves_no_traceback(monkeypatch, capsys):
    """It ends with a shell's own code for it."""
    def interrupt(arguments):
        raise KeyboardInterrupt
    monkeypatch.setattr(doctor, "run", interrupt)
    assert main(["doctor"]) == 130
    assert capsys.readouterr().err == "\n"
