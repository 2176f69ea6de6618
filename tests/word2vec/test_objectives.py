"""What the objectives claim: probabilities that sum to 1, expectations by enumeration, optima, repeated ids."""

import itertools

import numpy as np
import pytest

from minisat.gradcheck import check, check_case
from minisat.word2vec.bag import Bag
from minisat.word2vec.cases import CASES, TARGETS, M, V
from minisat.word2vec.full_softmax import FullSoftmax
from minisat.word2vec.hierarchical_softmax import HierarchicalSoftmax
from minisat.word2vec.huffman import HuffmanTree
from minisat.word2vec.negative_sampling import NegativeSampling
from minisat.word2vec.skip_gram import SkipGram


def _drawn(module, rng, scale=1.0):
    for parameter in module.astype("float64").parameters():
        parameter.data[...] = scale * rng.standard_normal(parameter.shape)
    return module


def _gradients(module, *inputs, **noise):
    """[gradient of each parameter] of one forward and backward pass."""
    module.zero_grad()
    _, cache = module.forward(*inputs, **noise)
    module.backward(1.0, cache)
    return [parameter.grad.copy() for parameter in module.parameters()]


@pytest.mark.parametrize("name", CASES)
def test_gradients_are_right(name):
    """Every objective against numbers, in float64."""
    check_case(name, CASES[name]).assert_ok()


class LosesRepeats(NegativeSampling):
    """The classic mistake: `dW[ids] += rows` keeps only the last row of a repeated id."""

    def backward(self, dloss, cache):
        kept = self.W.grad.copy()
        dh, _ = super().backward(dloss, cache)
        added = self.W.grad - kept
        ds = (-dloss * cache.sign * cache.weight / (1 + np.exp(cache.sign * cache.scores)))[:, :, None]
        added[...] = 0
        added[cache.ids] += ds * cache.h[:, None]
        self.W.grad[...] = kept + added
        return dh, None


def test_lost_repetitions_fail_the_check(rng):
    """The gradient check sees a backward pass that drops repeated ids."""
    noise = {"noise": np.array([[3, 3], [0, 1], [2, 4], [5, 2]])}
    layer = _drawn(LosesRepeats(V, M), rng)
    assert not check(layer, rng.standard_normal((4, M)), TARGETS, noise=noise).ok


def test_repeated_pairs_in_one_batch_add_up(rng):
    """A batch with a pair three times has exactly three times the pair's gradient."""
    model = _drawn(SkipGram(V, M, NegativeSampling(V, M)), rng)
    once = _gradients(model, np.array([1]), np.array([4]), noise=np.array([[2, 2, 0]]))
    three = _gradients(model, np.array([1] * 3), np.array([4] * 3), noise=np.array([[2, 2, 0]] * 3))
    for a, b in zip(once, three):
        np.testing.assert_allclose(b, 3 * a, rtol=1e-12)


def test_bag_counts_a_member_twice(rng):
    """A word twice in a bag weighs twice, forward and backward."""
    bag = _drawn(Bag(V, M), rng)
    h, cache = bag.forward(np.array([[2, 2, 5]]), np.ones((1, 3), bool))
    np.testing.assert_allclose(h[0], (2 * bag.W.data[2] + bag.W.data[5]) / 3)
    bag.backward(np.ones((1, M)), cache)
    np.testing.assert_allclose(bag.W.grad[2], 2 * bag.W.grad[5])


@pytest.mark.parametrize("make", [lambda: FullSoftmax(V, M), lambda: HierarchicalSoftmax(
    HuffmanTree([9, 7, 4, 2, 2, 1]), M)])
def test_probabilities_of_all_words_sum_to_one(make, rng):
    """Σ_v p(v | h) = 1 with p = e^-loss, for the full and for the hierarchical softmax."""
    layer, h = _drawn(make(), rng), rng.standard_normal((1, M))
    assert sum(np.exp(-layer(h, np.array([v]))) for v in range(V)) == pytest.approx(1, abs=1e-12)


