"""What tests of the GPU's training twins share: hard shapes, a captioner, and everything that a step computes."""

import importlib.util
import os

import numpy as np
import pytest

from minisat.backend import to_device, to_numpy
from minisat.captioner import ShowAttendTell

V = 23
SHAPES = {  # lengths, L, D, M, H, A: one location; one caption, several warps; odd sizes, all lengths different
    "one location": ([2, 5, 1, 3], 1, 3, 6, 9, 7),
    "one caption": ([3], 49, 40, 33, 20, 70),
    "odd": ([1, 4, 2, 5, 3], 35, 67, 5, 11, 45),
}
on_fake_device = pytest.mark.skipif(os.environ.get("FAKE_CUDA") != "1" or not importlib.util.find_spec("fakecuda"),
                                    reason="on the fake device alone")


def batch(lengths, L, D, seed=1):
    """Features, ids (few words, so that they repeat), lengths."""
    rng, lengths = np.random.default_rng(seed), np.array(lengths)
    ids = np.zeros((len(lengths), lengths.max() + 1), int)
    for row, length in zip(ids, lengths):
        row[:length + 1] = [2, *rng.integers(4, 8, length - 1), 3]
    return rng.standard_normal((len(lengths), L, D)), ids, lengths


def captioner(shape, **options):
    _, _, D, M, H, A = shape
    model = ShowAttendTell(V, D, embedding_size=M, hidden_size=H, attention_size=A, dropout=0.4, feature_scale=2.5,
                           rng=0, **options)
    model.attend.score.v.data *= 4  # attention with an opinion
    return model


def results(objective, inputs, device, dtype="float64", half=False, **noise):
    """The loss, the figures and every gradient of `objective`, moved to `device`."""
    features, ids, lengths = inputs
    objective.astype(dtype).to(device).zero_grad()
    if getattr(objective, "reinforce", None):
        objective.reinforce.average.data[...] = 3.5
    features = to_device(features.astype("float16" if half else dtype), device)
    loss, cache = objective.forward(features, ids, lengths, rng=np.random.default_rng(5), **noise)
    objective.backward(1.0, cache)
    found = {name: to_numpy(p.grad).copy() for name, p in objective.captioner.named_parameters()}
    return found | {name: to_numpy(value) for name, value in cache.metrics.items()} | {"loss": to_numpy(loss)}
