"""Hard attention draws what alpha says, looks there, and carries no gradient through the draw."""

import numpy as np
import pytest
from strict_arrays import strict
from torch_parity import assert_equals_torch

from minisat.nn import ARGMAX, EXPECTATION, SAMPLE, HardAttention
from minisat.nn.hard_attention import draw_location

SCORES = np.array([[1.0, 0.0, -1.0], [0.3, 0.2, 2.0]])


def test_draws_follow_alpha():
    """100,000 draws: every location as often as alpha says, to four standard deviations."""
    layer, N = HardAttention(temperature=0.7), 100_000
    scores = np.repeat(SCORES[:1], N, axis=0)
    (weights, alpha, _, _), _ = layer.forward(scores, rng=np.random.default_rng(0))
    assert set(np.unique(weights)) == {0.0, 1.0} and (weights.sum(axis=1) == 1).all()
    error = np.sqrt(alpha[0] * (1 - alpha[0]) / N)
    assert (np.abs(weights.mean(axis=0) - alpha[0]) < 4 * error).all()


def test_a_temperature_above_1_flattens():
    """As in sampling words and in LogProb: cold looks sharply, hot looks everywhere."""
    cold, plain, hot = (HardAttention(t).eval()(SCORES)[1] for t in (0.5, 1.0, 2.0))
    assert (hot.max(axis=1) < plain.max(axis=1)).all() and (plain.max(axis=1) < cold.max(axis=1)).all()
    np.testing.assert_allclose(hot, np.sqrt(plain) / np.sqrt(plain).sum(axis=1, keepdims=True))


def test_locations_of_no_probability_are_never_drawn():
    """At both ends of [0, 1), in float32 and float64, and beside a location that has everything."""
    for dtype in (np.float32, np.float64):
        alpha = np.array([[0, 0.25, 0, 0.75, 0], [0, 0, 1, 0, 0]], dtype)
        for u, expected in ((0.0, [1, 2]), (0.2499, [1, 2]), (0.2501, [3, 2]), (1 - 2**-24, [3, 2])):
            assert draw_location(alpha, np.full(2, u, np.float32)).tolist() == expected


def test_each_row_does_what_its_choice_says():
    """A location, the expectation, the argmax, a draw: side by side."""
    layer, choice = HardAttention(), np.array([1, EXPECTATION, ARGMAX, SAMPLE])
    scores = np.repeat(SCORES[1:], 4, axis=0)
    (weights, alpha, log_p, entropy), _ = layer.forward(scores, rng=np.random.default_rng(0), choice=choice)
    assert weights[0].tolist() == [0, 1, 0] and weights[2].tolist() == [0, 0, 1] and sorted(weights[3]) == [0, 0, 1]
    np.testing.assert_array_equal(weights[1], alpha[1])
    assert log_p == pytest.approx([np.log(alpha[0, 1]), 0.0, np.log(alpha[0, 2]), np.log(weights[3] @ alpha[3])])
    assert entropy == pytest.approx(-(alpha * np.log(alpha)).sum(axis=1))


@pytest.mark.parametrize("decoding", HardAttention.DECODING)
def test_evaluation_looks_as_decoding_says(decoding):
    layer = HardAttention(decoding=decoding).eval()
    weights = layer(SCORES, rng=np.random.default_rng(0))[0]
    if decoding == "expectation":
        np.testing.assert_allclose(weights.sum(axis=1), 1)
        assert (weights > 0).all()
    else:
        assert set(np.unique(weights)) == {0.0, 1.0}
    if decoding == "argmax":
        assert weights.argmax(axis=1).tolist() == [0, 2]


def test_training_without_randomness_is_an_error():
    with pytest.raises(ValueError, match="needs an rng"):
        HardAttention()(SCORES)


def test_score_gradient_divides_by_nothing(rng):
    """(onehot(s) − alpha) stays finite for a location whose probability underflows, where 1/alpha does not."""
    layer = HardAttention()
    (_, alpha, _, _), cache = layer.forward(np.array([[0.0, -2000.0]]), choice=np.array([1]))
    assert alpha[0, 1] == 0
    gradient = layer.backward((np.ones((1, 2)), np.zeros((1, 2)), np.array([0.5]), np.array([1.0])), cache)
    np.testing.assert_allclose(gradient, [[-0.5, 0.5]])


def test_the_weights_of_a_draw_carry_no_gradient(rng):
    layer = HardAttention()
    _, cache = layer.forward(SCORES, choice=np.array([2, EXPECTATION]))
    zeros = np.zeros(2)
    gradient = layer.backward((rng.standard_normal((2, 3)), np.zeros((2, 3)), zeros, zeros), cache)
    assert (gradient[0] == 0).all() and (gradient[1] != 0).all()


@pytest.mark.peer
def test_equals_torch(rng):
    """Weights, alpha, log alpha_s, entropy and the gradient, against log_softmax and its gather."""
    layer, choice = HardAttention(temperature=1.6), np.array([3, EXPECTATION, 0])

    def reference(torch, x, p, noise):
        log_alpha = torch.log_softmax(x[0] / 1.6, 1)
        alpha, drawn = log_alpha.exp(), noise["choice"] >= 0
        onehot = torch.nn.functional.one_hot(noise["choice"].clamp(min=0), 4).double()
        log_p = torch.where(drawn, (onehot * log_alpha).sum(1), 0.0)
        weights = torch.where(drawn[:, None], onehot, alpha)
        return weights, alpha, log_p, -(alpha * log_alpha).sum(1)
    assert_equals_torch(layer, reference, rng.standard_normal((3, 4)), choice=choice)


def test_other_homes_draw_the_same_locations():
    """The same Generator gives the same locations wherever the arrays live."""
    layer = HardAttention()
    here = layer(SCORES.astype(np.float32), rng=np.random.default_rng(3))[0]
    there = layer(strict.asarray(SCORES.astype(np.float32)), rng=np.random.default_rng(3))[0]
    np.testing.assert_array_equal(here, there.get() if hasattr(there, "get") else there)
