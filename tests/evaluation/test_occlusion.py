"""Occlusion: what falls without a place equals a second run on a photo that lacks it; ranks and controls by hand."""

from typing import NamedTuple

import numpy as np
import pytest

from minisat.captioner import GRUNotebook, ShowAttendTell, fast_decoder
from minisat.evaluation.occlusion import Falls, falls_without_places, occlusion_figures, spearman
from minisat.nn import log_softmax
from minisat.text import START

V, D, L = 12, 5, 6
SIZES = {"embedding_size": 6, "hidden_size": 7, "attention_size": 5, "rng": 0}
CAPTIONERS = {"soft": lambda: ShowAttendTell(V, D, **SIZES),
              "hard": lambda: ShowAttendTell(V, D, attention="hard", **SIZES),
              "hard, argmax": lambda: ShowAttendTell(V, D, attention="hard", decoding="argmax", **SIZES),
              "adaptive": lambda: ShowAttendTell(V, D, sentinel=True, word_in_query=True, normalised_places=True,
                                                 **SIZES),
              "sparse": lambda: ShowAttendTell(V, D, sentinel=True, attention_function="sparsemax", **SIZES),
              "dot-gru": lambda: ShowAttendTell(V, D, score="dot", cell="gru", **SIZES),
              "gru": lambda: GRUNotebook(V, D, **SIZES)}
WORDS = [5, 7, 5, 10]


def captioner(name):
    model = CAPTIONERS[name]().astype("float64")
    model.eval()
    for parameter in model.parameters():
        parameter.data *= 3  # fresh weights have no opinion
    return model


def alone(model, features, words=WORDS):
    """The Falls of one caption of one photo."""
    found, = falls_without_places(model, features[None], [words])
    return found


def without(features, place):
    features = features.copy()
    features[place] = 0
    return features


def log_p(model, features):
    """Teacher-forced log p of WORDS, by the captioner's forward pass for training."""
    choice = {"choice": np.full((1, len(WORDS)), -1)} if getattr(model, "hard", False) else {}  # -1: the expectation
    (logits, alphas, *_), _ = model.forward(features[None], np.array([[START, *WORDS[:-1]]]), **choice)
    return log_softmax(logits[0])[np.arange(len(WORDS)), WORDS], alphas[0]


@pytest.mark.parametrize("decoder", [fast_decoder, lambda model: model])
@pytest.mark.parametrize("name", ["soft", "hard", "adaptive", "dot-gru", "gru"])
def test_gone_from_the_photo_is_another_run_on_another_photo(name, decoder, rng):
    model, features = captioner(name), rng.normal(size=(L, D))
    kept = features.copy()
    found = alone(decoder(model), features)
    whole, alphas = log_p(model, features)
    expected = [whole - log_p(model, without(features, place))[0] for place in range(L)]
    np.testing.assert_allclose(found.photo, np.transpose(expected), atol=1e-10)
    np.testing.assert_allclose(found.alphas, alphas, atol=1e-10)
    assert np.abs(found.photo).min() > 1e-5 and (features == kept).all()


@pytest.mark.parametrize("name", CAPTIONERS)
def test_gone_from_the_look_keeps_the_memory_of_the_whole(name, rng):
    """By the protocol alone: one step on the photo without the place, from the recurrent state of the whole."""
    model, features = captioner(name), rng.normal(size=(L, D))
    found = alone(fast_decoder(model), features)
    state = model.start(features[None])
    for t, (said, asked) in enumerate(zip([START, *WORDS], WORDS)):
        said = np.array([said])
        whole, after, *_ = model.step(state, said)
        for place in range(L):
            disturbed = model.start(without(features, place)[None])._replace(recurrent=state.recurrent)
            np.testing.assert_allclose(found.look[t, place], (whole - model.step(disturbed, said)[0])[0, asked],
                                       atol=1e-10)
        state = after
    assert np.abs(found.look - found.photo).max() > 1e-3


@pytest.mark.parametrize("name", ["soft", "gru"])
def test_photos_that_run_together_have_the_falls_of_each_alone(name, rng):
    model, features = fast_decoder(captioner(name)), rng.normal(size=(3, L, D))
    captions = [WORDS, [8], [9, 4]]
    for found, one, words in zip(falls_without_places(model, features, captions), features, captions):
        for together, expected in zip(found, alone(model, one, words)):
            np.testing.assert_allclose(together, expected, atol=1e-12)
            assert together.shape == (len(words), L)


# -- a captioner that is known through and through

class Seen(NamedTuple):
    features: np.ndarray
    photo: np.ndarray
    memory: np.ndarray  # (N, L) what there was at the first look
    said: int = 0


class OfOnePlace:
    """The log p of every word t is what stands at place `hangs_on[t]`; it looks at `looks_at[t]`.

    With `by_heart` it goes by what it saw before the first word.
    """

    def __init__(self, hangs_on, looks_at, by_heart=False):
        self.hangs_on, self.looks_at, self.by_heart = hangs_on, looks_at, by_heart

    def start(self, features):
        return Seen(features[..., 0], np.arange(len(features)), features[..., 0])

    def select(self, state, index):
        return state._replace(photo=state.photo[index], memory=state.memory[index])

    def step(self, state, ids):
        known = state.memory if self.by_heart else state.features[state.photo]
        log_probs = np.repeat(known[:, [self.hangs_on[state.said]]], V, axis=1)
        where = self.looks_at[state.said]
        alpha = np.full(known.shape, 1 / L) if where is None else np.tile(np.eye(L)[where], (len(ids), 1))
        return log_probs, state._replace(said=state.said + 1), alpha, None


