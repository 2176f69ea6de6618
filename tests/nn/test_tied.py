"""Tied weights: one array with the gradients of both uses, found and saved once, and still one after a copy."""

import copy
from typing import NamedTuple

import numpy as np
import pytest
from torch_parity import assert_equals_torch

from minisat.gradcheck import check
from minisat.nn import Embedding, Linear, Module, Transposed
from minisat.optim import FlatParameters


class ReadAndSayCache(NamedTuple):
    embedding: tuple
    linear: tuple


class ReadAndSay(Module):
    """ids (N,) → logits (N, V) of the words' own vectors."""

    def __init__(self, V, M):
        self.embedding, self.linear = Embedding(V, M, rng=0), Linear(M, V, rng=1)
        self.linear.W = Transposed(self.embedding.W)

    def forward(self, ids):
        x, embedding_cache = self.embedding.forward(ids)
        y, linear_cache = self.linear.forward(x)
        return y, ReadAndSayCache(embedding_cache, linear_cache)

    def backward(self, dy, cache):
        return self.embedding.backward(self.linear.backward(dy, cache.linear), cache.embedding)


IDS = np.array([3, 0, 3, 1])


@pytest.mark.peer
def test_equals_torch():
    def reference(torch, x, p, _):
        return p["embedding.W"][x[0]] @ p["embedding.W"].T + p["linear.b"]
    assert_equals_torch(ReadAndSay(5, 3), reference, IDS)


def test_both_uses_are_in_the_gradient(monkeypatch):
    """… and the checker sees it where one of them is lost."""
    check(ReadAndSay(5, 3), IDS).assert_ok()
    lost = property(lambda self: self.parameter.grad.T.copy(), lambda self, view: None)
    monkeypatch.setattr(Transposed, "grad", lost)
    assert not check(ReadAndSay(5, 3), IDS).ok


def test_it_is_found_and_saved_once_and_stays_tied():
    """After another dtype, a copy, and the flat buffer that an optimiser works on."""
    model = ReadAndSay(5, 3)
    for tied in (model.astype("float64"), copy.deepcopy(model)):
        assert list(tied.state_dict()) == ["embedding.W", "linear.b"]
        tied.embedding.W.data[2, 1] = 7
        assert tied.linear.W.data[1, 2] == 7 and tied.linear.W.shape == (3, 5)
    flat = FlatParameters(model.parameters())
    y, cache = model.forward(IDS)
    model.backward(np.ones_like(y), cache)
    before = flat.grad.copy()
    model.linear.W.grad += 1
    assert (flat.grad - before).sum() == 15 and np.shares_memory(model.embedding.W.grad, flat.grad)
    flat.data += 1
    np.testing.assert_array_equal(model.linear.W.data, model.embedding.W.data.T)
    other = ReadAndSay(5, 3)
    other.load_state_dict(model.state_dict())
    np.testing.assert_allclose(other(IDS), model(IDS), rtol=1e-6)
