"""Adding rows into a table, right when ids repeat and fast when they are many."""

from minisat.backend.devices import cupy, get_array_module


def scatter_add(table, ids, rows):
    """`table[ids[k]] += rows[k]` for every k, repeated ids included. Changes `table`.

    Shapes: table (V, M), ids (K,) integers in 0..V-1, rows (K, M).
    Plain `table[ids] += rows` keeps only the last row of a repeated id. Here the rows are sorted by id,
    so that each id owns one segment, and each segment is summed at once.
    """
    if ids.shape[0] == 0:
        return
    xp = get_array_module(table)
    if xp is cupy:  # its atomic add is the fast way there
        xp.add.at(table, ids, rows)
        return
    order = xp.argsort(ids, kind="stable")
    sorted_ids = ids[order]
    first = xp.ones(ids.shape, dtype=bool)
    first[1:] = sorted_ids[1:] != sorted_ids[:-1]
    starts = xp.flatnonzero(first)
    table[sorted_ids[starts]] += xp.add.reduceat(rows[order], starts, axis=0)
