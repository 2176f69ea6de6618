"""The fast training step equals the reference: loss and every gradient, to 1e-10 in float64."""

import numpy as np
import pytest

from minisat.captioner import ShowAttendTell, TeacherForcing
from minisat.captioner.fast.attention import BlockedAttention
from minisat.captioner.fast.packing import pack
from minisat.captioner.fast.teacher_forcing import FastTeacherForcing
from minisat.nn import DoublyStochasticPenalty, OneSidedPenalty, SmoothedCrossEntropy

V, D, M, H, A = 23, 7, 6, 9, 8
OPTIONS = [("word_in_query",), ("sentinel",), ("normalised_places",),
           ("word_in_query", "sentinel", "normalised_places"),
           ("concat", "word_in_query", "sentinel", "normalised_places"),
           ("tied_embedding",), ("sparsemax",), ("sparsemax", "word_in_query", "sentinel", "normalised_places")]


def captioner(seed=0, **options):
    sizes = {"embedding_size": M, "hidden_size": H, "attention_size": A}
    return ShowAttendTell(V, D, **sizes, rng=seed, **options).astype("float64")


def batch(lengths, L=10, seed=1):
    rng = np.random.default_rng(seed)
    lengths = np.array(lengths)
    ids = np.zeros((len(lengths), lengths.max() + 1), int)
    for row, length in zip(ids, lengths):
        row[:length + 1] = [2, *rng.integers(4, 8, length - 1), 3]  # few words, so that ids repeat
    features = rng.standard_normal((len(lengths), L, D))
    features.setflags(write=False)
    ids.setflags(write=False)
    return features, ids, lengths


def loss_and_gradients(objective, inputs, **noise):
    objective.zero_grad()
    loss, cache = objective.forward(*inputs, **noise)
    dfeatures, *nothing = objective.backward(1.0, cache)
    assert nothing == [None, None]
    model = objective.captioner
    return float(loss), dfeatures, {name: p.grad.copy() for name, p in model.named_parameters()}


@pytest.mark.parametrize("lengths", [[6, 4, 4, 1], [2, 5, 1, 3], [3], [1, 1]],
                         ids=["sorted", "unsorted", "one caption", "one word"])
@pytest.mark.parametrize("penalty", [
    *(DoublyStochasticPenalty(0.8, reduction) for reduction in DoublyStochasticPenalty.REDUCTIONS),
    OneSidedPenalty(0.8, "mean", 0.12)], ids=["paper", "arctic", "mean", "one-sided"])
def test_twin_equals_reference(lengths, penalty):
    assert_twins_agree(captioner(dropout=0.4, feature_scale=2.5), batch(lengths), penalty)


@pytest.mark.parametrize("lengths", [[2, 5, 1, 3], [1]])
@pytest.mark.parametrize("options", OPTIONS, ids=" ".join)
def test_twin_with_options_equals_reference(options, lengths):
    """Word in the query, sentinel, normalised places, sparsemax, tied words: alone and together."""
    named = {"concat": ("score", "concat"), "sparsemax": ("attention_function", "sparsemax")}
    model = captioner(dropout=0.4, feature_scale=2.5, **dict(named.get(option, (option, True)) for option in options))
    model.attend.score.v.data *= 0.2 if {"sparsemax", "sentinel"} <= {*options} else 4  # attention with an opinion
    if "sparsemax" in options:
        _, cache = FastTeacherForcing(model.eval()).forward(*batch(lengths))
        assert 0.1 < (cache.alpha == 0).mean() < 0.9 and (cache.beta < 1).any()  # some places, and the sentinel, see
        model.train()
    assert_twins_agree(model, batch(lengths), DoublyStochasticPenalty(0.8, "mean"))


