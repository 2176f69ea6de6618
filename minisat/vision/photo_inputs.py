"""Photos by row number, for a captioner whose encoder is trained with it."""

import numpy as np

MEMORY = 2 << 30  # bytes: photos that need more together are read anew each time


class PhotoInputs:
    """Photos as the network sees them: `gather(rows (N,)) → (N, 3, height, width)` float32, normalised.

    Read once and kept as float16 when all fit into `memory` bytes, else read each time; rounded to float16
    either way, so that both give the same numbers. UserError naming a photo that cannot be read.
    """

    def __init__(self, paths, preprocessing, memory=MEMORY):
        self._paths, self._preprocessing = list(paths), preprocessing
        self._photos = None
        first = self._load(0)
        if first.nbytes * len(self._paths) <= memory:
            self._photos = np.empty((len(self._paths), *first.shape), np.float16)
            for row in range(len(self._paths)):
                self._photos[row] = self._load(row)

    def _load(self, row):
        return self._preprocessing.load(self._paths[row]).astype(np.float16)

    def gather(self, rows):
        """The photos of `rows`, in that order."""
        if self._photos is not None:
            return self._photos[rows].astype(np.float32)
        return np.stack([self._load(row) for row in rows]).astype(np.float32)
