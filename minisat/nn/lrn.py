"""Local response normalisation: a channel is damped where its neighbouring channels are strong."""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.nn.module import Module


class LocalResponseNormCache(NamedTuple):
    """What backward remembers."""

    x: np.ndarray     # (N, C, h, w)
    base: np.ndarray  # (N, C, h, w)  k + alpha/size · Σ x²


class LocalResponseNorm(Module):
    """y_c = x_c · base_c^(−beta), base_c = k + alpha/size · Σ x² over `size` channels around c.

    Krizhevsky et al. 2012, section 3.3, with torch's alpha, which is divided by the window's size (the paper's
    alpha is not). The window of channel c runs from c − size//2 to c + (size−1)//2; absent channels count as zero.
    """

    def __init__(self, size, alpha=1e-4, beta=0.75, k=1.0):
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def _window_sum(self, x, before):
        """Σ over channels c − before … c − before + size − 1 of x (N, C, h, w)."""
        C, total = x.shape[1], get_array_module(x).zeros_like(x)
        for shift in range(max(-before, 1 - C), min(self.size - before, C)):
            low, high = max(0, -shift), min(C, C - shift)
            total[:, low:high] += x[:, low + shift:high + shift]
        return total

    def forward(self, x):
        """x (N, C, h, w) → y like x."""
        base = self._window_sum(x * x, self.size // 2) * (self.alpha / self.size) + self.k
        return x * base ** -self.beta, LocalResponseNormCache(x, base)

    def backward(self, dy, cache):
        """dy like x → dx."""
        x, base = cache
        damping = base ** -self.beta
        # base_c reaches x_d for every d in c's window, so x_d collects from the mirrored window:
        # dx_d = dy_d base_d^−beta − 2 beta alpha/size x_d Σ_c dy_c x_c base_c^(−beta−1)
        blame = self._window_sum(dy * x * damping / base, (self.size - 1) // 2)
        return dy * damping - (2.0 * self.beta * self.alpha / self.size) * x * blame
