"""Self-critical sequence training: drawn captions learn from their CIDEr-D (Rennie et al. 2017).

The expected reward E[r(w)] of captions w that the model draws has the gradient E[(r(w) − b) ∇ log p(w)], whatever b is
as long as w has no part in it (REINFORCE; eqs. 5 to 7). So a drawn caption counts in the likelihood's objective with
the weight (r − b) / captions, and the logits' gradient is (r − b)(p − onehot(w)) (eq. 9): better than b gets likelier.
"""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.captioner.decoding import greedy, sample
from minisat.data.batches import padded
from minisat.evaluation import Cider
from minisat.text import END, SPECIALS

END_MARK = SPECIALS[END]


class PhotoBatch(NamedTuple):
    """Photos to draw captions of."""

    photos: np.ndarray  # (N,) int64 rows of the inputs
    places: np.ndarray  # (N,) int64 places in the list of training photos


class DrawnBatch(NamedTuple):
    """Drawn captions as a batch of the training objective, each with what it counts."""

    photos: np.ndarray   # (N·K,) int64 rows of the inputs
    ids: np.ndarray      # (N·K, T+1): START, words, END where it was drawn, then PAD
    lengths: np.ndarray  # (N·K,) words, END included
    weights: np.ndarray  # (N·K,) (r − b) / (N·K)
    reward: float        # mean r
    baseline: float      # mean b


class SelfCritical:
    """Batches of photos, and captions drawn for them and judged.

    `rows[k]` is the input row of training photo k, `words[k]` its captions as token lists: the references, and what
    CIDEr-D's document frequencies are counted in. The end of a caption is one of its words there, as in Rennie et al.'s
    implementation: without it captions could break off ("… in a") at no cost.

    `samples` K captions are drawn per photo. `baseline` "greedy": b is the reward of the greedy caption (the paper);
    "others": the mean reward of the photo's other samples, which needs K > 1 and no greedy caption (Luo 2020).
    Nothing is dropped out, and marks like UNK may be drawn, so that what is drawn is what is differentiated.
    """

    def __init__(self, rows, words, vocabulary, batch_size, samples=1, baseline="greedy", max_words=40):
        self.rows, self.vocabulary, self.batch_size = np.asarray(rows, np.int64), vocabulary, batch_size
        self.samples, self.baseline, self.max_words = samples, baseline, max_words
        self.cider = Cider([[[*tokens, END_MARK] for tokens in of_photo] for of_photo in words])

    def __len__(self):
        """Batches in an epoch."""
        return -(-len(self.rows) // self.batch_size)

    def epoch(self, rng):
        """All photos once, as a list of PhotoBatch in random order."""
        order = rng.permutation(len(self.rows))
        cuts = [order[start:start + self.batch_size] for start in range(0, len(order), self.batch_size)]
        return [PhotoBatch(self.rows[cut], cut) for cut in cuts]

    def drawn(self, model, batch, inputs, rng):
        """(DrawnBatch, its inputs (N·K, …)) for a PhotoBatch and its inputs (N, …); `rng` draws."""
        captions = sample(model, inputs, rng, self.samples, self.max_words, marks=True)
        critics = greedy(model, inputs, self.max_words) if self.baseline == "greedy" else None
        if self.samples > 1:
            inputs = get_array_module(inputs).repeat(inputs, self.samples, axis=0)
        return self.judged(batch, captions, critics), inputs

    def judged(self, batch, captions, critics=None):
        """The DrawnBatch of K drawn Captions and, for the baseline "greedy", one Caption for each of N photos."""
        rewards = np.array([[self.reward(caption, place) for caption in drawn]
                            for place, drawn in zip(batch.places, captions)])
        if self.baseline == "greedy":
            baselines = np.array([[self.reward(critic, place)] for place, critic in zip(batch.places, critics)])
        else:
            baselines = (rewards.sum(axis=1, keepdims=True) - rewards) / (rewards.shape[1] - 1)
        weights = (rewards - baselines) / rewards.size
        ids, lengths = padded([(*caption.ids, END)[:len(caption.logprobs)] for drawn in captions for caption in drawn])
        return DrawnBatch(np.repeat(batch.photos, rewards.shape[1]), ids, lengths, weights.ravel(), rewards.mean(),
                          baselines.mean())

    def reward(self, caption, place):
        """CIDEr-D, 0..10, of a Caption of the training photo `place`."""
        words = [self.vocabulary.words[id] for id in caption.ids]
        return self.cider.score(words + [END_MARK] * caption.finished, place)[1]