def assert_twins_agree(model, inputs, penalty):
    slow = loss_and_gradients(TeacherForcing(model, penalty), inputs, rng=np.random.default_rng(5))
    fast = loss_and_gradients(FastTeacherForcing(model, penalty, input_gradient=True), inputs,
                              rng=np.random.default_rng(5))
    assert fast[0] == pytest.approx(slow[0], abs=1e-10)
    np.testing.assert_allclose(fast[1], slow[1], atol=1e-10)
    assert fast[2].keys() == slow[2].keys()
    for name in slow[2]:
        np.testing.assert_allclose(fast[2][name], slow[2][name], atol=1e-10, err_msg=name)
        # Adding one number to all scores of a softmax changes nothing, so only zero would be suspicious here.
        assert np.abs(slow[2][name]).max() > 0, name


@pytest.mark.parametrize("weights", [None, np.array([0.5, -0.2, 0.1])], ids=["mean", "weighted"])
def test_smoothed_twin_equals_reference(weights):
    inputs, model = batch([2, 5, 3]), captioner(dropout=0.0)
    model.L_o.W.data *= 10  # logits far enough apart for the smoothing to matter
    slow, fast = (loss_and_gradients(kind(model, smoothing=0.2, **options), inputs, weights=weights)
                  for kind, options in ((TeacherForcing, {}), (FastTeacherForcing, {"input_gradient": True})))
    sharp = loss_and_gradients(TeacherForcing(model), inputs, weights=weights)
    assert fast[0] == pytest.approx(slow[0], abs=1e-10) and abs(slow[0] - sharp[0]) > 1e-3
    np.testing.assert_allclose(fast[1], slow[1], atol=1e-10)
    for name in slow[2]:
        np.testing.assert_allclose(fast[2][name], slow[2][name], atol=1e-10, err_msg=name)
    smoothed = FastTeacherForcing(model, smoothing=0.2)
    assert isinstance(smoothed.reference().cross_entropy, SmoothedCrossEntropy)
    for objective in (smoothed, smoothed.reference()):  # the dev loss does not depend on the smoothing
        assert loss_and_gradients(objective.eval(), inputs, weights=weights)[0] == pytest.approx(sharp[0], abs=1e-10)


def test_second_backward_doubles_the_gradients():
    inputs = batch([5, 3, 2])
    objective = FastTeacherForcing(captioner(dropout=0.5), DoublyStochasticPenalty(), input_gradient=True)
    objective.zero_grad()
    _, cache = objective.forward(*inputs, rng=np.random.default_rng(0))
    first, *_ = objective.backward(1.0, cache)
    once = [p.grad.copy() for p in objective.parameters()]
    second, *_ = objective.backward(1.0, cache)
    np.testing.assert_array_equal(first, second)
    for parameter, gradient in zip(objective.parameters(), once):
        np.testing.assert_allclose(parameter.grad, 2 * gradient, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("block", [1, 2, 100])
def test_the_size_of_a_block_does_not_matter(block):
    rng = np.random.default_rng(3)
    features, keys, query = rng.standard_normal((5, 6, D)), rng.standard_normal((5, 6, A)), rng.standard_normal((4, A))
    attention = BlockedAttention(features, keys, rng.standard_normal(A))
    attention.block = block
    alpha, context = attention.forward(query)
    scores = np.tanh(keys[:4] + query[:, None]) @ attention.v
    expected = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(alpha, expected, atol=1e-12)
    np.testing.assert_allclose(context, np.einsum("nl,nld->nd", expected, features[:4]), atol=1e-12)
    photo = np.array([4, 0, 0, 2])
    alpha = attention.alphas(query, photo)
    scores = np.tanh(keys[photo] + query[:, None]) @ attention.v
    np.testing.assert_allclose(alpha, np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True), atol=1e-12)


def test_packing_lists_every_word_once_longest_caption_first():
    packing = pack([2, 3, 1])
    assert packing.order.tolist() == [1, 0, 2]
    assert packing.starts.tolist() == [0, 3, 5, 6]
    assert list(zip(packing.captions.tolist(), packing.times.tolist())) == [
        (1, 0), (0, 0), (2, 0), (1, 1), (0, 1), (1, 2)]
