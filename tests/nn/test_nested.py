"""Nested arrays are walked in one way, and layers watched in one way, which leaves no trace."""

from typing import NamedTuple

import numpy as np
import pytest

from minisat.nn import Linear, Sequential, Tanh
from minisat.nn.nested import is_finite, leaves, mapped, named_leaves
from minisat.nn.watching import paths, watched


class Pair(NamedTuple):
    left: int
    right: tuple


TREE = [1, Pair(2, (3, None)), {"four": 4}]


def test_leaves_have_names_and_an_order():
    assert leaves(TREE) == [1, 2, 3, None, 4] and leaves(5) == [5] and leaves(()) == []
    assert list(named_leaves(TREE, "x")) == [("x.0", 1), ("x.1.0", 2), ("x.1.1.0", 3), ("x.1.1.1", None),
                                             ("x.2.four", 4)]


def test_mapped_keeps_the_nesting():
    """Lists, tuples, named tuples and dicts stay what they are."""
    found = mapped(lambda leaf: leaf and 10 * leaf, TREE)
    assert found == [10, Pair(20, (30, None)), {"four": 40}] and found[1].right == (30, None)


def test_finite_is_asked_of_floats_alone():
    assert is_finite((np.ones(2), [np.arange(3), None, "x"], 1.0))
    for bad in (np.array([1, np.nan]), float("inf"), np.float32("nan")):
        assert not is_finite({"deep": [(bad,)]})


def test_watched_layers_are_as_they_were_found_afterwards():
    """Also where an exception ends the block; a layer that had a pass of its own has it again."""
    shared = Tanh()
    network = Sequential(Linear(2, 2, rng=0), shared, shared)
    own = shared.forward = shared.forward
    calls = []

    def wrap(method, path, module, phase):
        def call(*inputs):
            calls.append((path, phase))
            return method(*inputs)
        return call
    with pytest.raises(ZeroDivisionError), watched(wrap, network):
        y, cache = network.forward(np.ones((1, 2), np.float32))
        network.backward(y, cache)
        raise ZeroDivisionError
    assert [path for path, _ in paths(network)] == ["Sequential", "layers.0", "layers.1"]
    assert calls == [("Sequential", "forward"), ("layers.0", "forward"), ("layers.1", "forward"),
                     ("layers.1", "forward"), ("Sequential", "backward"), ("layers.1", "backward"),
                     ("layers.1", "backward"), ("layers.0", "backward")]
    assert shared.forward is own and "backward" not in vars(shared) and "forward" not in vars(network)
