"""What exercise 6b is checked on: which probabilities the hat really has, worked out, not drawn; and a draw."""

import numpy as np

from minisat.teaching.asking import agree, fixed, parts, wrong_unless


def cases(work):
    """Yield a sentence for each thing that is right."""
    _hold(work, "of two words, 0.25 and 0.75", np.array([0.25, 0.75]))
    _hold(work, "of three words, 0.1, 0.6 and 0.3", np.array([0.1, 0.6, 0.3]))
    yield "a hat of two words and one of three: each as likely as it should be"
    _hold(work, "of words that are all equally likely", np.full(5, 0.2))
    _hold(work, "of words of which one has everything", np.array([0.0, 0.0, 1.0, 0.0]))
    yield "the edges: all alike, and nothing but one"
    rng = np.random.default_rng(55)
    counts = rng.integers(1, 500, 300) ** 0.75
    _hold(work, "of 300 words, by count^3/4", counts / counts.sum())
    yield "300 words, drawn by count^3/4"
    own, other = np.array([0.3, 1.0, 0.9]), np.array([1, 1, 1])
    column, height = np.array([0, 0, 1, 2, 2]), np.array([0.2, 0.5, 0.99, 0.5, 0.95])
    found = np.asarray(work.draw(*fixed((own, other, column, height))))
    wrong_unless(np.array_equal(found, [0, 1, 1, 2, 1]), f"draw with own = {own}, other = {other}, column = {column}, "
                 f"height = {height} gives {found}, and should give [0 1 1 2 1]: below own it is the column's word, "
                 "above it the other.")
    yield "draw: below its own part the column's word, above it the donor"


def _hold(work, what, p):
    own, other = (np.asarray(each) for each in parts("hat", work.hat(fixed(p)), 2))
    wrong_unless(own.shape == other.shape == p.shape, f"hat {what} is to return two arrays of the shape {p.shape}.")
    wrong_unless(other.dtype.kind in "iu" and 0 <= other.min() and other.max() < len(p), f"other of the hat {what} is "
                 f"to hold ids, whole numbers from 0 to {len(p) - 1}.")
    wrong_unless((own >= -1e-9).all() and (own <= 1 + 1e-9).all(), f"own of the hat {what} is to lie between 0 and 1; "
                 f"it goes from {own.min():.4g} to {own.max():.4g}.")
    real = (own + np.bincount(other, 1 - own, len(p))) / len(p)
    agree(f"The probability of each word in the hat {what} (its own part and what other columns hold of it, over V),",
          real, p)
