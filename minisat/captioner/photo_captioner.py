"""From photos to captions: an encoder and a captioner that train as one."""

from typing import Any, NamedTuple

from minisat.nn import Module


class PhotoCaptioner(Module):
    """An encoder in front of a captioner: the decoding protocol, starting from photos (N, 3, height, width)."""

    def __init__(self, encoder, captioner, grid=None):
        self.encoder = encoder
        self.captioner = captioner
        self.grid = grid

    def start(self, photos):
        """photos (N, 3, height, width) → the captioner's state before the first word."""
        return self.captioner.start(self.encoder(photos, grid=self.grid))

    def step(self, state, ids):
        """As the captioner's."""
        return self.captioner.step(state, ids)

    def select(self, state, index):
        """As the captioner's."""
        return self.captioner.select(state, index)


class PhotoObjectiveCache(NamedTuple):
    """The encoder's and the captioner's caches, and the two terms of the loss."""

    encoder: Any
    objective: Any
    cross_entropy: Any
    penalty: Any

    @property
    def figures(self):
        """{name: number} worth logging."""
        return self.objective.figures


class PhotoObjective(Module):
    """An encoder in front of a training objective: the loss from photos, backward into the convolutions."""

    def __init__(self, encoder, objective, grid=None):
        self.encoder = encoder
        self.objective = objective
        self.grid = grid

    def forward(self, photos, ids, lengths, rng=None, mask=None):
        """photos (N, 3, height, width), ids (N, T+1), lengths (N,) → the loss, a scalar."""
        features, encoder_cache = self.encoder.forward(photos, grid=self.grid)
        loss, objective_cache = self.objective.forward(features, ids, lengths, rng=rng, mask=mask)
        return loss, PhotoObjectiveCache(encoder_cache, objective_cache, objective_cache.cross_entropy,
                                         objective_cache.penalty)

    def backward(self, dloss, cache):
        """dloss → (dphotos, None, None)."""
        dfeatures, *_ = self.objective.backward(dloss, cache.objective)
        return self.encoder.backward(dfeatures, cache.encoder), None, None

    def reference(self):
        """The same objective made of layer calls."""
        return PhotoObjective(self.encoder, self.objective.reference(), self.grid)
