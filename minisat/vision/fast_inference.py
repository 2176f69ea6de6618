"""A fast copy of an encoder for inference: BatchNorm folded, activations merged into the convolutions before them."""

import copy
import math
from collections import Counter
from itertools import pairwise

from minisat.nn import Branches, Conv2d, ReLU, ReLU6, Residual, Sequential
from minisat.nn.fast.inference import FastConv2d, FastResidual
from minisat.vision.folding import Identity, fold_batchnorm, sharing


def _has_twin(conv):
    """Whether FastConv2d can stand for it: all but groups of several channels."""
    return conv.groups == 1 or conv.depthwise


def _ends(module):
    """The layers that give `module`'s output, if all of them could apply an activation too; else none."""
    if isinstance(module, Residual) or isinstance(module, Conv2d) and _has_twin(module):
        return [module]
    if isinstance(module, Sequential):
        layers = [layer for layer in module.layers if not isinstance(layer, Identity)]
        return _ends(layers[-1]) if layers else []
    if isinstance(module, Branches):
        ends = [_ends(branch) for branch in module.branches]
        return sum(ends, []) if all(ends) else []
    return []


def _chains(encoder):
    """Lists of (stage's name or None, Module): what runs one after the other."""
    yield [*encoder.stages(), *((None, layer) for layer in encoder.head)]
    for _, module in encoder.named_modules():
        if isinstance(module, Sequential):
            yield [(None, layer) for layer in module.layers]


def _merge_activations(encoder, kept):
    """({id of a layer: ceiling of the activation that it takes over}, [activations left without work], merged stages).

    The stages named in `kept` still give what they gave.
    """
    chains = [[entry for entry in chain if not isinstance(entry[1], Identity)] for chain in _chains(encoder)]
    uses = Counter(id(module) for chain in chains for _, module in chain)
    ceilings, idle, merged = {}, [], []
    for chain in chains:
        for (name, module), (_, activation) in pairwise(chain):
            if isinstance(activation, (ReLU, ReLU6)) and name not in kept and (ends := _ends(module)):
                ceilings.update({id(end): math.inf if isinstance(activation, ReLU) else 6 for end in ends})
                merged += [name] if name else []
                if uses[id(activation)] == 1:  # one that is used elsewhere stays: twice does no harm
                    idle.append(activation)
    return ceilings, idle, merged


def fast_inference(encoder, grid=None):
    """A copy of `encoder` that computes the same faster, for inference alone.

    BatchNorms are folded into the convolutions, these are prepared (nn/fast_inference.py) and apply their activation
    themselves. `grid` (a name, or several) and the encoder's named grids keep their meaning; other stages may have
    been merged and are no grids of the copy. A snapshot: make it anew when the original has learnt, and after `to`
    and `astype`.
    """
    folded = fold_batchnorm(encoder)
    kept = {*map(folded.check_grid, grid if isinstance(grid, (list, tuple)) else [grid]), *folded.grid_names}
    ceilings, idle, merged = _merge_activations(folded, kept)
    memo = sharing(folded) | {id(activation): Identity() for activation in idle}
    residuals = []
    for _, module in folded.named_modules():
        ceiling = ceilings.get(id(module))
        if isinstance(module, Conv2d) and _has_twin(module):
            memo[id(module)] = FastConv2d(module, ceiling)
        elif isinstance(module, Residual):
            memo[id(module)] = FastResidual(module.body, module.shortcut, ceiling)
            residuals.append(memo[id(module)])
    for residual in residuals:  # when all twins are known
        residual.body, residual.shortcut = copy.deepcopy((residual.body, residual.shortcut), memo)
    fast = copy.deepcopy(folded, memo)
    fast.merged = tuple(merged)
    return fast
