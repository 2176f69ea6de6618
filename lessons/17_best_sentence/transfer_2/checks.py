"""What exercise 17c is checked on: rows by hand, edges, equals, and a batch."""

import numpy as np

from minisat.teaching.asking import agree, fixed, wrong_unless


def cases(work):
    """Yield a sentence for each thing that is right."""
    row = np.array([[0.15, 0.5, 0.05, 0.3]])
    found = _asked(work, row, 0.7)
    _words(found[0], {1, 3}, "of 0.15, 0.5, 0.05, 0.3 with p = 0.7")
    wrong_unless(np.isclose(found.sum(), 1), f"What stays is to add up to 1 again; it adds up to {found.sum():.4g}: "
                 "divide by the sum.")
    agree("top_p of 0.15, 0.5, 0.05, 0.3 with p = 0.7", found, [[0, 0.625, 0, 0.375]])
    yield "a row by hand: the word with which p is reached stays, and what stays adds up to 1"

    _words(_asked(work, row, 0.2)[0], {1}, "of 0.15, 0.5, 0.05, 0.3 with p = 0.2: the likeliest word always stays, so")
    agree("top_p with p = 1", _asked(work, row, 1.0), row)
    _words(_asked(work, np.array([[0.25, 0.5, 0.25]]), 0.5)[0], {1}, "of 0.25, 0.5, 0.25 with p = 0.5, which "
           "one word reaches exactly:")
    yield "the edges: one word at least, with p = 1 all of them, and none too many where p is reached exactly"

    _words(_asked(work, np.array([[0.25] * 4]), 0.6)[0], {0, 1, 2}, "of four words with 0.25 each and p = 0.6")
    yield "equals: the smaller id goes first"

    x = np.random.default_rng(15).standard_normal((6, 9))
    batch = np.exp(2 * x) / np.exp(2 * x).sum(axis=1, keepdims=True)
    right = np.array([_right(each, 0.8) for each in batch])
    found = _asked(work, batch, 0.8)
    alone = np.array([_asked(work, each[None], 0.8)[0] for each in batch])
    wrong_unless(np.allclose(found, alone) or not np.allclose(alone, right), "Each row alone is right, and all of them "
                 "together are not: each row has an order and a sum of its own (axis=1, keepdims=True).")
    agree("top_p of six rows", found, right)
    yield "a batch: each row by itself"


def _asked(work, probabilities, p):
    found = np.asarray(work.top_p(fixed(probabilities), p), float)
    wrong_unless(found.shape == probabilities.shape, f"top_p is to return the shape {probabilities.shape}, not "
                 f"{found.shape}.")
    wrong_unless(np.isfinite(found).all(), "top_p returns numbers that are not finite: has a row kept no word, and is "
                 "divided by 0?")
    return found


def _words(found, wanted, what):
    kept = {int(i) for i in np.flatnonzero(found)}
    why = ""
    if kept < wanted:
        why = " The word with which p is reached stays too."
    elif kept > wanted:
        why = " These are more than it takes."
    elif kept and len(kept) == len(wanted):
        why = " As many as it takes, but not the likeliest ones, or not in their own places."
    wrong_unless(kept == wanted, f"top_p {what} is to keep the words {sorted(wanted)}; it keeps {sorted(kept)}.{why}")


def _right(row, p):
    """One row, one word after the other."""
    kept, mass = np.zeros(len(row)), 0.0
    for word in sorted(range(len(row)), key=lambda word: (-row[word], word)):
        if mass >= p:
            break
        kept[word], mass = row[word], mass + row[word]
    return kept / mass