def test_expected_gradient_of_negative_sampling_by_enumeration(rng):
    """Averaged over all draws of K = 2 noise words, the gradient is that of the expected objective.

    The expectation replaces the drawn terms by K Σ_v P(v) log σ(-h·W_v), noise that is the target left out: which is
    what a pool with every word, weighted K P(v), gives. So the shared pool of the fast twin is unbiased.
    """
    P = np.array([0.4, 0.3, 0.1, 0.1, 0.06, 0.04])
    h, target = rng.standard_normal((1, M)), np.array([2])
    layer = _drawn(NegativeSampling(V, M), rng)
    mean = sum(P[a] * P[b] * _gradients(layer, h, target, noise=np.array([[a, b]]))[0]
               for a, b in itertools.product(range(V), repeat=2))
    s = 1 / (1 + np.exp(-h[0] @ layer.W.data.T))
    expected = 2 * (P * s)[:, None] * h
    expected[2] = (s[2] - 1) * h[0]
    np.testing.assert_allclose(mean, expected, atol=1e-12)
    layer.noise_weight = 2 / 3  # a pool of three stands for two draws
    pooled = sum(np.prod(P[list(pool)]) * _gradients(layer, h, target, noise=np.array([pool]))[0]
                 for pool in itertools.product(range(V), repeat=3))
    np.testing.assert_allclose(pooled, expected, atol=1e-12)


def _train_to_the_optimum(layer, joint, noise_of, steps, rate=2.0):
    """Scores (V, V) of one-hot inputs (so that every score is free) after gradient descent on the expected loss."""
    rows, columns = np.nonzero(joint)
    for _ in range(steps):
        layer.zero_grad()
        for u, v in zip(rows, columns):
            _, cache = layer.forward(np.eye(len(joint))[u:u + 1], np.array([v]), **noise_of(v))
            layer.backward(joint[u, v], cache)
        layer.W.data -= rate * layer.W.grad
    return layer.W.data.T


def test_optimum_of_negative_sampling_is_shifted_pmi_and_of_the_softmax_the_conditional_probability():
    """Levy & Goldberg's equation 7 and the softmax agree on a tiny vocabulary.

    Full softmax: e^score ∝ P(v | u). Negative sampling with K noise words from P(v): score = log P(v | u) / P(v)
    - log K; leaving out the noise that is the target makes it log P(v | u) / (P(v) (1 - P(v | u))) - log K. Both know
    the same conditional probabilities.
    """
    joint = np.array([[0.10, 0.20, 0.05], [0.15, 0.05, 0.10], [0.05, 0.20, 0.10]])
    conditional, P, K = joint / joint.sum(axis=1, keepdims=True), joint.sum(axis=0), 3
    full = _train_to_the_optimum(FullSoftmax(3, 3).astype("float64"), joint, lambda v: {}, 600)
    softmax = np.exp(full) / np.exp(full).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(softmax, conditional, atol=1e-4)

    class Expected(NegativeSampling):
        """Every word is noise, weighted K P(v): the expectation over draws."""

        def forward(self, h, targets, *, noise):
            loss, cache = super().forward(h, targets, noise=noise)
            weight = cache.weight * np.concatenate([[1.0], K * P])
            return loss, cache._replace(weight=weight)
    every = {"noise": np.array([[0, 1, 2]])}
    sampled = _train_to_the_optimum(Expected(3, 3).astype("float64"), joint, lambda v: every, 600)
    np.testing.assert_allclose(sampled, np.log(conditional / (P * (1 - conditional))) - np.log(K), atol=1e-4)


@pytest.mark.parametrize("name", [name for name in CASES if "skip_gram" in name or "cbow" in name])
def test_touched_rows_are_the_rows_with_a_gradient(name):
    """What `touched` leaves out has no gradient, so a sparse step loses nothing."""
    module, inputs, noise = CASES[name](np.random.default_rng(0))
    _, cache = module.forward(*inputs, **noise)
    module.backward(1.0, cache)
    listed = {id(parameter): (rows, terms) for parameter, rows, terms in module.touched(cache)}
    for parameter in module.parameters():
        rows, terms = listed[id(parameter)]
        assert len(rows) == len(set(rows.tolist())) == len(terms) and (terms >= 0).all()
        rest = np.delete(parameter.grad, rows, axis=0)
        assert not rest.any() and parameter.grad[rows].any()
