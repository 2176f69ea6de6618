"""Exercise 12b, solved: a captioner turned round.

Two ways to get it wrong:

* Leaving END out. A photo of which the sentence is only the beginning of what there is to say then does as well as the
  one that it describes.
* Sharing along the rows. That asks which of these captions fits a photo, and not whose photo a caption is.
"""

import numpy as np

from minisat.text import END, START


def chances(captioner, photos, captions):
    """log p(caption | photo), natural logarithms: (N, C), a row for each photo, a column for each caption."""
    columns = []
    for caption in captions:
        state, total = captioner.start(photos), 0.0
        for read, asked in zip([START, *caption], [*caption, END]):
            log_p, state, _, _ = captioner.step(state, np.full(len(photos), read))
            total = total + log_p[:, asked]
        columns.append(total)
    return np.stack(columns, axis=1)


def whose(log_p):
    """log p(caption | photo) (N, C) → p(photo | caption) (N, C). A sentence's log p may be −1,000."""
    likely = np.exp(log_p - log_p.max(axis=0))     # the likeliest photo of each caption gets 1, whatever log p is
    return likely / likely.sum(axis=0)
