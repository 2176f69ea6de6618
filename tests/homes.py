"""Run a registered case forward and backward in any home of arrays, and bring everything back to NumPy."""

import numpy as np

from minisat.backend import to_numpy
from minisat.captioner.cases import EVERY_CASE
from minisat.captioner.fast.teacher_forcing import FastTeacherForcing
from minisat.nn.nested import is_array, leaves, mapped

HOST_INPUTS = "captioner."  # training objectives take ids and lengths from the host, as a CaptionBatch holds them


def map_arrays(function, tree):
    """`function` of every array in nested tuples, lists and dicts; other leaves as they are."""
    return mapped(lambda leaf: function(leaf) if is_array(leaf) else leaf, tree)


def cpu_only(module):
    """Whether the module is, or holds, a fast twin written for NumPy alone."""
    return any(isinstance(part, FastTeacherForcing) for part in (module, *(m for _, m in module.named_modules())))


def run_case(name, move=lambda x: x, seed=3):
    """(outputs, input gradients, {parameter: gradient}) of the case in float32, as NumPy leaves.

    `move(array)` takes an array to the home to be tried; the same numbers are drawn for every home.
    """
    module, inputs, noise = EVERY_CASE[name](np.random.default_rng(seed))
    for _, member in (*module.named_parameters(), *module.named_buffers()):
        member.convert(move)

    def place(x):
        x = x.astype(np.float32) if x.dtype.kind == "f" else x
        return x if name.startswith(HOST_INPUTS) and x.dtype.kind != "f" else move(x)
    inputs, noise = map_arrays(place, inputs), map_arrays(place, noise)
    if module.takes_rng and "rng" not in noise:
        noise["rng"] = np.random.default_rng(seed)
    outputs, cache = module.forward(*inputs, **noise)
    rng = np.random.default_rng(seed + 1)

    def upstream(y):
        draw = rng.standard_normal(y.shape)
        return move(draw.astype(np.float32)) if y.ndim else 1.0
    gradients = module.backward(map_arrays(upstream, outputs), cache)
    parameters = {path: to_numpy(parameter.grad) for path, parameter in module.named_parameters()}
    return map_arrays(to_numpy, leaves(outputs)), map_arrays(to_numpy, leaves(gradients)), parameters


def assert_homes_agree(here, there, tolerance):
    """Two results of `run_case` are equal to `tolerance` times the largest entry of each array."""
    for a, b in zip([*here[0], *here[1], *here[2].values()], [*there[0], *there[1], *there[2].values()], strict=True):
        assert (a is None) == (b is None)
        if a is not None:
            assert a.shape == b.shape and a.dtype == b.dtype
            np.testing.assert_allclose(b, a, rtol=0, atol=tolerance * max(1.0, float(np.abs(a).max(initial=0))))
