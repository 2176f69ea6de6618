"""The update rules: SGD, momentum, AdaGrad, RMSProp, each a few lines over the flat buffer."""

from abc import ABC, abstractmethod

import numpy as np

from minisat.backend import get_array_module


class Optimizer(ABC):
    """What all rules share: the learning rate, weight decay, and a state that can be saved.

    `learning_rate` may be set between steps. `weight_decay` is decoupled from the gradient: the weights
    shrink by learning_rate × weight_decay before the update (AdamW: Loshchilov & Hutter 2019, algorithm 2).
    A rule names its running arrays in `running`; they start at zero and are as long as the flat buffer.
    """

    running = ()

    def __init__(self, flat, learning_rate, weight_decay=0.0):
        self.flat = flat
        self.learning_rate = float(learning_rate)
        self.weight_decay = float(weight_decay)
        self.steps = 0
        for name in self.running:
            setattr(self, name, get_array_module(flat.data).zeros_like(flat.data))

    def step(self):
        """Change the parameters once, by the gradients in the flat buffer."""
        self.steps += 1
        data, grad = self.flat.data, self.flat.grad
        if self.weight_decay:
            data *= 1 - self.learning_rate * self.weight_decay
        self.update(data, grad)

    @abstractmethod
    def update(self, data, grad):
        """The rule itself: change `data` (P,) in place by `grad` (P,)."""

    def state_dict(self):
        """{name: array}: the running arrays themselves and the number of steps."""
        return ({"steps": np.asarray(self.steps, np.int64)}
                | {name: getattr(self, name) for name in self.running})

    def load_state_dict(self, state):
        """Copy a state in. ValueError when it belongs to another rule or to other parameters."""
        shapes = {name: array.shape for name, array in self.state_dict().items()}
        if {name: array.shape for name, array in state.items()} != shapes:
            raise ValueError("The optimiser's state belongs to another rule or to other parameters.")
        self.steps = int(state["steps"])
        for name in self.running:
            own = getattr(self, name)
            own[...] = get_array_module(own).asarray(state[name])


class SGD(Optimizer):
    """Against the gradient: w -= η g."""

    def update(self, data, grad):
        data -= self.learning_rate * grad


class Momentum(Optimizer):
    """A heavy ball (Polyak 1964): velocity = μ velocity + g; w -= η velocity."""

    running = ("velocity",)

    def __init__(self, flat, learning_rate, weight_decay=0.0, *, momentum=0.9):
        super().__init__(flat, learning_rate, weight_decay)
        self.momentum = float(momentum)

    def update(self, data, grad):
        self.velocity *= self.momentum
        self.velocity += grad
        data -= self.learning_rate * self.velocity


class AdaGrad(Optimizer):
    """Entries with large gradients so far move less (Duchi et al. 2011): s += g²; w -= η g / (√s + ε)."""

    running = ("squares",)

    def __init__(self, flat, learning_rate, weight_decay=0.0, *, epsilon=1e-10):
        super().__init__(flat, learning_rate, weight_decay)
        self.epsilon = float(epsilon)

    def update(self, data, grad):
        self.squares += grad * grad
        data -= self.learning_rate * grad / (get_array_module(data).sqrt(self.squares) + self.epsilon)


class RMSProp(Optimizer):
    """AdaGrad that forgets (Tieleman & Hinton 2012): s = ρ s + (1 − ρ) g²; w -= η g / (√s + ε)."""

    running = ("squares",)

    def __init__(self, flat, learning_rate, weight_decay=0.0, *, decay=0.9, epsilon=1e-8):
        super().__init__(flat, learning_rate, weight_decay)
        self.decay, self.epsilon = float(decay), float(epsilon)

    def update(self, data, grad):
        self.squares *= self.decay
        self.squares += (1 - self.decay) * grad * grad
        data -= self.learning_rate * grad / (get_array_module(data).sqrt(self.squares) + self.epsilon)
