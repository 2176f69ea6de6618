"""Settings and flags: every number has its range, and nothing outside it is taken, however it comes."""

import json

import pytest

from minisat.captioner import Recipe
from minisat.errors import UserError
from minisat.rules import Either, Rule, check, misfits
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
    ("drop_factor", 0, "must be in (0, 1], not 0"), ("patience", True, "must be a whole number, not true")])
def test_the_sentences(field, value, said):
    """What once trained the wrong way, or ended in a traceback."""
    with pytest.raises(UserError) as error:
        Recipe(**{field: value})
    assert f"The recipe's {field} {said}" in str(error.value)


LIKE = {"images": [{"id": Either(int, str), "file_name": Either(str, None)}], "scale": float, "skipped": {str: str},
        "V": Rule(int, least=1), "mean": (Rule(float),) * 3, "grid?": (int, int),
        "kind?": Rule(str, choices=("a", "b"))}
GOOD = {"images": [{"id": 1, "file_name": None, "more": 0}], "scale": 1, "skipped": {"a": "why"}, "V": 3,
        "mean": [0, 0.5, 1], "other": None}


@pytest.mark.parametrize("change, said", [
    ({"images": {}}, "f: images must be a list, not a JSON object."),
    ({"images": [{"id": 1}]}, "f: images[0] has no file_name."),
    ({"images": [{"id": True, "file_name": "a"}]}, "f: images[0].id must be a whole number or text, not true."),
    ({"images": [{"id": 1, "file_name": 7}]}, "f: images[0].file_name must be text or null, not 7."),
    ({"scale": "1"}, "f: scale must be a number, not '1'."), ({"scale": None}, "f: scale must be a number, not null."),
    ({"skipped": {"a.b": []}}, "f: skipped['a.b'] must be text, not a list of 0."),
    ({"skipped": []}, "f: skipped must be a JSON object, not a list of 0."),
    ({"V": 0}, "f: V must be at least 1, not 0."), ({"V": 1.0}, "f: V must be a whole number, not 1."),
    ({"mean": [0.5, "y", 1]}, "f: mean[1] must be a number, not 'y'."),
    ({"mean": [0.5]}, "f: mean must be a list of 3, not a list of 1."),
    ({"mean": [0, 1, 1e999]}, "f: mean[2] must be a finite number, not inf."),
    ({"grid": None}, "f: grid must be a list of 2, not null."), ({"kind": 3}, "f: kind must be text, not 3."),
    ({"kind": "c"}, "f: kind must be one of a, b, not 'c'.")])
def test_what_is_not_like_it_is_named(change, said):
    """Each change of one place is found there, and said with what is wanted and what is there."""
    check(GOOD, LIKE, "f")
    with pytest.raises(UserError) as error:
        check(GOOD | change, LIKE, "f")
    assert str(error.value) == said


def test_every_misfit_is_found():
    """In the order in which it is looked for; what is no object at all has but one."""
    assert [place for place, _ in misfits(GOOD | {"V": 0, "scale": "1", "images": [3, 4]}, LIKE)] == \
        ["images[0]", "images[1]", "scale", "V"]
    assert list(misfits(None, LIKE)) == [("", "must be a JSON object, not null")]
    assert not list(misfits([GOOD], [LIKE])) and list(misfits([True, 2], [Either(bool, Rule(int, most=1))])) == \
        [("[1]", "must be true or false or a whole number at most 1, not 2")]
