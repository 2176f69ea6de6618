"""The training objective of hard attention: teacher forcing along drawn locations, and REINFORCE for where to look."""

from typing import Any, NamedTuple

import numpy as np

from minisat.captioner.reinforce import Reinforce
from minisat.captioner.teacher_forcing import attention_figures, inputs_and_targets
from minisat.nn import ARGMAX, CrossEntropy, LogProb, Module


class HardTeacherForcingCache(NamedTuple):
    """The caches of the parts, and the three terms of the loss."""

    captioner: Any
    cross_entropy_cache: Any
    penalty_cache: Any
    reinforce_cache: Any   # None in evaluation
    cross_entropy: Any
    penalty: Any
    reinforce: Any
    alphas: Any            # (N, T, L)
    real: Any              # (N, T)

    @property
    def figures(self):
        """{name: number} worth logging."""
        return {"penalty": self.penalty, "reinforce": self.reinforce} | attention_figures(self.alphas, self.real)


class HardTeacherForcing(Module):
    """(features (N, L, D), ids (N, T+1), lengths (N,)) → the loss of a minibatch, a scalar.

    As TeacherForcing, with the words said along locations that were drawn: through these no gradient reaches the
    scores, so `reinforce` adds its term. The gradient is that of the returned number with the drawn locations and
    the advantage held constant. In evaluation nothing is drawn that decoding would not draw, and the term is absent.
    """

    def __init__(self, captioner, penalty=None, reinforce=None):
        self.captioner = captioner
        self.cross_entropy = CrossEntropy()
        self.penalty = penalty
        self.reinforce = Reinforce() if reinforce is None else reinforce

    def forward(self, features, ids, lengths, rng=None, mask=None, choice=None, advantage=None):
        """As TeacherForcing's; `choice` (N, T) freezes where each word looks, `advantage` (N,) the reward."""
        inputs, targets, real = inputs_and_targets(ids, lengths, features)
        if self.training and choice is None:
            choice = self.reinforce.choice(*inputs.shape, rng)
        elif rng is None and choice is None:
            rng = np.random.default_rng(self.captioner.attend.softmax.seed)  # evaluation that decodes by sampling
        outputs, captioner_cache = self.captioner.forward(features, inputs, rng=rng, mask=mask, choice=choice)
        logits, alphas, log_p, entropies = outputs
        cross_entropy, cross_entropy_cache = self.cross_entropy.forward(logits, targets, mask=real)
        penalty, penalty_cache, term, reinforce_cache = 0.0, None, 0.0, None
        if self.penalty is not None:
            penalty, penalty_cache = self.penalty.forward(alphas, real)
        if self.training:
            greedy = None
            if self.reinforce.baseline == "self-critical" and advantage is None:
                greedy = self._greedy_costs(features, inputs, targets, captioner_cache.dropout.mask)
            term, reinforce_cache = self.reinforce.forward(word_costs(logits, targets), log_p, entropies, real, greedy,
                                                           advantage)
        return cross_entropy + penalty + term, HardTeacherForcingCache(
            captioner_cache, cross_entropy_cache, penalty_cache, reinforce_cache, cross_entropy, penalty, term, alphas,
            real)

    def _greedy_costs(self, features, inputs, targets, mask):
        """What each word costs when all look where alpha is largest, under the same dropout: (N, T)."""
        (logits, *_), _ = self.captioner.forward(features, inputs, mask=mask, choice=np.full(inputs.shape, ARGMAX))
        return word_costs(logits, targets)

    def backward(self, dloss, cache):
        """dloss (a number, 1.0 in training) → (dfeatures, None, None)."""
        dlogits, _ = self.cross_entropy.backward(dloss, cache.cross_entropy_cache)
        dalphas = None
        if self.penalty is not None:
            dalphas, _ = self.penalty.backward(dloss, cache.penalty_cache)
        _, dlog_p, dentropies, _ = self.reinforce.backward(dloss, cache.reinforce_cache)
        dfeatures, _ = self.captioner.backward((dlogits, dalphas, dlog_p, dentropies), cache.captioner)
        return dfeatures, None, None

    def reference(self):
        """This objective made of layer calls: itself."""
        return self


def word_costs(logits, targets):
    """−log p of each target word: logits (N, T, V), targets (N, T) → (N, T)."""
    return -LogProb()(logits, targets)
