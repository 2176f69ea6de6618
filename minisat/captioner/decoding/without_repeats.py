"""No phrase twice: a captioner that is kept from repeating itself (Paulus, Xiong & Socher 2018, section 2.5)."""

from typing import Any, NamedTuple

from minisat.backend import get_array_module


class _History(NamedTuple):
    """The captioner's state, and all words that each caption has said."""

    state: Any
    words: Any  # (N, t)


class WithoutRepeats:
    """Speaks the captioners' protocol; a word that would end a phrase of `length` words said before gets log p = -inf.

    With length 3, "a man in a red shirt and a man" cannot go on with "in". The end of a caption is never forbidden. The
    other words' probabilities are left as they are.
    """

    def __init__(self, model, length):
        self.model, self.length = model, length

    def start(self, inputs):
        """inputs (N, …) → the state before the first word."""
        xp = get_array_module(inputs)
        return _History(self.model.start(inputs), xp.zeros((len(inputs), 0), dtype=xp.int64))

    def step(self, state, ids):
        """The words `ids` (N,) were said → (log_probs (N, V), state, alpha, beta)."""
        xp = get_array_module(ids)
        words = xp.concatenate([state.words, ids[:, None]], axis=1)
        log_probs, inner, alpha, beta = self.model.step(state.state, ids)
        before = self.length - 1  # words of the phrase that are there already
        rows, t, end = xp.arange(len(words)), words.shape[1], words[:, words.shape[1] - before:]
        if t > before:
            log_probs = log_probs.copy()
        for start in range(1, t - before):  # word 0 is START
            said = (words[:, start:start + before] == end).all(axis=1)
            word = words[:, start + before]
            log_probs[rows, word] = xp.where(said, -xp.inf, log_probs[rows, word])
        return log_probs, _History(inner, words), alpha, beta

    def select(self, state, index):
        """The state of captions `index` (K,), in that order."""
        return _History(self.model.select(state.state, index), state.words[index])
