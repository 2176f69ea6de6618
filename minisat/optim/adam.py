"""Adam: momentum on the gradient and on its square, with the bias of their zero start taken out."""

import numpy as np

from minisat.backend import accelerated, get_array_module
from minisat.optim.rules import Optimizer

BLOCK = 32768  # entries; the five pieces of a block stay in a core's cache through all its passes


@accelerated
def adam_update(data, grad, mean, square, rate, beta1, beta2, epsilon, t):
    """One step of Kingma & Ba 2015, algorithm 1, in place on data, mean (m) and square (v), all (P,).

    m = β₁ m + (1 − β₁) g;  v = β₂ v + (1 − β₂) g²;  w -= η m̂ / (√v̂ + ε), where m̂ = m / (1 − β₁ᵗ) and
    v̂ = v / (1 − β₂ᵗ): after t steps from zero the running averages lack just that much weight.
    """
    xp = get_array_module(data)
    mean[...] = beta1 * mean + (1 - beta1) * grad
    square[...] = beta2 * square + (1 - beta2) * grad * grad
    mean_hat = mean / (1 - beta1**t)
    square_hat = square / (1 - beta2**t)
    data -= rate * mean_hat / (xp.sqrt(square_hat) + epsilon)


def adam_update_in_blocks(data, grad, mean, square, rate, beta1, beta2, epsilon, t):
    """Fast twin of `adam_update` for NumPy: block by block, so that memory is streamed once, not ten times.

    The corrections are moved out of the loop: η m̂ / (√v̂ + ε) = η' m / (√v + ε') with
    ε' = ε √(1 − β₂ᵗ) and η' = η √(1 − β₂ᵗ) / (1 − β₁ᵗ).
    """
    root = (1 - beta2**t) ** 0.5
    rate, epsilon = rate * root / (1 - beta1**t), epsilon * root
    scratch = np.empty(min(BLOCK, data.size), data.dtype)
    for start in range(0, data.size, BLOCK):
        block = slice(start, start + BLOCK)
        w, g, m, v = data[block], grad[block], mean[block], square[block]
        s = scratch[:w.size]
        np.multiply(g, 1 - beta1, out=s)
        m *= beta1
        m += s
        np.multiply(g, g, out=s)
        s *= 1 - beta2
        v *= beta2
        v += s
        np.sqrt(v, out=s)
        s += epsilon
        np.divide(m, s, out=s)
        s *= rate
        w -= s


adam_update.twin(np, adam_update_in_blocks)


class Adam(Optimizer):
    """Adam; with weight decay AdamW, or with `decoupled=False` the older Adam with L2."""

    running = ("mean", "square")

    def __init__(self, flat, learning_rate, weight_decay=0.0, *, beta1=0.9, beta2=0.999, epsilon=1e-8,
                 decoupled=True):
        super().__init__(flat, learning_rate, weight_decay, decoupled=decoupled)
        self.beta1, self.beta2, self.epsilon = float(beta1), float(beta2), float(epsilon)

    def update(self, data, grad):
        adam_update(data, grad, self.mean, self.square, self.learning_rate, self.beta1, self.beta2,
                    self.epsilon, self.steps)
