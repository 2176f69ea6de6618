"""What wrong numbers have in common is seen, and nothing is seen where there is no pattern."""

import numpy as np
import pytest

from minisat.diagnosis import diagnose
from minisat.teaching.asking import Wrong, agree

RIGHT = np.random.default_rng(0).standard_normal((4, 4))
TALL = np.random.default_rng(1).standard_normal((5, 8))
MAPS = np.random.default_rng(2).standard_normal((2, 3, 5, 6))
BALANCED = MAPS - MAPS.mean(axis=(0, 2, 3), keepdims=True)
MASK = np.array([1, 0, 1, 1, 0])


def changed(array, place, by=1.0):
    array = array.copy()
    array[place] += by
    return array


@pytest.mark.parametrize("found, wanted, context, said", [
    (RIGHT / 3, RIGHT, {}, "Everywhere it is 1/3 times what it should be"),
    (RIGHT * 0.7131, RIGHT, {}, "Everywhere it is 0.7131 times"),
    (-RIGHT, RIGHT, {}, "It has the wrong sign everywhere."),
    (RIGHT.T, RIGHT, {}, "It is the transpose of what it should be."),
    (RIGHT[::-1], RIGHT, {}, "backwards along axis 0"),
    (TALL.T.reshape(5, 8), TALL, {}, "in the wrong places"),
    (0 * RIGHT, RIGHT, {}, "It is zero everywhere"),
    (changed(RIGHT, (2, 3), np.nan), RIGHT, {}, "It is not finite, first at [2, 3]."),
    (np.broadcast_to(TALL.sum(axis=0), TALL.shape), TALL, {}, "It is summed over axis 0, which ought to stay."),
    (np.broadcast_to(TALL[:, :1], TALL.shape), TALL, {}, "Along axis 1 its numbers are all alike"),
    (changed(TALL, 3), TALL, {}, "Along axis 0 only number 3 is wrong, of 0 to 4."),
    (changed(TALL, (slice(None), slice(2, 4))), TALL, {"gates": 4}, "Of its 4 gates only one is wrong: f."),
    (changed(TALL, ([1, 4],)), TALL, {"ids": [np.array([1, 0, 4, 1, 4])]}, "words that come more than once"),
    (changed(TALL, ([1, 4],)), TALL, {"masks": [np.array([1, 0, 1, 1, 0])]}, "wrong for the padding"),
    (TALL * np.arange(1, 6)[:, None], TALL, {}, "each row has another one"),
    (TALL, TALL - TALL.mean(axis=1, keepdims=True), {}, "it should add up to 0"),
    (np.pad(MAPS, ((0, 0), (0, 0), (1, 0), (2, 0)))[:, :, :5, :6], MAPS, {}, "by 1 along axis 2 and by 2 along"),
    (TALL / 5, TALL / 3 * MASK[:, None], {"masks": [MASK]}, "0, and everywhere else it is 3/5 times"),
    (changed(TALL, ([0, 2],)), TALL, {"ids": [np.array([[1, 3], [2, 0]])], "masks": [np.array([[1, 1], [0, 0]])]},
     "words that stand for padding"),
    (changed(TALL, ([1, 3],)), TALL, {"ids": [np.array([3, 1, 1, 3])]}, "words that were looked up"),
    (changed(TALL, ([1, 3],)), TALL * [[0], [1], [0], [1], [0]], {"ids": [np.array([3, 1, 1, 3])]}, ""),
    (TALL[:, :4] @ RIGHT, TALL[:, :4] @ RIGHT.T, {"weights": {"W": RIGHT}}, "It is right if W is transposed."),
    (TALL * np.arange(1, 9), TALL, {}, "Along axis 1 each number is off by one factor of its own"),
    (MAPS * [[[1]], [[2]], [[3]]], MAPS, {}, "Along axis 1 each number"),
    (TALL[:1] * np.arange(1, 9), TALL[:1], {}, ""),
    (TALL * (np.arange(8) == 2), TALL, {}, "Along axis 1 it is zero at [0, 1, 3, 4, 5, 6, 7]"),
    (MAPS, BALANCED, {}, "In each channel it should add up to 0"),
    (changed(TALL, ([0, 1, 3, 4],)), TALL, {}, "Along axis 0 only number 2 is right, of 0 to 4."),
    (changed(TALL, ([0, 1, 3, 4],)), changed(TALL, 2, -TALL[2]), {}, ""),
    (np.array([0.05]), np.array([0.6]), {}, "Everywhere it is 1/12 times"),
    (np.array([0.3]), np.array([0.5]), {}, ""),
    (RIGHT + TALL[:4, :4], RIGHT, {}, ""),
    (RIGHT, RIGHT, {}, ""),
])
def test_a_pattern_is_named(found, wanted, context, said):
    """The one that is there."""
    pattern = diagnose(found, wanted, **context)
    assert said in pattern and bool(said) == bool(pattern)


def test_what_was_found_is_not_what_is_asked_for():
    """None, a shape with its axes swapped, words where numbers belong, a number that is off: each in one sentence."""
    for found, said in ((None, "is None: does the function return it?"),
                        (TALL.T, "(8, 5) and should have (5, 8): its axes are swapped"),
                        ("much", "is to be an array of numbers, not one str"),
                        (changed(TALL, (0, 1)), "at [0, 1] it is")):
        with pytest.raises(Wrong) as raised:
            agree("It", found, TALL)
        assert said in str(raised.value) and str(raised.value).startswith("It ")
    agree("It", TALL + 1e-11, TALL)
