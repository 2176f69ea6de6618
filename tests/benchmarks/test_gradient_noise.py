"""The variance of hard attention's gradient: it falls with the baseline, and with the number of samples."""

import numpy as np
import pytest
from gradient_noise import gradient_noise, gradient_noise_figure

from minisat.captioner import Recipe, build_captioner, build_objective
from minisat.nn import Module, Parameter

BATCH = (np.random.default_rng(1).standard_normal((4, 5, 6)),
         np.array([[2, 5, 6, 7, 3], [2, 7, 8, 3, 0], [2, 4, 4, 3, 0], [2, 8, 5, 6, 3]]), np.array([4, 3, 3, 4]))


def noise(samples=1, draws=150, **fields):
    recipe = Recipe(model="hard-attention", embedding_size=8, hidden_size=8, attention_size=8, dropout=0.0,
                    penalty=0.0, hard_weight=1.0, hard_expectation=0.0, hard_samples=samples, **fields)
    captioner = build_captioner(recipe, 9, 6)
    for parameter in captioner.parameters():
        parameter.data *= 3  # words that depend on where it looks
    objective = build_objective(recipe, captioner).astype("float64")
    _, cache = objective.forward(*BATCH, rng=np.random.default_rng(0))
    costs = cache.packing.caption_sums(cache.costs)
    settled = {"moving-average": costs.mean(), "per-word": cache.costs.mean()}
    objective.reinforce.average.data[...] = settled.get(objective.reinforce.baseline, 0.0)
    return gradient_noise(objective, BATCH, draws)


def test_variance_falls_with_the_baseline():
    """Without one it is by far the largest; each of the three takes most of it away."""
    none, *others = (noise(hard_baseline=name).variance
                     for name in ("none", "moving-average", "per-word", "self-critical"))
    assert max(others) < 0.3 * none


def test_variance_falls_with_the_number_of_samples():
    assert noise(4).variance == pytest.approx(noise().variance / 4, rel=0.35)


def test_what_is_not_drawn_has_no_variance():
    """The expectation in place of every draw: the same gradient each time."""
    recipe = Recipe(model="hard-attention", embedding_size=4, hidden_size=4, attention_size=4, dropout=0.0,
                    hard_expectation=1.0)
    found = gradient_noise(build_objective(recipe, build_captioner(recipe, 9, 6)).astype("float64"), BATCH, 3)
    assert abs(found.variance) < 1e-12 < found.signal


def test_variance_and_signal_by_hand():
    """Of gradients that are known: their sample variance, and ‖mean‖² less the noise that the mean still has."""
    class Drawn(Module):
        def __init__(self):
            self.w, self.seen = Parameter(np.zeros(3)), []

        def forward(self, rng):
            return 0.0, np.array([1.0, -2.0, 0.5]) + rng.standard_normal(3)

        def backward(self, dloss, cache):
            self.w.grad += dloss * cache
            self.seen.append(cache)
    objective = Drawn()
    found, seen = gradient_noise(objective, (), 7), np.array(objective.seen)
    variance = seen.var(axis=0, ddof=1).sum()
    assert len(seen) == 7 and found.variance == pytest.approx(variance)
    assert found.signal == pytest.approx((seen.mean(axis=0) ** 2).sum() - variance / 7)
    assert gradient_noise(Drawn(), (), 400).signal == pytest.approx(1 + 4 + 0.25, rel=0.15)


def test_the_figure_is_drawn(tmp_path):
    gradient_noise_figure([10, 20], {"none": [3.0, 2.0], "moving-average": [0.3, 0.2]}, tmp_path / "noise.png")
    assert (tmp_path / "noise.png").read_bytes().startswith(b"\x89PNG")
