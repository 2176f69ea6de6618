"""Greedy decoding: the likeliest word, then the likeliest after that, for all photos at once."""

from minisat.backend import get_array_module, to_numpy
from minisat.captioner.decoding.caption import build_caption
from minisat.text import END, START


def greedy(model, inputs, max_words=40):
    """The greedy caption of each photo; equals a beam of width 1. Photos that are done leave the batch.

    inputs (N, ...) is what `model.start` takes; `max_words` bounds T (END counts). Ties go to the smaller
    id. Returns a list of N Captions.
    """
    xp = get_array_module(inputs)
    if len(inputs) == 0:
        return []
    said = [([], [], [], []) for _ in range(len(inputs))]  # per photo: ids, logprobs, alphas, betas
    photos = list(range(len(inputs)))                      # which photo each row of the batch belongs to
    state, ids = model.start(inputs), xp.full(len(inputs), START)
    for t in range(max_words):
        log_probs, state, alpha, beta = model.step(state, ids)
        first = END + 1 if t == 0 else END                 # ids below are PAD, UNK, START (and END at first)
        ids = log_probs[:, first:].argmax(1) + first
        likelihood = to_numpy(log_probs[xp.arange(len(photos)), ids])
        columns = [to_numpy(ids), likelihood, *(None if x is None else to_numpy(x) for x in (alpha, beta))]
        for row, photo in enumerate(photos):
            for entries, column in zip(said[photo], columns):
                entries.append(None if column is None else column[row])
        going = [row for row, word in enumerate(columns[0]) if word != END]
        if not going:
            break
        if len(going) < len(photos):
            index = xp.asarray(going)
            state, ids, photos = model.select(state, index), ids[index], [photos[row] for row in going]
    return [build_caption([int(i) for i in words], *rest, END) for words, *rest in said]
