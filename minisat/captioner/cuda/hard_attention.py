"""The GPU's twin of TeacherForcing with REINFORCE: the soft twin, with locations drawn inside its attention.

Every caption's locations follow from the same keys as the reference's: the same numbers draw the same paths.
"""

import numpy as np

from minisat.backend.devices import cupy
from minisat.backend.kernels import blocks
from minisat.backend.random import hashed
from minisat.captioner.cuda.plan import plan
from minisat.captioner.cuda.teacher_forcing import SUMS, CudaTeacherForcing, Drawn, total_of
from minisat.captioner.fast.packing import pack
from minisat.captioner.teacher_forcing import TeacherForcing, copied
from minisat.nn import ARGMAX


class CudaHardTeacherForcing(CudaTeacherForcing):
    """Same inputs, loss, gradients and parameters as `TeacherForcing` with the same arguments; CuPy only."""

    def __init__(self, captioner, penalty=None, reinforce=None, samples=1, smoothing=0.0):
        super().__init__(captioner, penalty, smoothing)
        self.reinforce, self.samples = reinforce, samples

    @staticmethod
    def fits(captioner):
        """Whether there is a twin for `captioner`: as the soft one's, with drawn locations."""
        return CudaTeacherForcing.could_fit(captioner) and captioner.hard

    @property
    def heat(self):
        """What v is multiplied by: one over the temperature."""
        return 1.0 / self.captioner.attend.softmax.temperature

    def reference(self):
        """The same objective made of layer calls."""
        return TeacherForcing(self.captioner, self.penalty, self.reinforce, self.samples, self.smoothing)

    def forward(self, features, ids, lengths, rng=None, mask=None, choice=None, advantage=None):
        """features (N, L, D), ids (N, T+1), lengths (N,) → (loss, cache), as the reference."""
        copies = self.samples if self.training else 1
        features, ids, lengths = (copied(x, copies) for x in (features, np.asarray(ids), np.asarray(lengths)))
        packing, hard = pack(lengths), self.captioner.attend.softmax
        N, T = ids.shape[0], ids.shape[1] - 1
        if choice is None:
            choice = self.reinforce.choice(N, T, rng) if self.training else np.full(
                (N, T), hard.DECODING[hard.decoding])
            rng = np.random.default_rng(hard.seed) if rng is None else rng
        chance = None
        if rng is not None:
            keys = np.array([int(rng.integers(2**32)) for _ in range(T)], np.uint32)
            chance = hashed(keys[packing.times], packing.captions.astype(np.uint32))
        dropout = self.dropout(packing, rng, mask)
        host = plan(packing, ids, ids, choice[packing.captions, packing.times], chance)
        spoken = self.say(features, packing, host, dropout, self._drawn(host))
        term, reinforce_cache = 0.0, None
        if self.training:
            greedy = None
            if self.reinforce.baseline == "self-critical" and advantage is None:
                best = plan(packing, ids, ids, np.full(len(packing.times), ARGMAX))
                greedy = self._caption_sums(self.say(features, packing, best, dropout, self._drawn(best)))[0]
            sums = self._caption_sums(spoken)
            words = cupy.asarray(lengths[packing.order].astype(sums.dtype))
            advantage = None if advantage is None else cupy.asarray(advantage)[cupy.asarray(packing.order)]
            term, reinforce_cache = self.reinforce.of_sums(*sums, words, greedy, advantage)
        terms = spoken.terms | {"reinforce": term}
        return total_of(terms), spoken._replace(terms=terms, reinforce=reinforce_cache)

    def _drawn(self, host):
        dtype, R = self.captioner.keys.W.data.dtype, sum(n for _, n in host.steps)
        return Drawn(host.choice, host.chance, cupy.empty(R, dtype), cupy.empty(R, dtype))

    def _caption_sums(self, spoken):
        """(3, N), longest caption first: what its words cost, the log p of its path, the entropy of its looks."""
        N, host = len(spoken.mean), spoken.plan
        out = cupy.empty((3, N), spoken.costs.dtype)
        SUMS["caption_sums", out.dtype](*blocks(N), (spoken.costs, spoken.drawn.log_p, spoken.drawn.entropy,
                                                    host.starts, host.lengths, out, N))
        return out

    def backward(self, dloss, cache):
        """dloss (a number) → (None, None, None)."""
        reward, dentropy = self.reinforce.of_sums_backward(float(dloss), cache.reinforce)
        return self.sayback(float(dloss), cache, reward, dentropy)
