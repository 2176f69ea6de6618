"""The training objective: how well a captioner predicts each next word of the captions people wrote."""

from typing import Any, NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.nn import ARGMAX, CrossEntropy, LogProb, Module, SmoothedCrossEntropy


class TeacherForcingCache(NamedTuple):
    """The caches of the parts, and the terms of the loss."""

    captioner: Any
    cross_entropy: Any
    penalty: Any
    reinforce: Any        # None without REINFORCE, and in evaluation
    terms: dict           # {"cross_entropy": …, "penalty": …, "reinforce": … where locations are drawn}: they add up
    alphas: Any           # (N, T, L), None without attention
    real: Any             # (N, T)
    copies: int           # of each caption

    @property
    def metrics(self):
        """{name: number} worth logging beside the cross-entropy."""
        return metrics(self.terms, self.alphas, self.real)


def metrics(terms, alphas, real):
    """The terms but the cross-entropy, and the "attention_entropy": mean −Σ alpha log alpha of the real words, in nats.

    alphas (..., L), or None without attention; real (...). Looking everywhere alike gives log L, at one place 0. What
    goes to a sentinel is left out: the entropy is that of the look at the photo, of those words that look there at all.
    """
    found = {name: value for name, value in terms.items() if name != "cross_entropy"}
    if alphas is not None:
        xp = get_array_module(alphas)
        seen = alphas.sum(axis=-1, keepdims=True)
        alphas, looking = alphas / xp.maximum(seen, 1e-30), real * (seen[..., 0] > 0)
        entropy = -(alphas * xp.log(xp.maximum(alphas, 1e-30))).sum(axis=-1)
        found["attention_entropy"] = (entropy * looking).sum() / xp.maximum(looking.sum(), 1)
    return found


def inputs_and_targets(ids, lengths, like, read=None):
    """ids (N, T+1), lengths (N,) on the host → inputs (N, T), targets (N, T), mask (N, T) beside `like`.

    At step t the captioner reads word t (or read[:, t], where `read` (N, T) is given) and is asked for word t + 1; the
    mask is true for real words.
    """
    xp = get_array_module(like)
    mask = np.arange(ids.shape[1] - 1) < np.asarray(lengths)[:, None]
    return xp.asarray(ids[:, :-1] if read is None else read), xp.asarray(ids[:, 1:]), xp.asarray(mask)


def copied(x, copies):
    """x (N, ...) → (N · copies, ...), each row so many times in a row."""
    return x if copies == 1 else get_array_module(x).repeat(x, copies, axis=0)


def summed(dx, copies):
    """dx (N · copies, ...) of copies → (N, ...): the gradients of copies add. None stays None."""
    return dx if dx is None or copies == 1 else dx.reshape(-1, copies, *dx.shape[1:]).sum(axis=1)


def word_costs(logits, targets):
    """−log p of each target word: logits (N, T, V), targets (N, T) → (N, T)."""
    return -LogProb()(logits, targets)


