"""REINFORCE: how drawn locations learn, from what the captions cost that were said while looking there."""

from typing import Any, NamedTuple

import numpy as np

from minisat.nn import EXPECTATION, SAMPLE, Buffer, Module


class ReinforceCache(NamedTuple):
    """What backward remembers. `updates` is the new moving average, which only the trainer commits."""

    mask: Any            # (N, T) 1 where a word is real; None when sums were given
    advantage: Any       # (N,) C_n − b
    scale: float         # of both terms
    updates: tuple


class Reinforce(Module):
    """scale · (λ_r Σ_n (C_n − b) log p(s_n) − λ_e Σ_n H_n)  (Xu et al. 2015, section 4.1, eqs. 11 and 12).

    log p(s_n) = Σ_t log alpha_t,s_t of caption n's path of locations, H_n = Σ_t H(alpha_t), C_n what the caption
    cost, a plain number here: the gradient is scale · λ_r (C_n − b) ∂ log p(s_n), in the scores' space
    (C_n − b)(onehot(s_t) − alpha_t). Every choice has a name:

    * `weight` λ_r, `entropy` λ_e;
    * `reward` "sum": C_n = Σ_t c_nt, the caption's negative log-likelihood (the paper); "mean": its mean over the
      caption's words (the authors' code);
    * `reduction` "mean": scale = 1 / words of the batch, as the cross-entropy, so that with λ_r = 1 and reward "sum"
      the estimator's mean is the gradient of the expected cost (the paper); "sum": scale = captions / words, the
      terms summed over captions whose likelihood is averaged (the authors' code);
    * `baseline` "none": b = 0; "moving-average": b ← decay b + (1 − decay) mean_n C_n, the value before the update
      is used; "per-word": the same average of costs per word, times the caption's words, because batches of like
      lengths leave an average over captions of other lengths far behind; "self-critical": b_n = the cost of the same
      caption when every word looks where alpha is largest (Rennie et al. 2017), one forward pass more;
    * `expectation`: the probability that drawing is replaced by its expectation, soft attention, for a whole
      caption; `substitution` "image": decided for each caption (the paper); "minibatch": for all (the code).
    """

    def __init__(self, weight=1.0, entropy=0.002, reward="sum", reduction="mean", baseline="moving-average",
                 decay=0.9, expectation=0.5, substitution="image"):
        self.weight, self.entropy, self.reward, self.reduction = weight, entropy, reward, reduction
        self.baseline, self.decay = baseline, decay
        self.expectation, self.substitution = expectation, substitution
        self.average = Buffer(np.zeros((), np.float32))

    def choice(self, N, T, rng):
        """What each word does, (N, T) on the host: SAMPLE, or EXPECTATION all along a caption."""
        expected = rng.random(N if self.substitution == "image" else 1) < self.expectation
        return np.where(np.broadcast_to(expected[:, None], (N, T)), EXPECTATION, SAMPLE)

    def forward(self, costs, log_p, entropies, mask, greedy=None, advantage=None):
        """costs, log_p, entropies, mask, all (N, T) → the term of the loss, a scalar.

        `greedy` (N, T): the costs under argmax, for the self-critical baseline; `advantage` (N,) freezes C_n − b.
        """
        mask = mask.astype(log_p.dtype)
        sums = [None if x is None else (x * mask).sum(axis=1) for x in (costs, log_p, entropies, greedy)]
        term, cache = self.of_sums(*sums[:3], mask.sum(axis=1), sums[3], advantage)
        return term, cache._replace(mask=mask)

    def backward(self, dterm, cache):
        """dterm (a number) → (None, dlog_p (N, T), dentropies (N, T), None): costs are plain numbers here."""
        dlog_p, dentropy = self.of_sums_backward(dterm, cache)
        return None, dlog_p[:, None] * cache.mask, dentropy * cache.mask, None

    def of_sums(self, costs, log_p, entropies, words, greedy=None, advantage=None):
        """Sums over each caption's words, and their number, all (N,) → the term, its cache."""
        count = words.sum()
        scale = (costs.shape[0] if self.reduction == "sum" else 1) / count
        total, updates = costs, ()
        if self.reward == "mean":
            costs, greedy = costs / words, None if greedy is None else greedy / words
        if advantage is None:
            before = self.average.data.astype(costs.dtype)
            per_word = before * words if self.reward == "sum" else before
            advantage = costs - {"none": 0.0, "moving-average": before, "per-word": per_word,
                                 "self-critical": greedy}[self.baseline]
            if self.baseline in ("moving-average", "per-word"):
                new = costs.mean() if self.baseline == "moving-average" else total.sum() / count
                updates = ((self.average, self.decay * before + (1.0 - self.decay) * new),)
        term = scale * (self.weight * (advantage * log_p).sum() - self.entropy * entropies.sum())
        return term, ReinforceCache(None, advantage, scale, updates)

    def of_sums_backward(self, dterm, cache):
        """dterm → dlog_p (N,) of each caption's sum, and dentropy, one number for all."""
        return dterm * cache.scale * self.weight * cache.advantage, -dterm * cache.scale * self.entropy
