"""Error analysis: confusions, unsupported words and attention figures, counted by hand on invented captions."""

import numpy as np
import pytest

from minisat.captioner.teacher_forcing import metrics
from minisat.evaluation.analysis import attention_by_class, confusions, places_looked_at, unsupported
from minisat.evaluation.word_classes import CLASS_OF, CLASSES, meanings


def read(*sentences):
    return [sentence.split() for sentence in sentences]


CAPTIONS = {"1": "a red cat sleeps on two boats".split(), "2": "a red kitten in the snow".split(),
            "3": "a gray dog".split(), "4": "nothing".split()}
REFERENCES = {
    "1": read("three blue dogs on boats", "the blue dog sits on a boat", "a dog and a cat"),
    "2": read("a blue kitten", "a blue and white cat", "the puppy"),
    "3": read("a grey puppy", "dogs"),
    "4": read("two red balls"),
}


def test_a_confusion_is_what_nobody_says_beside_what_most_agree_on():
    found = confusions(CAPTIONS, REFERENCES)
    assert [(one.name, one.said, one.meant, one.images) for one in found] == [("colour", "red", "blue", ["1", "2"])]
    # Photo 1: a reference has a cat; two boats are no mistake for three, which one reference alone says.


def test_one_reference_speaks_for_itself():
    found = confusions({"1": "two cats".split()}, {"1": read("three dogs")})
    assert [(one.said, one.meant) for one in found] == [("cat", "dog"), ("two", "three")]


def test_words_in_no_reference_are_counted_by_class():
    counts = unsupported(CAPTIONS, REFERENCES)
    assert counts["colour"] == (3, 2)   # red twice; gray is grey
    assert counts["animal"] == (3, 0) and counts["thing"] == (1, 0)
    assert counts["place"] == (1, 1) and counts["count"] == (1, 1) and counts["person"] == (0, 0)


def test_a_word_has_one_class_and_one_meaning():
    assert sum(len(words) for words in CLASSES.values()) == len(CLASS_OF)
    assert meanings("two brown puppies and a tan dog".split(), "animal") == {"dog"}
    assert meanings("two brown puppies and a tan dog".split(), "colour") == {"brown"}


def test_attention_of_each_class_of_words():
    alphas = np.full((4, 4), 0.25)
    alphas[1] = [1.0, 0, 0, 0]      # "red" looks at one place
    alphas[2] = [0.5, 0.5, 0, 0]    # "ball" at two
    found = attention_by_class([(["a", "red", "ball"], alphas, np.array([0.0, 0.5, 1.0, 9.0])), (["dog"], None, None)])
    assert list(found) == ["colour", "thing", "function"]
    assert found["colour"] == pytest.approx({"words": 1, "entropy": 0.0, "peak": 1.0, "beta": 0.5})
    assert found["thing"] == pytest.approx({"words": 1, "entropy": np.log(2), "peak": 0.5, "beta": 1.0})
    assert found["function"]["entropy"] == pytest.approx(np.log(4))
    assert attention_by_class([(["red"], alphas, None)])["colour"]["beta"] is None


def test_a_word_that_looks_at_the_sentinel_alone_has_no_entropy():
    """Its look would seem as sharp as can be, and it is none."""
    alphas = np.array([[0.0, 0, 0, 0], [0.25, 0.25, 0, 0], [0.0, 0, 0, 0]])
    found = attention_by_class([(["red", "blue", "of"], alphas, np.array([0.0, 0.5, 0.0]))])
    assert found["colour"] == pytest.approx({"words": 2, "entropy": np.log(2), "peak": 0.5, "beta": 0.25})
    assert found["function"] == {"words": 1, "entropy": None, "peak": None, "beta": 0.0}
    assert places_looked_at(alphas) == pytest.approx(2) and places_looked_at(alphas[:1]) == 0
    assert metrics({}, alphas, np.ones(3))["attention_entropy"] == pytest.approx(np.log(2))
    assert metrics({}, alphas, np.array([1.0, 0, 0]))["attention_entropy"] == 0


def test_places_looked_at_is_one_for_a_point_and_all_for_everywhere():
    assert places_looked_at(np.eye(5)[:3]) == pytest.approx(1.0)
    assert places_looked_at(np.full((3, 5), 0.2)) == pytest.approx(5.0)
