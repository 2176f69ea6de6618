"""The running average of the weights, which decodes better than the weights of any one step."""

from contextlib import contextmanager

import numpy as np

from minisat.backend import get_array_module, twinned

BLOCK = 16384  # entries, as in adam.py


@twinned
def follow(array, average, rate):
    """average += rate (array − average), both (P,), in place."""
    block = BLOCK if get_array_module(array) is np else max(len(array), 1)
    for start in range(0, len(array), block):
        piece = average[start:start + block]
        piece += rate * (array[start:start + block] - piece)


class Averager:
    """An exponential moving average of arrays that training changes in place (Polyak & Juditsky 1992).

    `arrays`: contiguous float arrays (the flat buffers' data, a BatchNorm's statistics). The weight of the step
    t steps back is proportional to decay^t, and the weights sum to one from the first update on: Adam's
    correction of the zero start, folded into the rate (1 − decay) / (1 − decay^t).
    """

    def __init__(self, arrays, decay):
        self.arrays = [array.reshape(-1) for array in arrays]  # views
        self.decay = float(decay)
        self.steps = 0
        self.averages = [get_array_module(array).zeros_like(array) for array in self.arrays]

    def update(self):
        """Take the arrays' present values into the average."""
        self.steps += 1
        rate = (1 - self.decay) / (1 - self.decay**self.steps)
        for array, average in zip(self.arrays, self.averages):
            follow(array, average, rate)

    @contextmanager
    def swapped(self):
        """Inside `with`, the arrays hold their averages (nothing happens before the first update)."""
        self._swap()
        try:
            yield
        finally:
            self._swap()

    def _swap(self):
        for array, average in zip(self.arrays, self.averages) if self.steps else ():
            held = array.copy()
            array[...] = average
            average[...] = held

    def state_dict(self):
        """{name: array}: the averages themselves ("0", "1", …) and the number of updates."""
        return ({"steps": np.asarray(self.steps, np.int64)}
                | {str(i): average for i, average in enumerate(self.averages)})

    def load_state_dict(self, state):
        """Copy a state in. ValueError when it belongs to other arrays."""
        shapes = {name: array.shape for name, array in self.state_dict().items()}
        if {name: array.shape for name, array in state.items()} != shapes:
            raise ValueError("The average belongs to other parameters.")
        self.steps = int(state["steps"])
        for i, average in enumerate(self.averages):
            average[...] = get_array_module(average).asarray(state[str(i)])
