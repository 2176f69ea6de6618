"""What every layer promises, held against every registered case of `nn`."""

import numpy as np
import pytest

from minisat.nn.cases import CASES
from minisat.nn.nested import leaves, mapped


def _freeze(tree):
    for leaf in leaves(tree):
        if isinstance(leaf, np.ndarray):
            leaf.setflags(write=False)
    return tree


def _equal(a, b):
    return all(x is y or np.array_equal(x, y) for x, y in zip(leaves(a), leaves(b), strict=True))


@pytest.mark.parametrize("name", CASES)
def test_passes_are_pure(name):
    """Read-only inputs, weights, cache and upstream are enough; a second backward gives the same and adds up."""
    module, inputs, noise = CASES[name](np.random.default_rng(0))
    _freeze(inputs), _freeze(tuple(noise.values()))
    for _, member in (*module.named_parameters(), *module.named_buffers()):
        member.data.setflags(write=False)
    if module.takes_rng:
        noise = {**noise, "rng": np.random.default_rng(0)}
    outputs, cache = module.forward(*inputs, **noise)
    _freeze(outputs), _freeze(cache)

    upstream = mapped(lambda y: _freeze(np.ones_like(y)) if np.ndim(y) else 1.0, outputs)
    first = module.backward(upstream, cache)
    grads = [parameter.grad.copy() for parameter in module.parameters()]
    second = module.backward(upstream, cache)
    assert _equal(first, second)
    for parameter, grad in zip(module.parameters(), grads):
        np.testing.assert_allclose(parameter.grad, 2 * grad, rtol=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_call_is_forward_without_the_cache(name):
    """`layer(x)` gives the outputs alone."""
    module, inputs, noise = CASES[name](np.random.default_rng(0))

    def draw():
        return {**noise, "rng": np.random.default_rng(0)} if module.takes_rng else noise
    assert _equal(module(*inputs, **draw()), module.forward(*inputs, **draw())[0])


@pytest.mark.parametrize("name", CASES)
def test_cache_has_named_fields(name):
    """What backward remembers is a NamedTuple."""
    module, inputs, noise = CASES[name](np.random.default_rng(0))
    rng = {"rng": np.random.default_rng(0)} if module.takes_rng else {}
    assert module.forward(*inputs, **noise, **rng)[1]._fields