def correlations(captioner, way="photo"):
    found = alone(captioner, np.ones((L, D)))
    return spearman(found.alphas, getattr(found, way)).tolist()


PLACES = [3, 0, 5, 2]


def test_who_looks_where_the_word_comes_from_has_one_and_who_looks_nowhere_has_nothing():
    looking = OfOnePlace(PLACES, PLACES)
    assert correlations(looking) == correlations(looking, "look") == pytest.approx([1] * 4)
    assert correlations(OfOnePlace(PLACES, [None] * 4)) == [0] * 4


def test_looks_that_come_a_word_late_or_elsewhere_are_found_out():
    """One place of L hangs, another is looked at: −1 / (L − 1)."""
    elsewhere = pytest.approx([-1 / (L - 1)] * 4)
    assert correlations(OfOnePlace(PLACES, PLACES[1:] + PLACES[:1])) == elsewhere
    assert correlations(OfOnePlace(PLACES, [L - 1 - place for place in PLACES])) == elsewhere


def test_what_is_known_by_heart_hangs_on_the_photo_and_not_on_the_look():
    found = alone(OfOnePlace(PLACES, PLACES, by_heart=True), np.ones((L, D)))
    assert (found.photo == np.eye(L)[PLACES]).all() and not found.look.any()


# -- ranks and figures

def test_spearman_by_hand_and_with_ties():
    assert spearman(np.array([1.0, 2, 3, 4]), np.array([10.0, 30, 20, 40])) == pytest.approx(0.8)  # 1 − 6·2/(4·15)
    # Ranks 1, 2.5, 2.5, 4 and 1.5, 1.5, 3, 4: Pearson's correlation of them.
    tied = spearman(np.array([0.0, 5, 5, 9]), np.array([2.0, 2, 7, 8]))
    assert tied == pytest.approx(np.corrcoef([1, 2.5, 2.5, 4], [1.5, 1.5, 3, 4])[0, 1])
    assert spearman(np.ones(4), np.arange(4.0)) == 0
    rows = np.random.default_rng(0).normal(size=(2, 3, 9))
    assert spearman(rows, -rows).tolist() == pytest.approx(np.full((2, 3), -1))
    assert spearman(rows, np.exp(rows)) == pytest.approx(np.ones((2, 3)))


@pytest.mark.peer
def test_spearman_equals_scipy(rng):
    stats = pytest.importorskip("scipy.stats")
    x, y = rng.integers(0, 5, (20, 9)), rng.integers(0, 5, (20, 9))
    np.testing.assert_allclose(spearman(x, y), [stats.spearmanr(a, b)[0] for a, b in zip(x, y)], atol=1e-12)


def caption_of(places, falls=None):
    alphas = np.eye(L)[places]
    return Falls(alphas, alphas if falls is None else falls, np.zeros_like(alphas))


def test_figures_are_means_of_photos_beside_looks_that_cannot_know():
    captions = [["a", "dog", "the", "ball"], ["dog"]]
    falls = [caption_of([0, 1, 2, 3]), caption_of([0], np.eye(L)[[4]] * 3)]
    figures = occlusion_figures(["one", "two"], captions, falls)
    miss = -1 / (L - 1)
    assert (figures["photos"], figures["words"]) == (2, 5)
    own = figures["photo"]["own"]
    assert own["mean"] == pytest.approx((1 + miss) / 2) and (own["low"], own["high"]) == pytest.approx((miss, 1))
    assert figures["photo"]["function"]["mean"] == pytest.approx(1)            # "a", "the" of the first
    assert figures["photo"]["content"]["mean"] == pytest.approx((1 + miss) / 2)
    assert figures["photo"]["another_word"]["mean"] == pytest.approx(miss)     # the second has no other word
    # Looks of the other: first photo's words with [0] each, second's with [0]: 1 hit of 4; a miss.
    assert figures["photo"]["another_photo"]["mean"] == pytest.approx(((1 + 3 * miss) / 4 + miss) / 2)
    assert figures["photo"]["fall"] == pytest.approx({"peak": (1 + 0) / 2, "mean": (1 / L + 3 / L) / 2})
    assert figures["look"]["own"]["mean"] == 0
    assert figures["per_image"]["two"] == {"photo": pytest.approx(miss), "look": 0}


def test_one_photo_has_no_other_to_compare_with():
    figures = occlusion_figures(["one"], [["a"]], [caption_of([2])])
    assert figures["photo"]["another_word"] is figures["photo"]["another_photo"] is figures["photo"]["content"] is None


def test_random_looks_have_no_correlation(rng):
    falls = [Falls(rng.random((8, 49)), rng.normal(size=(8, 49)), rng.normal(size=(8, 49))) for _ in range(200)]
    own = occlusion_figures([str(k) for k in range(200)], [["dog"] * 8] * 200, falls)["photo"]["own"]
    assert abs(own["mean"]) < 0.02 and own["low"] < own["mean"] < own["high"] and own["high"] - own["low"] < 0.03
