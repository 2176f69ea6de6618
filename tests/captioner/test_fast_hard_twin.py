"""The fast hard-attention step equals the reference: draws, loss and every gradient, to 1e-10 in float64."""

import numpy as np
import pytest

from minisat.captioner import Reinforce, ShowAttendTell, TeacherForcing, fast_decoder
from minisat.captioner.fast.hard_attention import FastHardTeacherForcing
from minisat.nn import DoublyStochasticPenalty

V, D, L = 23, 7, 10
VARIANTS = {
    "paper": {"entropy": 0.1},
    "arctic": {"weight": 0.1, "entropy": 0.1, "reward": "mean", "reduction": "sum", "substitution": "minibatch"},
    "self-critical": {"baseline": "self-critical", "expectation": 0.3},
    "none": {"baseline": "none", "expectation": 0.0},
}


def captioner(**options):
    sizes = {"embedding_size": 6, "hidden_size": 9, "attention_size": 8}
    model = ShowAttendTell(V, D, **sizes, attention="hard", temperature=1.3, rng=np.random.default_rng(0), **options)
    model.attend.score.v.data *= 4  # attention with an opinion
    return model.astype("float64")


def batch(lengths):
    rng = np.random.default_rng(1)
    lengths = np.array(lengths)
    ids = np.zeros((len(lengths), lengths.max() + 1), int)
    for row, length in zip(ids, lengths):
        row[:length + 1] = [2, *rng.integers(4, 8, length - 1), 3]
    features = rng.standard_normal((len(lengths), L, D))
    return features, ids, lengths


def loss_and_gradients(objective, inputs, **noise):
    objective.reinforce.average.data[...] = 3.5
    objective.zero_grad()
    loss, cache = objective.forward(*inputs, **noise)
    dfeatures, *_ = objective.backward(1.0, cache)
    gradients = {name: p.grad.copy() for name, p in objective.captioner.named_parameters()}
    figures = {name: float(value) for name, value in cache.metrics.items()}
    updates = [float(value) for _, value in (cache.drawn if hasattr(cache, "drawn") else cache).reinforce.updates]
    return float(loss), dfeatures, gradients, figures, updates


@pytest.mark.parametrize("lengths", [[6, 4, 4, 1], [2, 5, 1, 3, 5, 4], [3]])
@pytest.mark.parametrize("name", VARIANTS)
def test_twin_equals_reference(name, lengths):
    """The same random numbers give the same paths, the same loss, figures, baseline and gradients."""
    inputs, model = batch(lengths), captioner(dropout=0.4, feature_scale=2.5)
    penalty = DoublyStochasticPenalty(0.8, "mean")
    for seed in range(3):
        results = []
        for kind, options in ((TeacherForcing, {}), (FastHardTeacherForcing, {"input_gradient": True})):
            objective = kind(model, penalty, Reinforce(**VARIANTS[name]), smoothing=0.1 * seed, **options)
            objective = objective.astype("float64")
            results.append(loss_and_gradients(objective, inputs, rng=np.random.default_rng(seed)))
        slow, fast = results
        assert fast[0] == pytest.approx(slow[0], abs=1e-10)
        assert fast[3] == pytest.approx(slow[3], abs=1e-10) and fast[4] == pytest.approx(slow[4], abs=1e-12)
        np.testing.assert_allclose(fast[1], slow[1], atol=1e-10)
        for parameter in slow[2]:
            np.testing.assert_allclose(fast[2][parameter], slow[2][parameter], atol=1e-10, err_msg=parameter)
            assert np.abs(slow[2][parameter]).max() > 0, parameter


def test_twin_takes_given_choices_and_advantages():
    inputs, model = batch([3, 5, 2]), captioner(dropout=0.0, score="concat")
    noise = {"choice": np.random.default_rng(2).integers(-2, L, (3, 5)), "advantage": np.array([1.0, -2.0, 0.5])}
    slow, fast = (loss_and_gradients(kind(model, None, Reinforce()).astype("float64"), inputs, **noise)
                  for kind in (TeacherForcing, FastHardTeacherForcing))
    assert fast[0] == pytest.approx(slow[0], abs=1e-10)
    for parameter in slow[2]:
        np.testing.assert_allclose(fast[2][parameter], slow[2][parameter], atol=1e-10, err_msg=parameter)


def test_second_backward_doubles_the_gradients():
    objective = FastHardTeacherForcing(captioner(), DoublyStochasticPenalty(), Reinforce(),
                                       input_gradient=True).astype("float64")
    objective.zero_grad()
    _, cache = objective.forward(*batch([5, 3, 2]), rng=np.random.default_rng(0))
    first, *_ = objective.backward(1.0, cache)
    once = [p.grad.copy() for p in objective.parameters()]
    second, *_ = objective.backward(1.0, cache)
    np.testing.assert_array_equal(first, second)
    for parameter, gradient in zip(objective.parameters(), once):
        np.testing.assert_allclose(parameter.grad, 2 * gradient, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("decoding", ["expectation", "argmax", "sampling"])
def test_evaluation_and_decoding_agree_for_every_way_to_look(decoding):
    """Twin and reference have one loss in evaluation, and both decoders one way through three words."""
    inputs, model = batch([3, 5, 2]), captioner(decoding=decoding).eval()
    slow, fast = (kind(model, None, Reinforce()).eval()(*inputs) for kind in (TeacherForcing, FastHardTeacherForcing))
    assert float(fast) == pytest.approx(float(slow), abs=1e-10)
    decoders = model, fast_decoder(model)
    assert type(decoders[1]) is not type(model)
    states = [decoder.start(inputs[0]) for decoder in decoders]
    for ids, index in (([2, 2, 2], [0, 0, 2, 1]), ([4, 5, 6, 7], [3, 1, 0]), ([8, 9, 4], [2, 1, 0])):
        steps = [decoder.step(state, np.array(ids)) for decoder, state in zip(decoders, states)]
        for k in (0, 2, 3):  # log_probs, alpha, beta
            np.testing.assert_allclose(steps[1][k], steps[0][k], atol=1e-10)
        states = [decoder.select(step[1], np.array(index)) for decoder, step in zip(decoders, steps)]
