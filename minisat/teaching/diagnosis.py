"""What is wrong about an array, in a sentence: what its wrong numbers have in common.

A learner's mistake is seldom any number at all. It is a factor, a sign, a transpose, an axis summed too many, padding
that counts, a repeated word that counts once, one gate of four. Each leaves a pattern that can be seen by comparing
what was found with what is right.
"""

from fractions import Fraction

import numpy as np

NEAR = 1e-5  # of the largest number: what differs by less is right
GATES = {3: ("first", "second", "third"), 4: ("i", "f", "g", "o")}


def diagnose(found, wanted, ids=(), masks=(), gates=0):
    """The pattern (a sentence) of what is wrong about `found`, an array of the shape of `wanted`; "" if none is seen.

    `ids` are arrays of integers that choose rows of it, `masks` arrays of truth over its first axes, `gates` into how
    many blocks its last axis falls.
    """
    found, wanted = np.asarray(found, float), np.asarray(wanted, float)
    if not np.isfinite(found).all():
        return f"It is not finite, first at {_place(~np.isfinite(found))}."
    wrong = np.abs(found - wanted) > NEAR * np.abs(wanted).max(initial=0.0)
    if not wrong.any() or not wrong.ndim:
        return ""
    if not found.any():
        return "It is zero everywhere: not written yet, or never added to."
    return next((said for said in (_factor(found, wanted), _order(found, wanted), _padding(wrong, masks),
                                   _repeated(wrong, ids), _gate(wrong, gates), _axis(found, wanted),
                                   _alone(wrong), _rows(found, wanted), _balance(found, wanted)) if said), "")


def _alike(found, wanted):
    return found.shape == wanted.shape and np.allclose(found, wanted, rtol=0, atol=NEAR * np.abs(wanted).max())


def _factor(found, wanted):
    square = float((wanted * wanted).sum())
    factor = float((found * wanted).sum()) / square if square else 0.0
    if found.size < 2 or not factor or not _alike(found / factor, wanted):
        return ""
    if abs(factor + 1) < NEAR:
        return "It has the wrong sign everywhere."
    simple = Fraction(factor).limit_denominator(60)
    said = str(simple) if abs(float(simple) - factor) < NEAR else f"{factor:.4g}"
    return f"Everywhere it is {said} times what it should be: one factor is missing, or one is too many."


def _order(found, wanted):
    if found.ndim == 2 and found.shape[0] == found.shape[1] and _alike(found.T, wanted):
        return "It is the transpose of what it should be."
    for axis in range(found.ndim):
        if found.shape[axis] > 1 and _alike(np.flip(found, axis), wanted):
            return f"It is right, but backwards along axis {axis}."
    if found.size > 3 and _alike(np.sort(found, axis=None), np.sort(wanted, axis=None)):
        return "Its numbers are right and in the wrong places: axes are swapped, or reshaped where they ought to be " \
               "transposed."
    return ""


def _padding(wrong, masks):
    for mask in masks:
        mask = np.asarray(mask) != 0
        if mask.ndim and wrong.shape[:mask.ndim] == mask.shape and not mask.all():
            where = wrong.any(axis=tuple(range(mask.ndim, wrong.ndim)))
            if not (where & mask).any():
                return "It is right for every real word and wrong for the padding, which must not count."
    return ""


def _repeated(wrong, ids):
    for each in ids:
        used, times = np.unique(each, return_counts=True)
        if wrong.ndim < 2 or not len(used) or used.max() >= len(wrong) or times.max() == 1 or times.min() > 1:
            continue
        rows = np.flatnonzero(wrong.any(axis=tuple(range(1, wrong.ndim))))
        if set(rows) <= set(used[times > 1]):
            return "Only rows of words that come more than once are wrong: each time must be added " \
                   "(np.add.at; W[ids] += keeps one of them)."
    return ""


def _gate(wrong, gates):
    if gates < 2 or wrong.shape[-1] % gates:
        return ""
    blocks = wrong.reshape(-1, gates, wrong.shape[-1] // gates).any(axis=(0, 2))
    if blocks.sum() != 1:
        return ""
    return f"Of its {gates} gates only one is wrong: {GATES.get(gates, range(gates))[int(blocks.argmax())]}."


def _axis(found, wanted):
    for axis in range(found.ndim):
        first = np.take(found, [0], axis)
        if found.shape[axis] == 1 or not _alike(np.broadcast_to(first, found.shape), found):
            continue
        if _alike(np.broadcast_to(np.take(wanted, [0], axis), wanted.shape), wanted):
            continue
        if _alike(first, wanted.sum(axis=axis, keepdims=True)):
            return f"It is summed over axis {axis}, which ought to stay."
        return f"Along axis {axis} its numbers are all alike, and ought not to be."
    return ""


def _alone(wrong):
    for axis, size in enumerate(wrong.shape):
        others = tuple(i for i in range(wrong.ndim) if i != axis)
        where = np.flatnonzero(wrong.any(axis=others))
        if size > 2 and len(where) == 1:
            return f"Along axis {axis} only number {where[0]} is wrong, of 0 to {size - 1}."
    return ""


def _rows(found, wanted):
    if found.ndim < 2 or found.shape[-1] == 1:
        return ""
    squares = (wanted * wanted).sum(axis=-1, keepdims=True)
    factors = (found * wanted).sum(axis=-1, keepdims=True) / np.where(squares, squares, 1.0)
    if not _alike(factors * wanted, found):
        return ""
    return "Along its last axis it is right up to a factor, and each row has another one: a sum over the wrong axis?"


def _balance(found, wanted):
    largest = np.abs(wanted).max()
    if wanted.shape[-1] > 1 and np.abs(wanted.sum(axis=-1)).max() < NEAR * largest < np.abs(found.sum(axis=-1)).max():
        return "Along the last axis it should add up to 0, and does not: what one gains the others lose."
    return ""


def _place(where):
    return str([int(i) for i in np.argwhere(where)[0]])
