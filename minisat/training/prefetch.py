"""The next batch is fetched while the present one is computed."""

from concurrent.futures import ThreadPoolExecutor


def prefetched(items, load):
    """Yield (item, load(item)) in order; `load` of the next item runs in a background thread meanwhile.

    The same results as a plain loop, errors included: what `load` raises is raised here when its item's turn
    comes. Reading files and copying arrays release Python's lock, so the two really overlap.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="prefetch") as pool:
        waiting = None
        for item in items:
            coming = item, pool.submit(load, item)
            if waiting is not None:
                yield waiting[0], waiting[1].result()
            waiting = coming
        if waiting is not None:
            yield waiting[0], waiting[1].result()
