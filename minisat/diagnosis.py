"""What is wrong about an array, in a sentence: what its wrong numbers have in common.

A learner's mistake is seldom any number at all. It is a factor, a sign, a transpose, an axis summed too many, padding
that counts, a repeated word that counts once, one gate of four. Each leaves a pattern that can be seen by comparing
what was found with what is right.
"""

from fractions import Fraction

import numpy as np

from minisat.nn.nested import is_array, leaves

NEAR = 1e-5  # of the largest number: what differs by less is right
GATES = {3: ("first", "second", "third"), 4: ("i", "f", "g", "o")}


def diagnose(found, wanted, ids=(), masks=(), gates=0, weights=None):
    """The pattern (a sentence) of what is wrong about `found`, an array of the shape of `wanted`; "" if none is seen.

    `ids` are arrays of integers that choose rows of it, `masks` arrays of truth over its first axes, `gates` into how
    many blocks its last axis falls, `weights` {name: array} what it may have been multiplied by.
    """
    found, wanted = np.asarray(found, float), np.asarray(wanted, float)
    if not np.isfinite(found).all():
        return f"It is not finite, first at {_place(~np.isfinite(found))}." if found.ndim else "It is not finite."
    wrong = np.abs(found - wanted) > NEAR * np.abs(wanted).max(initial=0.0)
    if not wrong.any() or not wrong.ndim:
        return ""
    if not found.any():
        return "It is zero everywhere: not written yet, or never added to."
    seen = (_factor(found, wanted), _order(found, wanted), _shifted(found, wanted),
            _turned(found, wanted, weights or {}), _padding(found, wanted, wrong, masks),
            _padding_words(wrong, ids, masks), _repeated(wrong, ids), _looked_up(wanted, wrong, ids),
            _gate(wrong, gates), _axis(found, wanted), _alone(wrong), _balance(found, wanted),
            _scaled(found, wanted), _rows(found, wanted), _only_right(wanted, wrong))
    return next((said for said in seen if said), "")


def patterns(report, module, inputs):
    """{name of a tensor: what its wrong gradient has in common with the right one}, of those that a gradcheck Report
    on `module`, which was given `inputs`, finds wrong and whose every entry it has.
    """
    arrays = [leaf for leaf in leaves(inputs) if is_array(leaf)]
    ids = [array for array in arrays if array.dtype.kind in "iu"]
    ids += [np.concatenate([array.reshape(-1) for array in ids])] if len(ids) > 1 else []
    masks = [array for array in arrays if array.dtype.kind == "b" or set(np.unique(array)) <= {0.0, 1.0}]
    gates = max([getattr(each, "gates", 0) for each in (module, *(inside for _, inside in module.named_modules()))])
    wrong = [tensor.name for tensor in report.tensors if not tensor.error < report.tolerance]
    weights = {name: parameter.data for name, parameter in module.named_parameters()}
    rows = ids if len(wrong) == 1 else []  # a table is the last to hear: where others are wrong too, it is not its rows
    found = {name: diagnose(*report.slopes[name], rows, masks, gates, weights) for name in wrong
             if name in report.slopes}
    return {name: said for name, said in found.items() if said}


def _alike(found, wanted):
    return found.shape == wanted.shape and np.allclose(found, wanted, rtol=0, atol=NEAR * np.abs(wanted).max())


def _ratio(found, wanted):
    """The one number by which `wanted` has been multiplied, or 0. A single entry says so only by n or 1/n."""
    square = float((wanted * wanted).sum())
    ratio = float((found * wanted).sum()) / square if square else 0.0
    if not ratio or not _alike(found / ratio, wanted):
        return 0.0
    plain = abs(ratio + 1) < NEAR or any(abs(each - round(each)) < NEAR and 2 <= round(each) <= 60
                                         for each in (ratio, 1 / ratio))
    return ratio if found.size > 1 or plain else 0.0


def _times(ratio):
    simple = Fraction(ratio).limit_denominator(60)
    return str(simple) if abs(float(simple) - ratio) < NEAR else f"{ratio:.4g}"


def _factor(found, wanted):
    ratio = _ratio(found, wanted)
    if not ratio:
        return ""
    if abs(ratio + 1) < NEAR:
        return "It has the wrong sign everywhere."
    return f"Everywhere it is {_times(ratio)} times what it should be: one factor is missing, or one is too many."


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


def _turned(found, wanted, weights):
    for name, W in weights.items():
        W = np.asarray(W, float)
        if found.ndim == 2 and W.shape == (found.shape[1],) * 2 and np.linalg.cond(W) < 1e4 \
                and _alike(found @ np.linalg.inv(W) @ W.T, wanted):
            return f"It is right if {name} is transposed."
    return ""


