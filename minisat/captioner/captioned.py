"""A sight and a captioner as one model, and a sight and a training objective as one loss."""

from typing import Any, NamedTuple

from minisat.captioner.decoder import fast_decoder
from minisat.nn import Module


class Captioned(Module):
    """A Sight in front of a captioner: the decoding protocol, starting from what comes in there."""

    def __init__(self, sight, captioner):
        self.sight = sight
        self.captioner = captioner

    def start(self, inputs):
        """What comes in, photos or features (photos, …) → the captioner's state before the first word."""
        return self.captioner.start(self.sight(inputs))

    def step(self, state, ids):
        """As the captioner's."""
        return self.captioner.step(state, ids)

    def select(self, state, index):
        """As the captioner's."""
        return self.captioner.select(state, index)

    def load_state_dict(self, state):
        """As Module's; also under the names of earlier versions, without `captioner.` or `sight.`."""
        super().load_state_dict({_name_today(name): array for name, array in state.items()})

    def fast(self):
        """The same with the captioner's fast twin, where it has one, for decoding; made anew when weights change."""
        return Captioned(self.sight, fast_decoder(self.captioner))


def _name_today(name):
    """Weights of a captioner alone had no prefix once, and an encoder's stood beside it."""
    if name.startswith(("captioner.", "sight.")):
        return name
    return f"sight.{name}" if name.startswith("encoder.") else f"captioner.{name}"


class ThroughCache(NamedTuple):
    """The sight's and the objective's caches."""

    sight: Any
    objective: Any

    @property
    def terms(self):
        """{name: number}: the terms of the loss."""
        return self.objective.terms

    @property
    def metrics(self):
        """{name: number} worth logging beside the cross-entropy."""
        return self.objective.metrics


class Through(Module):
    """A Sight in front of a training objective: the loss from what comes in, backward into the convolutions.

    Backward ends where the encoder's frozen stages begin; the objective need not give the gradient of its features
    when all of them are.
    """

    def __init__(self, sight, objective):
        self.sight = sight
        self.objective = objective

    def forward(self, inputs, ids, lengths, rng=None, mask=None, **choices):
        """inputs (N, …), ids (N, T+1), lengths (N,) → the loss; `choices` are the objective's."""
        features, sight_cache = self.sight.forward(inputs)
        loss, objective_cache = self.objective.forward(features, ids, lengths, rng=rng, mask=mask, **choices)
        return loss, ThroughCache(sight_cache, objective_cache)

    def backward(self, dloss, cache):
        """dloss → (dinputs, or None where the encoder's first stages are frozen, None, None)."""
        dfeatures, *_ = self.objective.backward(dloss, cache.objective)
        return self.sight.backward(dfeatures, cache.sight), None, None

    def reference(self):
        """The same objective made of layer calls."""
        return Through(self.sight, self.objective.reference())
