"""Word dropout: some words are hidden from a captioner that reads them in training (Bowman et al. 2016, section 3.1).

Who cannot rely on the words before must look at the photo. The words that are asked for stay those of the caption.
"""

import numpy as np

from minisat.text import UNK


def words_hidden(read, share, rng):
    """read (N, T) words on the host → the same, each with the probability `share` replaced by UNK; <start> stays."""
    hidden = rng.random(read.shape) < share
    hidden[:, 0] = False
    return np.where(hidden, UNK, read)
