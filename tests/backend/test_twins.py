"""twinned: a twin runs on the arrays that it was made for, on no others; wherever the first array stands."""

import numpy as np
from strict_arrays import StrictArray, strict

from minisat.backend import twinned


class Doubling:
    """A layer whose forward has a twin."""

    factor = 2

    @twinned
    def forward(self, x, state=()):
        """2 x"""
        return self.factor * x


@Doubling.forward.twin(strict)
def twin(layer, x, state=()):
    return "twin", layer.factor, x, state


HERE, THERE = np.ones(1), StrictArray(np.ones(1))


def test_the_arrays_decide():
    """Arguments and keywords reach the twin; the reference stays reachable, with its name and documentation."""
    layer = Doubling()
    assert layer.forward(HERE) == [2.0] and layer.forward(3.0) == 6.0
    assert layer.forward(THERE, state=5) == ("twin", 2, THERE, 5)
    assert layer.forward.reference(layer, THERE).get() == [2.0]
    assert Doubling.forward.__name__ == "forward" and Doubling.forward.__doc__ == "2 x"


def test_the_first_array_is_found_behind_numbers_and_within_tuples():
    """As in cross-entropy's backward(1.0, cache) and a cell's backward((dh, dc), cache); a NumPy scalar is a number."""
    layer = Doubling()
    for x, state in ((1.0, THERE), (np.float64(1.0), (None, (THERE, HERE))), ((THERE, HERE), HERE)):
        assert layer.forward(x, state)[0] == "twin"
    assert layer.forward(np.ones(1), THERE)[0] == 2.0


def test_a_subclass_that_writes_its_own_has_no_twin():
    class Tripling(Doubling):
        def forward(self, x, state=()):
            return 3 * x
    assert Tripling().forward(THERE).get() == [3.0]
