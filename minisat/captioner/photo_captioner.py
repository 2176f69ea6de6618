"""From photos to captions: an encoder and a captioner that train as one."""

from typing import Any, NamedTuple

from minisat.nn import Module


class PhotoCaptioner(Module):
    """An encoder in front of a captioner: the decoding protocol, starting from photos (N, 3, height, width).

    `grid` is the map that the captioner sees. With `after`, the name of an encoder's stage, what comes in is that
    stage's features (N, L, D) instead of photos: a store's, made by the part of the encoder that does not learn.
    """

    def __init__(self, encoder, captioner, grid=None, after=None):
        self.encoder = encoder
        self.captioner = captioner
        self.grid = grid
        self.after = after

    def start(self, photos):
        """photos (N, 3, height, width) → the captioner's state before the first word."""
        return self.captioner.start(self.encoder(photos, grid=self.grid, after=self.after))

    def step(self, state, ids):
        """As the captioner's."""
        return self.captioner.step(state, ids)

    def select(self, state, index):
        """As the captioner's."""
        return self.captioner.select(state, index)


class PhotoObjectiveCache(NamedTuple):
    """The encoder's and the objective's caches."""

    encoder: Any
    objective: Any

    terms = property(lambda self: self.objective.terms)
    figures = property(lambda self: self.objective.figures)


class PhotoObjective(Module):
    """An encoder in front of a training objective: the loss from photos, backward into the convolutions.

    `grid` and `after` as in PhotoCaptioner. Backward ends where the encoder's frozen stages begin; the objective
    need not give the gradient of its features when all of them are.
    """

    def __init__(self, encoder, objective, grid=None, after=None):
        self.encoder = encoder
        self.objective = objective
        self.grid = grid
        self.after = after

    def forward(self, photos, ids, lengths, rng=None, mask=None, **choices):
        """photos (N, 3, height, width), ids (N, T+1), lengths (N,) → the loss; `choices` are TeacherForcing's."""
        features, encoder_cache = self.encoder.forward(photos, grid=self.grid, after=self.after)
        loss, cache = self.objective.forward(features, ids, lengths, rng=rng, mask=mask, **choices)
        return loss, PhotoObjectiveCache(encoder_cache, cache)

    def backward(self, dloss, cache):
        """dloss → (dphotos, or None where the encoder's first stages are frozen, None, None)."""
        dfeatures, *_ = self.objective.backward(dloss, cache.objective)
        dphotos = self.encoder.backward(dfeatures, cache.encoder) if cache.encoder.caches else None
        return dphotos, None, None

    def reference(self):
        """The same objective made of layer calls."""
        return PhotoObjective(self.encoder, self.objective.reference(), self.grid, self.after)
