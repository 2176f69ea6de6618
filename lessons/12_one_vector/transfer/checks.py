"""What exercise 12b is checked on: a captioner's own logits, all words read at once, and shares of photos."""

import numpy as np

from minisat.captioner.show_tell import ShowTell
from minisat.nn import log_softmax
from minisat.teaching.asking import agree, fixed, wrong_unless
from minisat.text import END, START


def cases(work):
    """Yield a sentence for each thing that is right."""
    rng = np.random.default_rng(1010)
    captioner = ShowTell(9, 3, embedding_size=4, hidden_size=5, dropout=0.0, rng=rng).astype("float64")
    for parameter in captioner.parameters():
        parameter.data[...] = rng.standard_normal(parameter.shape)
    photos, captions = rng.standard_normal((4, 1, 3)), [[5, 4, 7], [6], [4, 4, 8, 5, 6]]
    words = [_words(captioner, photos, caption) for caption in captions]  # of each caption (N, T + 1)
    right = np.stack([each.sum(axis=1) for each in words], axis=1)
    found = np.asarray(work.chances(captioner, fixed(photos), [list(caption) for caption in captions]), float)
    for slip, why in ((np.stack([each[:, :-1].sum(axis=1) for each in words], axis=1),
                       "that END comes next is part of the sentence, and is not counted."),
                      (np.stack([each.mean(axis=1) for each in words], axis=1),
                       "these are means per word. The probability of a sentence is a product, its logarithm a sum.")):
        wrong_unless(found.shape != slip.shape or not np.allclose(found, slip), f"chances: {why}")
    agree("log p of chances, of three captions for each of four photos,", found, right)
    yield "chances: log p of each caption for each photo, END counted"

    shares = np.array([[0.5, 0.2], [0.3, 0.2], [0.2, 0.6]])
    log_p = np.log(shares) + np.array([-1000.0, -3.0])  # of a long caption and a short one
    with np.errstate(all="ignore"):
        found = np.asarray(work.whose(fixed(log_p)), float)
    wrong_unless(np.isfinite(found).all(), "whose gives numbers that are not finite where log p is −1,000: exp of that "
                 "is 0. Subtract the largest of those that are compared first.")
    wrong_unless(found.shape != shares.shape or not np.allclose(found.sum(axis=1), 1), "Each row of whose adds up to "
                 "1, as if the question were which caption fits a photo. It is whose photo a caption is: each column "
                 "is to add up to 1.")
    agree("whose, of two captions and three photos,", found, shares)
    yield "whose: of each caption, how probable every photo is"


def _words(captioner, photos, caption):
    """log p of each word of the caption and of END, for each photo (N, T + 1), as in training."""
    logits, _ = captioner(photos, np.array([[START, *caption]] * len(photos)))
    log_p = log_softmax(logits)
    return np.stack([log_p[:, t, word] for t, word in enumerate([*caption, END])], axis=1)
