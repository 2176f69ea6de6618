"""REINFORCE's choices: rewards, scales, baselines, substitution; and several samples as one."""

import numpy as np
import pytest

from minisat.captioner import Recipe, Reinforce, build_captioner, build_objective
from minisat.captioner.build import build_reinforce
from minisat.captioner.named_recipes import read_recipe
from minisat.nn import EXPECTATION, SAMPLE, commit_statistics

COSTS = np.array([[1.0, 2.0, 3.0], [4.0, 9.0, 9.0]])
LOG_P = np.array([[-0.5, -1.0, -0.1], [-2.0, -7.0, -7.0]])
ENTROPIES = np.array([[0.2, 0.3, 0.4], [0.6, 5.0, 5.0]])
MASK = np.array([[1, 1, 1], [1, 0, 0]], bool)  # the second caption has one word


def term(costs=COSTS, **options):
    reinforce = Reinforce(**{"weight": 2.0, "entropy": 0.5, "baseline": "none", **options}).astype("float64")
    return reinforce.forward(costs, LOG_P, ENTROPIES, MASK)


def test_term_of_the_paper():
    """scale 1/words: (λ_r Σ C_n log p_n − λ_e Σ H) / 4, padding left out."""
    value, _ = term()
    assert value == pytest.approx((2.0 * (6 * -1.6 + 4 * -2.0) - 0.5 * 1.5) / 4)


def test_term_of_the_authors_code():
    """Mean cost per word, scale captions/words."""
    value, _ = term(reward="mean", reduction="sum")
    assert value == pytest.approx((2.0 * (2 * -1.6 + 4 * -2.0) - 0.5 * 1.5) * 2 / 4)


def test_costs_have_no_gradient_and_padding_none():
    reinforce = Reinforce(baseline="none").astype("float64")
    _, cache = reinforce.forward(COSTS, LOG_P, ENTROPIES, MASK)
    dcosts, dlog_p, dentropies, _ = reinforce.backward(1.0, cache)
    assert dcosts is None
    np.testing.assert_allclose(dlog_p, np.array([[6.0], [4.0]]) * MASK / 4)
    np.testing.assert_allclose(dentropies, -0.002 * MASK / 4)


def test_moving_average_starts_at_zero_and_is_used_before_it_moves():
    """b ← 0.9 b + 0.1 mean C; forward proposes the new value, `commit_statistics` takes it over."""
    reinforce, expected = Reinforce().astype("float64"), 0.0
    for factor in (1.0, 3.0, 0.5):
        _, cache = reinforce.forward(factor * COSTS, LOG_P, ENTROPIES, MASK)
        assert reinforce.average.data == pytest.approx(expected)
        np.testing.assert_allclose(cache.advantage, factor * np.array([6.0, 4.0]) - expected)
        commit_statistics(("outer", (cache,)))
        expected = 0.9 * expected + 0.1 * factor * 5.0
    assert reinforce.average.data == pytest.approx(expected)


def test_per_word_average_knows_how_long_a_caption_is():
    """b is the cost per word, and each caption is compared with its words times b."""
    reinforce = Reinforce(baseline="per-word").astype("float64")
    for b, expected in ((0.0, [6.0, 4.0]), (0.25, [5.25, 3.75])):
        _, cache = reinforce.forward(COSTS, LOG_P, ENTROPIES, MASK)
        np.testing.assert_allclose(cache.advantage, expected)
        assert reinforce.average.data == pytest.approx(b)
        commit_statistics(cache)  # 10 for 4 words: 0.1 * 2.5


def test_self_critical_baseline_is_each_captions_own():
    reinforce = Reinforce(baseline="self-critical", reward="mean").astype("float64")
    _, cache = reinforce.forward(COSTS, LOG_P, ENTROPIES, MASK, greedy=0.5 * COSTS)
    np.testing.assert_allclose(cache.advantage, [1.0, 2.0])
    assert cache.updates == ()


def test_substitution_by_image_and_by_minibatch():
    """A caption is drawn all along or not at all; a minibatch likewise; both half of the time."""
    rng = np.random.default_rng(0)
    by_image = np.concatenate([Reinforce().choice(50, 7, rng) for _ in range(40)])
    assert (by_image == by_image[:, :1]).all() and set(np.unique(by_image)) == {EXPECTATION, SAMPLE}
    assert 0.45 < (by_image == SAMPLE).mean() < 0.55
    batches = [Reinforce(substitution="minibatch").choice(5, 7, rng) for _ in range(400)]
    assert all((batch == batch[0, 0]).all() for batch in batches)
    assert 0.4 < np.mean([batch[0, 0] == SAMPLE for batch in batches]) < 0.6
    assert (Reinforce(expectation=0.0).choice(9, 2, rng) == SAMPLE).all()
    assert (Reinforce(expectation=1.0).choice(9, 2, rng) == EXPECTATION).all()


def test_presets_are_the_two_readings():
    paper, arctic = (build_reinforce(Recipe.from_dict(read_recipe(name)))
                     for name in ("hard-attention", "hard-attention-arctic"))
    assert (paper.reward, paper.reduction, paper.substitution) == ("sum", "mean", "image")
    assert (arctic.reward, arctic.reduction, arctic.substitution) == ("mean", "sum", "minibatch")
    assert arctic.weight == pytest.approx(0.1) and arctic.entropy == paper.entropy == 0.002


def objective(samples, **fields):
    recipe = Recipe(model="hard-attention", embedding_size=4, hidden_size=5, attention_size=3, dropout=0.0,
                    hard_samples=samples, **fields)
    return build_objective(recipe, build_captioner(recipe, 9, 6), input_gradient=True)


@pytest.mark.parametrize("fast", [True, False])
def test_several_samples_average_their_estimates(fast):
    """Three samples with given paths: the mean of the loss and of every gradient of the three alone."""
    rng = np.random.default_rng(1)
    features, ids, lengths = rng.standard_normal((2, 4, 6)), np.array([[2, 5, 6, 3], [2, 7, 3, 0]]), np.array([3, 2])
    choice, advantage = rng.integers(0, 4, (2, 3, 3)), rng.standard_normal((2, 3))
    one, three = ((made if fast else made.reference()).astype("float64") for made in (objective(1), objective(3)))
    assert three.samples == 3
    results = []
    for k in range(3):
        one.zero_grad()
        loss, cache = one.forward(features, ids, lengths, choice=choice[:, k], advantage=advantage[:, k])
        dfeatures, *_ = one.backward(1.0, cache)
        results.append([loss, dfeatures, *(p.grad.copy() for p in one.parameters())])
    loss, cache = three.forward(features, ids, lengths, choice=choice.reshape(6, 3), advantage=advantage.ravel())
    dfeatures, *_ = three.backward(1.0, cache)
    for mean, *single in zip([loss, dfeatures, *(p.grad for p in three.parameters())], *results, strict=True):
        np.testing.assert_allclose(mean, sum(single) / 3, atol=1e-12)


def test_several_samples_count_once_in_evaluation():
    rng = np.random.default_rng(1)
    batch = rng.standard_normal((2, 4, 6)), np.array([[2, 5, 6, 3], [2, 7, 3, 0]]), np.array([3, 2])
    assert objective(3).eval()(*batch) == pytest.approx(objective(1).eval()(*batch))
