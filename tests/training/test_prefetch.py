"""Prefetching: the results of a plain loop, one item ahead."""

import threading

import pytest

from minisat.training.prefetch import prefetched


def test_order_and_values():
    """Any number of items, none and one included."""
    for count in (0, 1, 2, 7):
        assert list(prefetched(range(count), lambda i: i * i)) == [(i, i * i) for i in range(count)]


def test_next_item_loads_while_this_one_is_used():
    """The load of item 1 has run before item 0 is given back, in another thread."""
    loaded = {i: threading.Event() for i in range(3)}

    def load(i):
        loaded[i].set()
        return threading.current_thread().name
    stream = prefetched(range(3), load)
    item, name = next(stream)
    assert item == 0 and name.startswith("prefetch")
    assert loaded[1].wait(5)
    stream.close()


def test_errors_come_in_their_turn():
    """What load raises is raised when its item is asked for, not before."""
    stream = prefetched([1, 0], lambda i: 1 // i)
    assert next(stream) == (1, 1)
    with pytest.raises(ZeroDivisionError):
        next(stream)
