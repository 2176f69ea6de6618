"""What stage 1 is checked on: words, ids and back, batches."""

from itertools import islice

import numpy as np

from minisat.teaching.asking import wrong_unless

QUICK = True
CAPTIONS = [["a", "red", "ball"], ["a", "ball", "left", "of", "a", "box"]]
WORDS = ["<end>", "<unknown>", "a", "ball", "box", "left", "of", "red"]


def cases(work):
    """Yield a sentence for each thing that is right."""
    words = work.build_words(CAPTIONS)
    wrong_unless(list(words[:2]) == WORDS[:2], f"build_words begins with {words[:2]}, and should with {WORDS[:2]}.")
    wrong_unless(len(set(words)) == len(words), "build_words holds a word twice.")
    wrong_unless(set(words) == set(WORDS), f"build_words of {CAPTIONS} is to hold {sorted(set(WORDS[2:]))} after the "
                 f"two marks; it holds {list(words[2:])}.")
    wrong_unless(list(words) == list(work.build_words(CAPTIONS[::-1])),
                 "build_words gives another order when the captions come in another order (a set has no order of its "
                 "own): the same word would have another id next time. Sort them.")
    often = list(work.build_words(CAPTIONS, 2))
    wrong_unless(sorted(often[2:]) == ["a", "ball"], "build_words(captions, 2) is to keep the words that occur at "
                 f"least twice in all captions together, a and ball; it keeps {often[2:]}.")
    yield "build_words: every word once, after the two marks"

    ids = work.encode(CAPTIONS, WORDS)
    wanted = np.array([[0, 2, 7, 3, 0, 0, 0, 0], [0, 2, 3, 5, 6, 2, 4, 0]])
    wrong_unless(isinstance(ids, np.ndarray) and ids.dtype.kind in "iu", "encode is to return an array of integers.")
    wrong_unless(ids.shape == wanted.shape, f"encode gives the shape {ids.shape} to captions of 3 and 6 words; it "
                 f"should be {wanted.shape}: <end>, the longest caption, <end>.")
    wrong_unless((ids[:, 0] == 0).all(), "Every row of encode begins with 0, <end>, which is read before any word.")
    wrong_unless((ids[:, -1] == 0).all() and (ids[0, 4:] == 0).all(),
                 "After its words a row of encode is filled with 0, <end>, to the last place.")
    wrong_unless((ids == wanted).all(), f"encode makes {ids.tolist()} of {CAPTIONS}; with these words it should be "
                 f"{wanted.tolist()}.")
    strange = work.encode([["a", "purple", "ball"]], WORDS)
    wrong_unless(strange.tolist() == [[0, 2, 1, 3, 0]], f"A word that is not in the list becomes 1, <unknown>; encode "
                 f"makes {strange.tolist()} of a purple ball.")
    yield "encode: <end>, the words, <end> to the end of the row"

    said = work.decode(np.array([2, 7, 3, 0, 2, 0]), WORDS)
    wrong_unless(list(said) == ["a", "red", "ball"], f"decode ends at the first <end> and leaves it out; it makes "
                 f"{said} of the ids of: a red ball <end> a <end>.")
    whole = work.decode(np.array([2, 3]), WORDS)
    wrong_unless(list(whole) == ["a", "ball"], f"Where no <end> comes, decode gives all words; it makes {whole} of the "
                 "ids of: a ball.")
    yield "decode: words up to the first <end>"

    def epoch(seed):
        found = [np.asarray(batch) for batch in islice(work.batches(10, 4, np.random.default_rng(seed)), 50)]
        wrong_unless(len(found) < 50, "batches goes on for ever: after each number has come once, it ends.")
        return found
    first = epoch(0)
    wrong_unless([len(batch) for batch in first] == [4, 4, 2],
                 f"batches(10, 4, rng) is to give 4, 4 and 2 numbers; it gives {[len(batch) for batch in first]}.")
    wrong_unless(sorted(np.concatenate(first)) == list(range(10)), "batches is to give every number from 0 to "
                 f"count − 1 exactly once; it gives {sorted(int(i) for i in np.concatenate(first))}.")
    orders = [np.concatenate(epoch(seed)).tolist() for seed in (0, 0, 1, 2)]
    wrong_unless(orders[0] == orders[1], "batches gives another order for a generator of the same seed: draw from the "
                 "rng that it is given, and from nothing else.")
    wrong_unless(orders[0] != orders[2] or orders[0] != orders[3], "batches always gives the same order: shuffle.")
    yield "batches: every caption once, in another order each time"
