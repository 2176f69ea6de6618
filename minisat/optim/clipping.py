"""Gradient clipping: a limit on the length of the whole gradient, or on each of its entries."""

from minisat.backend import get_array_module, twinned
from minisat.optim.flat import FlatParameters


def _groups(groups):
    return [groups] if isinstance(groups, FlatParameters) else list(groups)


def clip_norm(groups, limit):
    """Shorten the gradient to at most `limit` (Pascanu et al. 2013, algorithm 1); returns its norm before.

    `groups`: one FlatParameters or several, which count as one long vector. The norm is a 0-d value on the
    gradients' device: nothing here waits for a GPU, because the scale is computed rather than branched on.
    A norm that is not finite leaves gradients that are not finite.
    """
    return shorten(tuple(group.grad for group in _groups(groups)), limit)


@twinned
def shorten(grads, limit):
    """What `clip_norm` does to flat gradients, in place; returns their norm."""
    xp = get_array_module(grads[0])
    norm = xp.sqrt(sum(grad @ grad for grad in grads))
    scale = xp.minimum(1.0, limit / (norm + 1e-6))
    for grad in grads:
        grad *= scale
    return norm


def clip_value(groups, limit):
    """Clip every entry of the gradient to [-limit, limit], in place. `groups` as in `clip_norm`."""
    for group in _groups(groups):
        get_array_module(group.grad).clip(group.grad, -limit, limit, out=group.grad)
