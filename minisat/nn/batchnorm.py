"""Batch normalisation: every channel is brought to mean 0 and variance 1, then scaled and shifted."""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.errors import UserError
from minisat.nn import init
from minisat.nn.freezing import Frozen
from minisat.nn.module import Buffer, Module, Parameter


class BatchNorm2dCache(NamedTuple):
    """What backward remembers."""

    x_hat: np.ndarray    # (N, C, h, w) normalised input
    inv_std: np.ndarray  # (C,) 1 / √(var + eps)
    live: bool           # whether mean and var came from this batch, and so depend on x
    updates: tuple       # (Buffer, new value) pairs for `commit_statistics`; empty in evaluation


class BatchNorm2d(Module):
    """y = gamma · (x − mean) / √(var + eps) + beta, by channel (Ioffe & Szegedy 2015, algorithm 1).

    In training, mean and (biased) variance are the batch's own over N, h and w, and the cache proposes new
    running statistics, old · (1 − momentum) + batch · momentum, the variance unbiased as in torch. The forward
    pass changes nothing: `commit_statistics(cache)` does. In evaluation the running statistics are used, and in
    training too once they are frozen (nn/freezing.py): then gamma and beta learn alone.
    gamma, beta (C,); buffers running_mean, running_var (C,).
    """

    def __init__(self, C, eps=1e-5, momentum=0.1):
        self.eps, self.momentum = eps, momentum
        self.gamma, self.beta = Parameter(init.constant(1.0)(None, (C,))), Parameter(init.zeros((C,)))
        self.running_mean, self.running_var = Buffer(init.zeros((C,))), Buffer(init.constant(1.0)(None, (C,)))

    def forward(self, x):
        """x (N, C, h, w) → y like x. UserError in training when each channel has a single value."""
        xp, updates = get_array_module(x), ()
        live = self._live
        if live:
            count = x.size // x.shape[1]
            if count < 2:
                raise UserError("Batch normalisation cannot train on a single value per channel: "
                                "use a larger batch or evaluation mode.")
            mean = x.mean(axis=(0, 2, 3))
            centred = x - mean[:, None, None]
            var = xp.square(centred).mean(axis=(0, 2, 3))
            updates = ((self.running_mean, self._moved(self.running_mean, mean)),
                       (self.running_var, self._moved(self.running_var, var * (count / (count - 1)))))
        else:
            centred, var = x - self.running_mean.data[:, None, None], self.running_var.data
        inv_std = 1.0 / xp.sqrt(var + self.eps)
        x_hat = centred * inv_std[:, None, None]
        y = x_hat * self.gamma.data[:, None, None] + self.beta.data[:, None, None] if live else self._evaluated(x)
        return y, BatchNorm2dCache(x_hat, inv_std, live, updates)

    def __call__(self, x):
        """Inference: in evaluation nothing is computed for backward's sake."""
        return super().__call__(x) if self._live else self._evaluated(x)

    @property
    def _live(self):
        """Whether forward normalises by the batch's own statistics."""
        return self.training and not isinstance(self.running_mean, Frozen)

    def _evaluated(self, x):
        """The same line with constants put together, y = slope x + shift: half the work, and fewer roundings."""
        slope = self.gamma.data / get_array_module(x).sqrt(self.running_var.data + self.eps)
        return x * slope[:, None, None] + (self.beta.data - self.running_mean.data * slope)[:, None, None]

    def _moved(self, buffer, new):
        return buffer.data * (1.0 - self.momentum) + new * self.momentum

    def backward(self, dy, cache):
        """dy like x → dx. Adds to dgamma = Σ dy x_hat and dbeta = Σ dy."""
        x_hat, inv_std, live, _ = cache
        dgamma = (dy * x_hat).sum(axis=(0, 2, 3))      # y = gamma x_hat + beta  ⇒  dgamma = Σ dy x_hat
        dbeta = dy.sum(axis=(0, 2, 3))                 # …  ⇒  dbeta = Σ dy
        self.gamma.grad += dgamma
        self.beta.grad += dbeta
        scale = (self.gamma.data * inv_std)[:, None, None]
        if not live:
            return dy * scale                          # mean and var are constants  ⇒  dx = dy gamma / std
        # mean and var depend on x: take out of dy what shifting and stretching the channel would undo.
        count = x_hat.size // x_hat.shape[1]
        return (dy - (dbeta / count)[:, None, None] - x_hat * (dgamma / count)[:, None, None]) * scale
