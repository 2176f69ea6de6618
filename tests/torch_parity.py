"""Hold a module against the same computation written in PyTorch: outputs and every gradient, in float64."""

import numpy as np
import pytest

from minisat.nn.nested import leaves, mapped


def assert_equals_torch(module, reference, *inputs, tolerance=1e-10, **noise):
    """`reference(torch, inputs, parameters, noise)` computes what `module.forward(*inputs, **noise)` does.

    Its inputs and parameters ({dotted name: tensor}) are float64 tensors that ask for gradients; inputs may be
    nested tuples. Upstream gradients are random; inputs are read-only.
    """
    torch = pytest.importorskip("torch", reason="parity with PyTorch needs torch")
    module = module.astype("float64")
    inputs, noise = mapped(_frozen, inputs), {name: _frozen(value) for name, value in noise.items()}

    def tensor(x):
        t = torch.tensor(x)
        return t.requires_grad_() if t.dtype == torch.float64 else t
    tensors = mapped(tensor, inputs)
    parameters = {name: tensor(parameter.data) for name, parameter in module.named_parameters()}
    expected = reference(torch, tensors, parameters, {name: torch.tensor(value) for name, value in noise.items()})
    outputs, cache = module.forward(*inputs, **noise)

    ours, theirs = leaves(outputs), leaves(expected)
    assert len(ours) == len(theirs)
    rng = np.random.default_rng(1)
    upstream = [np.array(rng.standard_normal(np.shape(y))) for y in ours]
    for y, t in zip(ours, theirs):
        np.testing.assert_allclose(y, t.detach().numpy(), rtol=0, atol=tolerance)
    torch.autograd.backward(theirs, [torch.tensor(u) for u in upstream])

    queue = iter(upstream)
    gradients = module.backward(mapped(lambda y: next(queue), outputs), cache)
    wanted = [(f"input {k}", t) for k, t in enumerate(leaves(tensors))]
    for (name, t), dx in zip(wanted, leaves(gradients), strict=True):
        _assert_gradient(name, t, dx, tolerance)
    for name, parameter in module.named_parameters():
        _assert_gradient(name, parameters[name], parameter.grad, tolerance)


def _assert_gradient(name, tensor, gradient, tolerance):
    if not tensor.requires_grad:
        assert gradient is None, f"{name} is of integers and has no gradient"
        return
    expected = np.zeros(tensor.shape) if tensor.grad is None else tensor.grad.numpy()
    np.testing.assert_allclose(gradient, expected, rtol=0, atol=tolerance, err_msg=name)


def _frozen(x):
    x = np.array(x, np.float64) if np.asarray(x).dtype.kind == "f" else np.array(x)
    x.setflags(write=False)
    return x
