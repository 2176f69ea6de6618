"""Captions of the toy world held against their scene: each kind of mistake is called by its name."""

import numpy as np
import pytest

from minisat.data.toy_world import MISTAKES, Scene, Thing, ToyWorld, mistake
from minisat.data.toy_world.things import NOUNS

BALL = Thing("ball", "ball", "red", NOUNS["ball"], 10.0, 30.0, 20, None)
BOX = Thing("box", "box", "blue", NOUNS["box"], 50.0, 30.0, 20, None)
TWO = Scene(np.zeros((64, 64, 3), np.uint8), (), (BALL, BOX), ((0, "left", 1), (1, "right", 0)))


def test_what_the_grammar_says_is_true():
    """Every reference of many scenes."""
    for scene in ToyWorld(3).scenes("test", 60):
        assert [mistake(caption.split(), scene) for caption in scene.captions] == [None] * 5


@pytest.mark.parametrize("caption, what, word", [
    ("a ball in red to the left of a ball in red", "says one thing twice", 9),
    ("a fish in red left of a box in blue", "names what is not there", 1),
    ("a ball in red left of a green crate", "names what is not there", 8),
    ("a ball in blue left of a box in red", "swaps colours", 1),
    ("there is only a box in blue", "leaves something out", 4),
    ("a ball left of a box in blue", "is no sentence", 5),
    ("", "is no sentence", 0),
    ("a ball in red to the right of a box in blue", "misplaces it", 9)])
def test_mistakes(caption, what, word):
    """The first that is found, and the word that it shows at."""
    assert mistake(caption.split(), TWO) == (what, word)
    assert what in MISTAKES
