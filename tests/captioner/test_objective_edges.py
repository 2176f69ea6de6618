"""Training objectives where numbers run out: attention that is all on one place, evaluation that draws."""

import numpy as np
import pytest

from minisat.captioner import Recipe, build_captioner, build_objective

V, D, L = 9, 6, 5
FEATURES = np.random.default_rng(1).standard_normal((3, L, D))
BATCH = FEATURES, np.array([[2, 5, 6, 7, 3], [2, 7, 8, 3, 0], [2, 4, 4, 3, 0]]), np.array([4, 3, 3])


def objective(fast, sharp=1.0, dtype="float64", **fields):
    """An objective whose scores are `sharp` times as large as they were drawn, and its reference unless `fast`."""
    recipe = Recipe(embedding_size=8, hidden_size=8, attention_size=8, dropout=0.0, **fields)
    captioner = build_captioner(recipe, V, D)
    captioner.attend.score.v.data *= sharp
    captioner.L_o.W.data *= 8  # words that depend on where it looks
    made = build_objective(recipe, captioner)
    return (made if fast else made.reference()).astype(dtype)


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("model", ["soft-attention", "hard-attention"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_attention_all_on_one_place_has_entropy_zero(model, dtype, fast):
    """Where every other alpha underflows to 0, 0 · log 0 is 0: the figure is a number, and so is the loss."""
    sharp = objective(fast, 1e6, dtype, model=model)
    with np.errstate(divide="raise", invalid="raise"):
        loss, cache = sharp.forward(FEATURES.astype(dtype), *BATCH[1:], rng=np.random.default_rng(0))
    assert np.isfinite(loss) and cache.metrics["attention_entropy"] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("fast", [True, False])
def test_attention_everywhere_alike_has_the_largest_entropy(fast):
    _, cache = objective(fast, 0.0).forward(*BATCH)
    assert cache.metrics["attention_entropy"] == pytest.approx(np.log(L))


@pytest.mark.parametrize("fast", [True, False])
def test_evaluation_that_samples_draws_from_the_rng_that_it_is_given(fast):
    """Without one it always draws the same; with one, what that one says."""
    drawn = objective(fast, model="hard-attention", hard_decoding="sampling").eval()

    def loss(seed=None):
        return float(drawn(*BATCH, **({} if seed is None else {"rng": np.random.default_rng(seed)})))
    assert loss() == loss() and loss(1) == loss(1)
    assert len({loss(seed) for seed in range(8)}) > 4