def _shifted(found, wanted):
    """Of images: what stands in it belongs some rows or columns further on."""
    for down, across in np.ndindex((5, 5) if found.ndim == 4 else (0, 0)):
        rows, columns = _overlap(down - 2, found.shape[2]), _overlap(across - 2, found.shape[3])
        here, there = found[:, :, rows[0], columns[0]], wanted[:, :, rows[1], columns[1]]
        if (down, across) != (2, 2) and there.size > 3 and there.any() and _alike(here, there):
            return f"It is right, but shifted, by {down - 2} along axis 2 and by {across - 2} along axis 3."
    return ""


def _overlap(shift, size):
    return slice(max(shift, 0), size + min(shift, 0)), slice(max(-shift, 0), size - max(shift, 0))


def _padding(found, wanted, wrong, masks):
    for mask in masks:
        real = np.asarray(mask) != 0
        if not real.ndim or wrong.shape[:real.ndim] != real.shape or real.all():
            continue
        where = wrong.any(axis=tuple(range(real.ndim, wrong.ndim)))
        if not (where & real).any():
            return "It is right for every real word and wrong for the padding, which must not count."
        if found[~real].any() and not wanted[~real].any() and (ratio := _ratio(found[real], wanted[real])):
            return "Padding is counted: there it should be 0, and everywhere else it is " \
                   f"{_times(ratio)} times what it should be."
    return ""


def _padding_words(wrong, ids, masks):
    for each in ids:
        for mask in masks:
            real = np.asarray(mask) != 0
            if wrong.ndim > 1 and real.shape == np.shape(each) and not real.all() and np.max(each) < len(wrong) \
                    and set(_rows_that(wrong)) <= set(np.asarray(each)[~real]):
                return "Only rows of words that stand for padding are wrong: these must not count."
    return ""


def _rows_that(entries):
    return np.flatnonzero(entries.any(axis=tuple(range(1, entries.ndim))))


def _repeated(wrong, ids):
    for each in ids:
        used, times = np.unique(each, return_counts=True)
        if wrong.ndim < 2 or not len(used) or used.max() >= len(wrong) or times.max() == 1 or times.min() > 1:
            continue
        if set(_rows_that(wrong)) <= set(used[times > 1]):
            return "Only rows of words that come more than once are wrong: each time must be added " \
                   "(np.add.at; W[ids] += keeps one of them)."
    return ""


def _looked_up(wanted, wrong, ids):
    for each in ids:
        if wrong.ndim > 1 and np.size(each) and np.max(each) < len(wrong) \
                and set(_rows_that(wrong)) == set(np.unique(each)) < set(_rows_that(wanted != 0)):
            return "Only rows of words that were looked up are wrong: what comes back to the look-up is off."
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


def _scaled(found, wanted):
    for axis in range(1, found.ndim):
        each, right = (np.moveaxis(array, axis, 0).reshape(array.shape[axis], -1) for array in (found, wanted))
        factors = (each * right).sum(axis=1) / np.where(right.any(axis=1), (right * right).sum(axis=1), 1.0)
        if len(each) < 2 or not _alike(factors[:, None] * right, each):
            continue
        if zero := [int(i) for i in np.flatnonzero(~each.any(axis=1) & right.any(axis=1))]:
            return f"Along axis {axis} it is zero at {zero}, of 0 to {len(each) - 1}, and ought not to be."
        if np.linalg.matrix_rank(right, tol=NEAR * np.linalg.norm(right)) > 1:  # else any factors would do
            return f"Along axis {axis} each number is off by one factor of its own: what has an entry for each is " \
                   "left out, or counted twice."
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
    ways = [((-1,), "Along the last axis", "what one gains the others lose")]
    if found.ndim == 4:
        ways.append(((0, 2, 3), "In each channel", "y does not answer where all of it moves"))
    for axes, where, why in ways:
        off, right = (np.abs(each.sum(axis=axes)).max() for each in (found, wanted))
        if right < NEAR * largest < off:
            return f"{where} it should add up to 0, and does not: {why}."
    return ""


def _only_right(wanted, wrong):
    for axis, size in enumerate(wrong.shape[:-1]):  # along the last one it may be chance
        others = tuple(i for i in range(wrong.ndim) if i != axis)
        right = np.flatnonzero(~wrong.any(axis=others))
        if size > 2 and len(right) == 1 and np.take(wanted, right[0], axis).any():
            return f"Along axis {axis} only number {right[0]} is right, of 0 to {size - 1}."
    return ""


def _place(where):
    return str([int(i) for i in np.argwhere(where)[0]])
