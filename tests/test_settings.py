"""Settings and flags: every number has its range, and nothing outside it is taken, however it comes."""

import json

import pytest

from minisat.captioner import Recipe
from minisat.cli.main import main
from minisat.errors import UserError
from minisat.rules import Rule, check_entries
from minisat.trained import Decoding
from minisat.word2vec import Settings

NUMBERS = [(kind, entry.name) for kind in (Recipe, Settings, Decoding) for entry in kind.settings()
           if entry.type in (int, float)]
WRONG = [float("nan"), float("inf"), -float("inf"), -2, -1.5, True, "1", None, [1], 10**400]


@pytest.mark.parametrize("kind, name", NUMBERS)
def test_no_number_takes_nonsense(kind, name):
    """Not finite, negative, of another type: one sentence that names the field. A field without a range fails here."""
    for value in WRONG:
        if value == 10**400 and next(entry for entry in kind.settings() if entry.name == name).type is int:
            continue  # a whole number may be large
        with pytest.raises(UserError) as error:
            kind(**{name: value})
        assert kind.called(name) in str(error.value) and " must be " in str(error.value), value


def test_every_text_has_choices_and_they_are_refused_by_name():
    """A choice that does not exist is answered by those that do."""
    for kind in (Recipe, Settings):
        for entry in kind.settings():
            if entry.type is str:
                with pytest.raises(UserError, match=f"{entry.name} must be one of .*, not 'x'"):
                    kind(**{entry.name: "x"})


@pytest.mark.parametrize("kind", [Recipe, Settings, Decoding])
def test_defaults_go_to_json_and_back(kind):
    """Whole numbers stand for floats, as JSON writes them; strangers are refused."""
    assert kind.from_dict(json.loads(json.dumps(kind().to_dict()))).to_dict() == kind().to_dict()
    assert isinstance(Recipe.from_dict({"clip_norm": 5}).clip_norm, float)
    with pytest.raises(UserError, match="has no colour; it has "):
        kind.from_dict({"colour": 1})


@pytest.mark.parametrize("field, value, said", [
    ("clip_norm", -1, "must be at least 0, not -1"), ("average_decay", 1, "must be in [0, 1), not 1"),
    ("max_vocabulary", -1, "must be at least 0, not -1"), ("penalty", float("nan"), "must be a finite number, not nan"),
    ("embedding_size", 10**30, "must be in [1, 100000], not 1"),
    ("max_words", 1e30, "must be a whole number, not 1e+30"),
    ("drop_factor", 0, "must be in (0, 1], not 0"), ("patience", True, "must be a whole number, not True")])
def test_the_sentences(field, value, said):
    """What once trained the wrong way, or ended in a traceback."""
    with pytest.raises(UserError) as error:
        Recipe(**{field: value})
    assert f"The recipe's {field} {said}" in str(error.value)


FLAGS = [("train", ["D", "--features", "S", "--run", "R"], ["--save-every", "--max-minutes", "--save-minutes"]),
         ("evaluate", ["R", "D"], ["--limit", "--retrieval"]), ("report", ["R"], ["--photos"]),
         ("bench", [], ["--seconds"]), ("classify", ["P", "--weights", "W"], ["--top"]),
         ("compare", ["A", "B"], ["--rounds", "--seed", "--photos"]), ("demo", [], ["--seed"]),
         ("gradcheck", [], ["--seed"]), ("serve", ["R"], ["--port"]),
         ("features", ["D", "--encoder", "toy_cnn", "--out", "S"], ["--batch", "--threads"]),
         ("trace", ["record", "--out", "t.json"], ["--captions", "--seed"]),
         ("trace", ["diff", "a", "b"], ["--tolerance", "--most"]),
         ("data", ["stats", "D", "--out", "O"], ["--min-count"]),
         ("word2vec", ["neighbours", "V", "w"], ["--count"]),
         ("word2vec", ["plot", "V", "--out", "O"], ["--count", "--neighbours"])]


@pytest.mark.parametrize("verb, rest, flag", [(verb, rest, flag) for verb, rest, flags in FLAGS for flag in flags])
def test_no_flag_takes_nonsense(verb, rest, flag, capsys, tmp_path, monkeypatch):
    """Exit code 2 and one sentence that names the flag, before anything is read or made."""
    monkeypatch.chdir(tmp_path)
    for value in ("-3", "nan", "inf", "x", ""):
        assert main([verb, *rest, f"{flag}={value}"]) == 2
        error = capsys.readouterr().err.strip()
        assert error.startswith(f"minisat {verb}: argument {flag}: must be ") and "\n" not in error
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("entries, said", [
    ([], "x.json must hold a JSON object, not []."), ({}, "x.json has no entry 'V'."),
    ({"V": 0}, "x.json is damaged: its entry 'V' must be at least 1, not 0."),
    ({"V": 1, "mean": [0.5, "y", 1]}, "its entry 'mean' is wrong at 1, which must be a number, not 'y'."),
    ({"V": 1, "mean": [0.5]}, "its entry 'mean' must have 3 entries, not 1."),
    ({"V": 1, "skipped": {"a": 3}}, "its entry 'skipped' is wrong at 'a', which must be text, not 3."),
    ({"V": 1, "scale": 1e999}, "its entry 'scale' must be a finite number, not inf.")])
def test_a_file_s_entries_are_checked_by_the_same_rules(entries, said):
    """The file and the entry are named."""
    rules = {"V": Rule(int, least=1), "mean": Rule(list, each=Rule(float), length=3),
             "skipped": Rule(dict, each=Rule(str)), "scale": Rule(float, above=0)}
    with pytest.raises(UserError) as error:
        check_entries(entries, rules, "x.json", optional=("mean", "skipped", "scale"))
    assert said in str(error.value)
    check_entries({"V": 3, "other": None}, rules, "x.json", optional=("mean", "skipped", "scale"))
