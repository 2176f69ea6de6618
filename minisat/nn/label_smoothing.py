"""Cross-entropy with smoothed labels: the right word is asked for, not for certain (Szegedy et al. 2016, sec. 7)."""

from typing import Any, NamedTuple

from minisat.backend import get_array_module
from minisat.nn.cross_entropy import CrossEntropy


class SmoothedCrossEntropyCache(NamedTuple):
    """What backward remembers."""

    cross_entropy: Any
    smoothing: float  # 0 in evaluation


class SmoothedCrossEntropy(CrossEntropy):
    """loss = the mean of -Σ_v q_v log p_v, q = (1 - ε) onehot(target) + ε/V with ε = `smoothing`, 0 <= ε < 1.

    As PyTorch's `label_smoothing`: all V words share ε, the right one among them. Nothing is gained by logits that grow
    without end: best is p = q, where the right one stands log((1 - ε) V / ε + 1) above each of the others. In
    evaluation it is the plain cross-entropy, so that losses can be compared whatever ε was.
    """

    def __init__(self, smoothing):
        if not 0 <= smoothing < 1:
            raise ValueError(f"The smoothing must be at least 0 and below 1, not {smoothing!r}.")
        self.smoothing = smoothing

    def forward(self, logits, targets, *, mask=None, weight=None):
        """logits (..., V), targets (...) ids → loss (); `mask` and `weight` as CrossEntropy has them."""
        loss, cache = super().forward(logits, targets, mask=mask, weight=weight)
        smoothing = self.smoothing if self.training else 0.0
        if smoothing:
            # log p_v = z_v - log Σ e^z and Σ q_v = 1  ⇒  -Σ q_v log p_v = -log p[target] + ε (z[target] - mean z)
            xp, z = get_array_module(logits), logits.reshape(-1, logits.shape[-1])
            above = z[xp.arange(len(z)), cache.targets] - z.mean(axis=-1)
            loss = loss + smoothing * xp.where(cache.weight != 0, cache.weight * above, 0.0).sum()
        return loss, SmoothedCrossEntropyCache(cache, smoothing)

    def backward(self, dloss, cache):
        """dloss (a number, 1.0 in training) → (dlogits (..., V), None): targets have no gradient."""
        dlogits, _ = super().backward(dloss, cache.cross_entropy)   # p - onehot(target), times the weight
        _, targets, weight, shape = cache.cross_entropy
        if cache.smoothing:
            weight = cache.smoothing * weight * dloss               # ∂(z[target] - mean z) / ∂z = onehot(target) - 1/V
            dlogits = dlogits.reshape(-1, shape[-1])
            dlogits -= weight[:, None] / shape[-1]
            dlogits[get_array_module(dlogits).arange(len(targets)), targets] += weight
        return dlogits.reshape(shape), None
