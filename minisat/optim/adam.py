"""Adam: momentum on the gradient and on its square, with the bias of their zero start taken out."""

from minisat.backend import get_array_module, twinned
from minisat.optim.rules import Optimizer


class Adam(Optimizer):
    """Adam (Kingma & Ba 2015, algorithm 1); with weight decay, AdamW.

    m = β₁ m + (1 − β₁) g;  v = β₂ v + (1 − β₂) g²;  w -= η m̂ / (√v̂ + ε), where m̂ = m / (1 − β₁ᵗ) and
    v̂ = v / (1 − β₂ᵗ): after t steps from zero the running averages lack just that much weight.
    """

    running = ("mean", "square")

    def __init__(self, flat, learning_rate, weight_decay=0.0, *, beta1=0.9, beta2=0.999, epsilon=1e-8):
        super().__init__(flat, learning_rate, weight_decay)
        self.beta1, self.beta2, self.epsilon = float(beta1), float(beta2), float(epsilon)

    @twinned
    def update(self, data, grad):
        """One step, in place on data, `mean` (m) and `square` (v), all (P,)."""
        self.mean[...] = self.beta1 * self.mean + (1 - self.beta1) * grad
        self.square[...] = self.beta2 * self.square + (1 - self.beta2) * grad * grad
        mean_hat = self.mean / (1 - self.beta1**self.steps)
        square_hat = self.square / (1 - self.beta2**self.steps)
        data -= self.learning_rate * mean_hat / (get_array_module(data).sqrt(square_hat) + self.epsilon)
