"""Features that live on the GPU: a whole store, uploaded once as it is, so that no step waits for the host."""

import numpy as np

from minisat.backend import device_memory, get_array_module, to_device
from minisat.room import readable

PIECE = 2**26  # bytes uploaded at a time


class Resident:
    """`resident(rows) → features (N, L, D)` on the GPU, float16 as the store keeps them.

    `features`: those of a store (photos, L, D).
    """

    def __init__(self, features):
        rows = max(1, PIECE // (features[:1].nbytes or 1))
        first = to_device(np.array(features[:rows]), "cuda")
        self.features = get_array_module(first).empty(features.shape, features.dtype)
        self.features[:rows] = first
        for start in range(rows, len(features), rows):
            self.features[start:start + rows] = to_device(np.array(features[start:start + rows]), "cuda")

    def __call__(self, rows):
        """rows (N,) on the host → their features."""
        return self.features[to_device(np.asarray(rows), "cuda")]

    def described(self):
        """A sentence for who trains."""
        return f"The features live on the GPU, as float16: {readable(self.features.nbytes)}."


def fits(features, needed):
    """Whether a store's features fit on the GPU beside a training that needs so many bytes."""
    free, _ = device_memory()
    return features.nbytes + 2 * needed < free
