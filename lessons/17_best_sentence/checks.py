"""What exercise 17 is checked on: one word, words that count differently, a temperature, scores of sentences."""

import numpy as np

from minisat.nn import Module


class SentenceScores(Module):
    """logits (N, T, V), ids (N, T) → Σ_t log p / T of each sentence (N,), over its real words."""

    def __init__(self, log_prob, lengths):
        self.log_prob, self.lengths = log_prob, lengths

    def forward(self, logits, ids):
        """The cache holds that of the layer inside, and what each word counts (N, T)."""
        log_p, cache = self.log_prob.forward(logits, ids)
        counts = (np.arange(ids.shape[1]) < self.lengths[:, None]) / self.lengths[:, None]
        return (counts * log_p).sum(axis=1), (cache, counts)

    def backward(self, dscores, cache):
        """dscores (N,) → (dlogits, None)."""
        cache, counts = cache
        return self.log_prob.backward(dscores[:, None] * counts, cache)


def cases(exercise):
    """Yield (name, module, inputs, noise)."""
    rng = np.random.default_rng(15)
    yield "one word", exercise.Said(), (rng.standard_normal((1, 5)), np.array([3])), {}
    yield "words that count differently", exercise.Said(), (rng.standard_normal((4, 5)), np.array([3, 0, 3, 2])), {}
    yield "a temperature", exercise.Said(0.4), (rng.standard_normal((3, 5)), np.array([1, 4, 1])), {}
    sentences = rng.standard_normal((3, 4, 5)), rng.integers(0, 5, (3, 4))
    yield "scores of sentences", SentenceScores(exercise.Said(1.5), np.array([4, 2, 1])), sentences, {}