class TeacherForcing(Module):
    """(features (N, L, D), ids (N, T+1), lengths (N,)) → the loss of a minibatch, a scalar.

    Mean cross-entropy per real word (`<end>` counts, padding does not), plus the `penalty` on its looks where the
    captioner attends. In training what is asked for is smoothed by `smoothing`, if any; REINFORCE's costs never are.

    A captioner of hard attention says the words along locations that are drawn. Through these no gradient reaches the
    scores, so `reinforce` adds its term: the gradient is that of the returned number with the locations and
    the advantage held constant. In evaluation nothing is drawn that decoding would not draw, and the term is 0.

    In training every caption counts `samples` times over, each with noise of its own (Xu et al. 2015, eq. 11's N): the
    loss is the mean, the variance of REINFORCE's gradient falls like 1 / samples, the cost grows like samples.
    """

    def __init__(self, captioner, penalty=None, reinforce=None, samples=1, smoothing=0.0):
        if getattr(captioner, "hard", False) != (reinforce is not None):
            raise ValueError("Hard attention, and no other, is trained with REINFORCE.")
        self.captioner = captioner
        self.cross_entropy = SmoothedCrossEntropy(smoothing) if smoothing else CrossEntropy()
        self.penalty = penalty
        self.reinforce = reinforce
        self.samples = samples

    def forward(self, features, ids, lengths, rng=None, mask=None, weights=None, read=None, choice=None,
                advantage=None):
        """`ids` and `lengths` are host arrays as a CaptionBatch holds them; `mask` freezes the dropout.

        With `weights` (N,) on the host the cross-entropy is Σ_n weights_n · -log p(caption n), instead of the mean;
        with `read` (N, T) on the host these are the words that are read (scheduled_sampling.py). `choice` (N, T)
        freezes where each word looks, `advantage` (N,) its reward. With several samples, all of them are per sample.
        """
        copies = self.samples if self.training else 1
        features, ids, lengths = (copied(x, copies) for x in (features, ids, lengths))
        inputs, targets, real = inputs_and_targets(ids, lengths, features, read)
        weight = None if weights is None else get_array_module(features).asarray(weights)[:, None]
        looking = {} if self.reinforce is None else self._looking(inputs.shape, rng, choice)
        outputs, captioner_cache = self.captioner.forward(features, inputs, **{"rng": rng, "mask": mask} | looking)
        logits, alphas, *drawn = outputs
        terms = {}
        terms["cross_entropy"], cross_entropy_cache = self.cross_entropy.forward(logits, targets, mask=real,
                                                                                 weight=weight)
        terms["penalty"], penalty_cache = (0.0, None) if self.penalty is None else self.penalty.forward(alphas, real)
        reinforce_cache = None
        if self.reinforce is not None:
            terms["reinforce"] = 0.0
            if self.training:
                greedy = None
                if self.reinforce.baseline == "self-critical" and advantage is None:
                    greedy = self._greedy_costs(features, inputs, targets, captioner_cache.dropout.mask)
                terms["reinforce"], reinforce_cache = self.reinforce.forward(word_costs(logits, targets), *drawn, real,
                                                                             greedy, advantage)
        return sum(terms.values()), TeacherForcingCache(captioner_cache, cross_entropy_cache, penalty_cache,
                                                        reinforce_cache, terms, alphas, real, copies)

    def _looking(self, shape, rng, choice):
        """{"rng", "choice"}: how hard attention finds where each word looks, (N, T) = `shape`."""
        if self.training and choice is None:
            choice = self.reinforce.choice(*shape, rng)
        elif rng is None and choice is None:
            rng = np.random.default_rng(self.captioner.attend.softmax.seed)  # evaluation that decodes by sampling
        return {"rng": rng, "choice": choice}

    def _greedy_costs(self, features, inputs, targets, mask):
        """What each word costs when all look where alpha is largest, under the same dropout: (N, T)."""
        (logits, *_), _ = self.captioner.forward(features, inputs, mask=mask, choice=np.full(inputs.shape, ARGMAX))
        return word_costs(logits, targets)

    def backward(self, dloss, cache):
        """dloss (a number, 1.0 in training) → (dfeatures, None, None)."""
        dlogits, _ = self.cross_entropy.backward(dloss, cache.cross_entropy)
        upstream = [dlogits, None if self.penalty is None else self.penalty.backward(dloss, cache.penalty)[0]]
        if self.reinforce is not None:
            _, dlog_p, dentropies, _ = self.reinforce.backward(dloss, cache.reinforce)
            upstream += [dlog_p, dentropies]
        dfeatures, _ = self.captioner.backward(tuple(upstream), cache.captioner)
        return summed(dfeatures, cache.copies), None, None

    def reference(self):
        """This objective made of layer calls: itself; a fast twin names its reference here."""
        return self
