"""Consensus: its likeness is CIDEr-D, its neighbours are those of centred features, its choice is what the sum says."""

import math
from collections import Counter

import numpy as np
import pytest

from minisat.evaluation import Cider
from minisat.evaluation import consensus as module
from minisat.evaluation.consensus import Consensus

TWO = [["a b".split()], ["c d".split()]]          # one caption each of two training photos
FAR = np.array([[10.0, 0.0], [0.0, 10.0]])


def sentences(rng, count):
    return [list(rng.choice(list("abcdefg"), rng.integers(3, 9))) for _ in range(count)]


def of_chance(seed=0):
    """(features, captions) of 8 training photos with one to four captions each."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal((8, 5)), [sentences(rng, 1 + i % 4) for i in range(8)]


def plain_cider_d(caption, reference, photos):
    """CIDEr-D as its paper writes it, one caption with one reference; `photos` say how rare an n-gram is."""
    def grams(words, n):
        return Counter(tuple(words[i:i + n]) for i in range(len(words) - n + 1))

    def weights(words, n):
        return {gram: count * math.log(len(photos) / max(1, sum(
            any(gram in grams(own, n) for own in of_photo) for of_photo in photos)))
            for gram, count in grams(words, n).items()}
    total = 0.0
    for n in (1, 2, 3, 4):
        ours, theirs = weights(caption, n), weights(reference, n)
        norms = math.sqrt(sum(w * w for w in ours.values())) * math.sqrt(sum(w * w for w in theirs.values()))
        if norms:
            total += sum(min(w, theirs.get(gram, 0.0)) * theirs.get(gram, 0.0) for gram, w in ours.items()) / norms
    return 10 / 4 * total * math.exp(-(len(caption) - len(reference)) ** 2 / (2 * 6**2))


def check_likeness():
    """It equals CIDEr-D written plainly, with the rarity of the training photos; and the package's own scorer."""
    features, captions = of_chance()
    said = sentences(np.random.default_rng(1), 3)
    asked = Consensus(features, captions)
    for row in range(8):
        plain = [[plain_cider_d(words, own, captions) for own in captions[row]] for words in said]
        np.testing.assert_allclose(asked.likeness(said, row), plain, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(np.mean(plain, axis=1), [Cider(captions).score(words, row)[1] for words in said])
    choice = asked.choose(said, [0, 0, 0], [2, 3], weight=0)
    expected = [np.mean([plain_cider_d(words, own, captions) for row in (2, 3) for own in captions[row]])
                for words in said]
    np.testing.assert_allclose(choice.scores, expected, rtol=1e-12)


def check_nearest():
    """A photo far out to the right is like the training photo that lies to the right of their middle. From the origin
    all lie in nearly one direction, and another would be nearest."""
    middle = np.array([100.0, 100.0])
    training = middle + [[1, 0], [-1, 0], [0, 3], [0, -3]]
    rows, cosines = Consensus(training, [["a".split()]] * 4).nearest(middle[None] + [[5, 1]], 2)
    assert rows.tolist() == [[0, 2]]
    np.testing.assert_allclose(cosines, [[5 / math.sqrt(26), 1 / math.sqrt(26)]], rtol=1e-6)


def test_the_likeness_is_cider_d_with_the_rarity_of_the_training_photos():
    check_likeness()


def test_neighbours_lie_in_the_same_direction_from_the_middle():
    check_nearest()


class OwnRarity(Cider):
    """Rarity counted in other captions than those of the training photos."""

    def __init__(self, references):
        super().__init__(references)
        self._rarity = Cider(references[::2])._rarity


@pytest.mark.parametrize("name, broken, check", [
    ("Cider", OwnRarity, check_likeness),
    ("Cider", lambda captions: Cider([[own] for of_photo in captions for own in of_photo]), check_likeness),
    ("unit", lambda rows: rows, check_nearest)])
def test_a_planted_mistake_is_found(monkeypatch, name, broken, check):
    """The rarity of half the photos; captions counted as photos; dot products instead of cosines."""
    monkeypatch.setattr(module, name, broken)
    with pytest.raises(AssertionError):
        check()


def test_cosines_that_are_not_centred_are_found(monkeypatch):
    class NotCentred(Consensus):
        def __init__(self, features, captions):
            super().__init__(features, captions)
            self._middle = np.zeros_like(self._middle)
            self._training = module.unit(np.asarray(features, np.float32))
    monkeypatch.setitem(globals(), "Consensus", NotCentred)
    with pytest.raises(AssertionError):
        check_nearest()


def test_a_choice_by_hand():
    """Of two photos every n-gram is in one: its weight is log 2, which the cosines lose.

    "a b" is "a b": cosine 1 for n = 1 and 2, nothing for n = 3 and 4, so 10 (1 + 1) / 4 = 5. "a d" shares one word of
    two with each photo: cosine 1/2 for n = 1, so 10 (1/2) / 4 = 1.25.
    """
    said, asked = ["a d".split(), "a b".split()], Consensus(FAR, TWO)
    near = asked.choose(said, [0.0, 0.0], [0], weight=0.1)
    assert near.order.tolist() == [1, 0] and near.scores == pytest.approx([1.25, 5])
    both = asked.choose(said, [-1.0, -3.0], [0, 1], weight=0.1)
    assert both.scores == pytest.approx([1.25 - 0.1, 2.5 - 0.3]) and both.order.tolist() == [1, 0]
    assert [of.tolist() for of in both.likeness] == [[[pytest.approx(1.25)], [pytest.approx(5)]],
                                                     [[pytest.approx(1.25)], [0.0]]]
    assert asked.choose(said, [-1.0, -3.0], [0, 1], weight=1.0).order.tolist() == [0, 1]  # 0.25 before −0.5


def test_all_captions_count_alike_also_where_photos_have_more_of_them():
    asked = Consensus(FAR, [[["a", "b"], ["a", "b"], ["a", "b"]], [["c", "d"]]])
    assert asked.choose([["a", "b"]], [0.0], [0, 1], 0.1).scores == pytest.approx([(3 * 5 + 0) / 4])


def test_equals_stay_in_order_and_nothing_is_changed():
    """As many neighbours as there are; captions that are equal; arrays that cannot be written."""
    features, captions = of_chance()
    features = np.repeat(features[:4], 2, axis=0)  # every photo twice
    features.flags.writeable = False
    asked, query = Consensus(features, captions), features[:3]
    rows, cosines = asked.nearest(query, 100)
    assert rows.shape == cosines.shape == (3, 8) and (np.diff(cosines, axis=1) <= 0).all()
    assert all(sorted(row) == list(range(8)) for row in rows.tolist())
    assert rows[0, :2].tolist() == [0, 1]
    assert asked.choose([["a", "b"]] * 3, [-1, -1, -1], rows[0], 0.1).order.tolist() == [0, 1, 2]


def test_of_nothing_there_is_no_consensus():
    with pytest.raises(ValueError):
        Consensus(np.ones((1, 3)), [[]])
