"""BatchNorm folded into the convolutions: the same encoder, for inference, with fewer operations."""

import copy
from typing import NamedTuple

from minisat.backend import get_array_module
from minisat.nn import BatchNorm2d, Conv2d
from minisat.nn.module import Buffer, Module, Parameter


class IdentityCache(NamedTuple):
    """Backward remembers nothing."""


class Identity(Module):
    """y = x: stands where a layer was that another has taken in."""

    def forward(self, x):
        """x → x itself."""
        return x, IdentityCache()

    def backward(self, dy, cache):
        """dy → dy."""
        return dy


def folded(conv, norm):
    """The convolution that does what `conv` and then `norm`, in evaluation, do.

    gamma (W x + b − mean) / √(var + eps) + beta = (s W) x + (s (b − mean) + beta) with s = gamma / √(var + eps).
    """
    scale = norm.gamma.data / get_array_module(norm.gamma.data).sqrt(norm.running_var.data + norm.eps)
    shift = norm.beta.data - norm.running_mean.data * scale
    both = copy.copy(conv)  # the same geometry
    both.W = Parameter(conv.W.data * scale[:, None, None, None])
    both.b = Parameter(shift if conv.b is None else conv.b.data * scale + shift)
    return both


def convolutions_with_norms(encoder):
    """(Conv2d, BatchNorm2d) pairs: in the order of assignment each BatchNorm2d directly follows its Conv2d.

    ValueError when one does not.
    """
    pairs, previous = [], None
    for name, module in encoder.named_modules():
        if isinstance(module, BatchNorm2d):
            if not isinstance(previous, Conv2d) or len(previous.W.data) != len(module.gamma.data):
                raise ValueError(f"{name} does not directly follow a convolution of its width")
            pairs.append((previous, module))
        if any(isinstance(value, (Parameter, Buffer)) for value in vars(module).values()):
            previous = module
    return pairs


def sharing(module):
    """A memo for `copy.deepcopy`, with which a copy of `module` shares its arrays; its gradients are new.

    Entries {id of a module: another} that are added put the other into its place.
    """
    return {id(member): type(member)(member.data)
            for _, member in (*module.named_parameters(), *module.named_buffers())}


def fold_batchnorm(encoder):
    """A copy of `encoder` in evaluation mode whose convolutions have taken in the BatchNorms behind them.

    Equal to the original's evaluation up to rounding. What folding does not change shares its arrays with the
    original: the copy is for inference, and is made anew when the original has learnt. ValueError when a
    BatchNorm2d does not directly follow its Conv2d in the order of assignment.
    """
    memo = sharing(encoder)
    for conv, norm in convolutions_with_norms(encoder):
        memo[id(conv)], memo[id(norm)] = folded(conv, norm), Identity()
    return copy.deepcopy(encoder, memo).eval()
