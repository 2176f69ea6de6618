"""What a captioner might have said in place of each word: the likeliest others after the same beginning."""

import numpy as np

from minisat.backend import get_array_module, to_numpy
from minisat.text import END, START


def alternatives(model, inputs, captions, count=5):
    """For every word of every caption the `count` likeliest words other than it: [(id, p)], the likeliest first.

    inputs (N, …) is what `model.start` takes; captions: N lists of Captions. Returns lists alike, with a list of pairs
    for each of T words (END among them where it was said, and as an alternative). PAD, START, UNK, and an END at once
    are never said, so they are none. p is the model's own, for captions that were sampled at a temperature, too.
    """
    rows = [(photo, caption) for photo, own in enumerate(captions) for caption in own]
    xp, length = get_array_module(inputs), max(len(caption.logprobs) for _, caption in rows)
    said = np.full((len(rows), length), END)
    for row, (_, caption) in enumerate(rows):
        said[row, :len(caption.ids)] = caption.ids
    state = model.select(model.start(inputs), xp.asarray(np.array([photo for photo, _ in rows])))
    read, found = np.full(len(rows), START), [[] for _ in rows]
    for t in range(length):
        log_probs, state, *_ = model.step(state, xp.asarray(read))
        log_probs = np.array(to_numpy(log_probs), np.float64)
        log_probs[:, :END + 1 if t == 0 else END] = -np.inf
        log_probs[np.arange(len(rows)), said[:, t]] = -np.inf
        best = np.argsort(-log_probs, axis=1, kind="stable")[:, :count]
        for row, (_, caption) in enumerate(rows):
            if t < len(caption.logprobs):
                found[row].append([(int(id), float(np.exp(log_probs[row, id]))) for id in best[row]
                                   if np.isfinite(log_probs[row, id])])
        read = said[:, t]
    lists = iter(found)
    return [[next(lists) for _ in own] for own in captions]
