"""Captions written one word after the other, for all photos at once: what greedy decoding and sampling share."""

from minisat.backend import get_array_module, to_numpy
from minisat.captioner.decoding.caption import build_caption, on_host
from minisat.text import END, START


def word_by_word(model, inputs, choose, max_words=40, copies=1, marks=False):
    """`copies` captions of each photo: a list of N lists of Captions. Captions that are done leave the batch.

    inputs (N, ...) is what `model.start` takes; `choose(log_probs (K, W)) → (K,)` picks the next word of every caption,
    as a column; it is shown only words that may be said, or with `marks` all. `max_words` bounds T (END counts).
    """
    xp = get_array_module(inputs)
    captions = len(inputs) * copies
    if captions == 0:
        return []
    said = [([], [], []) for _ in range(captions)]         # per caption: ids, logprobs, and its row in each step
    running = list(range(captions))                        # which caption each row of the batch is
    alphas, betas = [], []                                 # of each step; they stay where the model is
    state, ids = model.start(inputs), xp.full(captions, START)
    if copies > 1:
        state = model.select(state, xp.repeat(xp.arange(len(inputs)), copies))
    for t in range(max_words):
        log_probs, state, alpha, beta = model.step(state, ids)
        first = 0 if marks else END + 1 if t == 0 else END  # ids below are PAD, UNK, START (and END at first)
        ids = choose(log_probs[:, first:]) + first
        likelihood = log_probs[xp.arange(len(running)), ids]
        words, likelihood = to_numpy(xp.stack([ids.astype(likelihood.dtype), likelihood]))  # one copy
        alphas.append(alpha)
        betas.append(beta)
        for row, caption in enumerate(running):
            for entries, entry in zip(said[caption], (int(words[row]), likelihood[row], row)):
                entries.append(entry)
        going = [row for row, word in enumerate(words) if word != END]
        if not going:
            break
        if len(going) < len(running):
            index = xp.asarray(going)
            state, ids, running = model.select(state, index), ids[index], [running[row] for row in going]
    alphas, betas = on_host(alphas), on_host(betas)
    built = [build_caption(words, logprobs, *([None if x is None else x[row] for x, row in zip(steps, rows)]
                                              for steps in (alphas, betas)), END) for words, logprobs, rows in said]
    return [built[start:start + copies] for start in range(0, captions, copies)]
