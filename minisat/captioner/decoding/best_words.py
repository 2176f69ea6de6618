"""The few best words of each row: found where the rows are, so that only they travel to the host."""

import numpy as np

from minisat.backend import get_array_module, to_numpy, twinned


@twinned
def best_words(log_probs, count):
    """The `count` best words of each row, best first, ties to the smaller id: (values, columns), on the host.

    One word more than wanted is fetched: if it equals the last wanted one, the partition chose between equals
    in no particular order, and that row is sorted in full.
    """
    xp = get_array_module(log_probs)
    cut = max(log_probs.shape[1] - count - 1, 0)
    columns = xp.argpartition(log_probs, cut, axis=1)[:, cut:]
    values, columns = to_numpy(xp.take_along_axis(log_probs, columns, 1)), to_numpy(columns)
    order = np.lexsort((columns, -values))
    values, columns = (np.take_along_axis(x, order, 1) for x in (values, columns))
    if columns.shape[1] > count:
        for row in np.flatnonzero(values[:, count - 1] == values[:, count]):
            columns[row, :count] = np.argsort(-to_numpy(log_probs[row]), kind="stable")[:count]
    return values[:, :count], columns[:, :count]
