"""What the kernels must know of a minibatch: where each word lies and what it is, sent to the GPU in one copy."""

from typing import NamedTuple

import numpy as np

from minisat.backend.devices import cupy


class Plan(NamedTuple):
    """Addresses of int32 arrays on the GPU, all in `numbers`, and what the host knows. R rows: real words, packed."""

    numbers: object   # keeps the memory
    words_in: int     # (R,) ids that are read
    words_out: int    # (R,) ids that are asked for
    place: int        # (R,) caption · T + time: where the word stands in the padded minibatch
    photo: int        # (N,) where the features of each caption's photo lie, longest caption first
    key: int          # (N,) where its keys lie
    rows: int         # (N,) where the features lie, in the caller's order
    starts: int       # (T + 1,) the first row of each time step
    lengths: int      # (N,) words, longest caption first
    sorted_rows: int  # (R,) the rows by the id that is read
    edges: int        # (different + 1,) where in `sorted_rows` each different id begins
    choice: int       # (R,) int32, and
    chance: int       # (R,) float32: of hard attention, else 0
    different: int    # how many ids there are
    steps: list       # (first row, rows) of each time step


def plan(packing, read, ids, choice=None, chance=None):
    """The Plan of a Packing: `read` (N, T) ids that are read, `ids` (N, T+1) those asked for one word later.

    `choice`, `chance` (R,): where hard attention looks, as Drawn has them.
    """
    T = len(packing.starts) - 1
    captions, times = packing.captions, packing.times
    words_in = read[captions, times]
    rows = np.argsort(words_in, kind="stable")
    by_id = words_in[rows]
    edges = np.concatenate([[0], np.flatnonzero(by_id[1:] != by_id[:-1]) + 1, [len(rows)]])
    order = packing.order
    lengths = np.bincount(packing.places, minlength=len(order))
    lie = np.arange(len(order))
    parts = (words_in, ids[captions, times + 1], captions * T + times, lie[order], order, lie, packing.starts, lengths,
             rows, edges)
    parts = [part.astype(np.int32) for part in parts]
    hard = [part for part in (choice, chance) if part is not None]
    parts += [part.view(np.int32) if part.dtype == np.float32 else part.astype(np.int32) for part in hard]
    numbers = cupy.asarray(np.concatenate(parts))
    addresses = (numbers.data.ptr + 4 * np.cumsum([0, *map(len, parts[:-1])])).tolist()
    addresses += [0] * (2 - len(hard))
    starts = packing.starts.tolist()
    steps = [(start, stop - start) for start, stop in zip(starts, starts[1:])]
    return Plan(numbers, *addresses, len(edges) - 1, steps)
