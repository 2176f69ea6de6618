"""A captioner that is a table, for tests of decoding, and its photos."""

import numpy as np

PAD, UNK, START, END = range(4)


class Table:
    """A captioner whose next word depends on the photo and on all the words before it, by a hash.

    Its attention row at a step is the exact words so far, so a test can see whose row a caption was given.
    """

    longest = 32

    def __init__(self, V=7, sharpness=2.0, end=0.0, attention=True):
        self.V, self.sharpness, self.end, self.attention = V, sharpness, end, attention
        self.rows = []  # batch size of every step

    def log_probs(self, photo, words):
        rng = np.random.default_rng([int(photo), *words])
        logits = self.sharpness * rng.standard_normal(self.V)
        logits[END] += self.end
        return (logits - np.log(np.exp(logits).sum())).astype(np.float32)

    def start(self, inputs):
        return [(photo, ()) for photo in inputs[:, 0]]

    def step(self, state, ids):
        self.rows.append(len(state))
        assert len(ids) == len(state)
        state = [(photo, (*words, int(word))) for (photo, words), word in zip(state, ids)]
        log_probs = np.stack([self.log_probs(*entry) for entry in state])
        log_probs.setflags(write=False)
        if not self.attention:
            return log_probs, state, None, None
        alpha = np.stack([np.pad(words, (0, self.longest - len(words))) for _, words in state])
        return log_probs, state, alpha.astype(np.float32), np.array([float(len(words)) for _, words in state])

    def select(self, state, index):
        return [state[i] for i in index]


def photos(count):
    return np.arange(count, dtype=np.float32)[:, None]


def every_caption(model, photo, max_words):
    """All captions that may be said, [(ids with END or max_words long, logprobs)]."""
    found = []

    def extend(words, logprobs):
        log_probs = model.log_probs(photo, (START, *words))
        for word in range(END + 1 if not words else END, model.V):
            entry = (*words, word), (*logprobs, log_probs[word])
            if word == END or len(entry[0]) == max_words:
                found.append(entry)
            else:
                extend(*entry)
    extend((), ())
    return found
