"""An ensemble: several captioners speak as one, with the mean of their word probabilities (Vinyals et al. 2015)."""

from minisat.backend import get_array_module


class Ensemble:
    """Speaks the captioners' protocol over `models`, which must have one vocabulary and take the same inputs.

    alpha and beta are the means over the models that have them.
    """

    def __init__(self, models):
        self.models = list(models)

    def start(self, inputs):
        """inputs (N, …) → the state of all models."""
        return tuple(model.start(inputs) for model in self.models)

    def step(self, state, ids):
        """The words `ids` (N,) were said → (log of the mean p (N, V), state, alpha, beta)."""
        log_probs, states, alphas, betas = zip(*(model.step(s, ids) for model, s in zip(self.models, state)))
        xp = get_array_module(log_probs[0])
        total = sum(xp.exp(values) for values in log_probs)
        tiny = xp.finfo(total.dtype).tiny  # p that float32 cannot hold: log 0 would be no number
        return xp.log(xp.maximum(total / len(self.models), tiny)), states, _mean(alphas), _mean(betas)

    def select(self, state, index):
        """The state of captions `index` (K,), in that order."""
        return tuple(model.select(s, index) for model, s in zip(self.models, state))


def _mean(values):
    """The mean of those that are not None; None when all are."""
    there = [value for value in values if value is not None]
    return sum(there) / len(there) if there else None
