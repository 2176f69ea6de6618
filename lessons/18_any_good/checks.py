"""What exercise 18 is checked on: weighted words, the expected reward over all that could be drawn, the baseline.

The expected reward alone would be content with any baseline that knows nothing of the draw, with none at all too.
"""

import numpy as np

from minisat.nn import Module, log_softmax

WORDS = 2    # in a caption
DRAWN = 3    # captions a photo


class ExpectedReward(Module):
    """logits (N, T, V) → −the mean over photos of Σ_w p(w) r(w); backward: the mean of the estimates of all draws."""

    def __init__(self, loss, rewards):
        self.loss, self.rewards = loss, rewards                       # rewards (N, V^T)
        self.captions = np.array(list(np.ndindex((2,) * WORDS)))      # (V^T, T)

    def probabilities(self, logits):
        """p(w) of each caption, (N, V^T)."""
        log_p = log_softmax(logits)
        return np.exp(sum(log_p[:, t, self.captions[:, t]] for t in range(WORDS)))

    def forward(self, logits, rng=None):
        """The exact expected reward, with its sign turned."""
        return -(self.probabilities(logits) * self.rewards).sum(axis=1).mean(), (logits,)

    def backward(self, dloss, cache):
        """Σ over all ways to draw: its probability times the gradient that the exercise gives for it."""
        logits, = cache
        p, total = self.probabilities(logits), np.zeros_like(logits)
        copies = np.repeat(logits[:, None], DRAWN, axis=1)            # (N, K, T, V)
        for drawn in np.ndindex((len(self.captions),) * DRAWN):
            words = np.broadcast_to(self.captions[list(drawn)], copies.shape[:3])
            weights = self.loss.weights(self.rewards[:, list(drawn)])
            each = np.broadcast_to((weights * p[:, list(drawn)].prod(axis=1, keepdims=True))[:, :, None], words.shape)
            _, own_cache = self.loss.forward(copies, words, weight=each)
            total += self.loss.backward(dloss, own_cache)[0].sum(axis=1)
        return total


class Spread(Module):
    """rewards (N, K) → half the variance of a photo's rewards, over K − 1, averaged: its slope is (r − b) / (N K)."""

    def __init__(self, loss):
        self.loss = loss

    def forward(self, rewards, rng=None):
        """The number."""
        return rewards.var(axis=1, ddof=1).mean() / 2, (rewards,)

    def backward(self, dloss, cache):
        """What the exercise has each reward count."""
        rewards, = cache
        return dloss * self.loss.weights(rewards)


def cases(exercise):
    """Yield (name, module, inputs, noise)."""
    rng = np.random.default_rng(16)
    loss, logits, words = exercise.FromReward(), rng.standard_normal((3, 4, 5)), rng.integers(0, 5, (3, 4))
    weight = np.repeat([[0.7], [-1.2], [0.0]], 4, axis=1)
    yield "captions with weights above and below zero", loss, (logits, words), {"weight": weight}
    mask = np.arange(4) < np.array([[4], [2], [1]])
    yield "captions of different lengths", loss, (logits, words), {"weight": weight, "mask": mask}
    rewards = rng.uniform(0, 3, (2, 2**WORDS))
    yield "the expected reward", ExpectedReward(loss, rewards), (rng.standard_normal((2, WORDS, 2)),), {}
    yield "the baseline: the mean of the others", Spread(loss), (rng.uniform(0, 3, (2, 4)),), {}
