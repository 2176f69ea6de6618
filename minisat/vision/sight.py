"""A sight: what is left to run of an encoder before the captioner, as a layer."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from minisat.backend import to_device
from minisat.errors import UserError
from minisat.nn import Frozen, Module
from minisat.vision.encoders import build
from minisat.vision.extract import features_of
from minisat.vision.fast_inference import fast_inference
from minisat.vision.store import as_stored
from minisat.vision.view import View
from minisat.vision.weights import file_hash, load_weights


class SightCache(NamedTuple):
    """What backward remembers: the encoder's cache; None where nothing is left to run."""

    encoder: Any


class Sight(Module):
    """What is left of an encoder before the captioner, as a layer: what comes in → features (N, L, D).

    Photos (N, 3, height, width), or features (N, L', D') of an earlier stage, run through the stages that are left;
    when none is, features pass untouched, and no encoder is built.
    """

    def __init__(self, view, encoder=None):
        self.view, self.encoder = view, encoder
        self._brought = {}  # {torchvision's name: array} of the encoder for photos, where a run brings it along
        self._eyes = {}  # {(weights, device): the whole encoder, for photos, where nothing of it is left here}

    @classmethod
    def build(cls, view, seed, batchnorm):
        """The sight of a View, weights drawn at random; `batchnorm` as `Encoder.tune` has it."""
        if view.complete:
            return cls(view)
        encoder = build(view.encoder, rng=seed if view.encoder_seed is None else view.encoder_seed)
        return cls(view, encoder.tune(view.tune, view.grid, batchnorm))

    @classmethod
    def of_encoder(cls, encoder, grid=None):
        """Photos through an encoder that is there already, all of it."""
        grid = encoder.check_grid(grid)
        L, D = encoder.grid_shape(grid)
        return cls(View(encoder.name, grid, L, D, encoder.preprocessing, None, None, tune=()), encoder)

    def begin(self):
        """Take over the pretrained weights that the View names. UserError when the file is not the one it was."""
        if self.encoder and self.view.weights:
            load_checked(self.encoder, self.view)

    def forward(self, x):
        """What comes in → features (N, L, D)."""
        if self.encoder is None:
            return x, SightCache(None)
        features, cache = self.encoder.forward(x, grid=self.view.grid, after=self.view.after)
        return features, SightCache(cache)

    def __call__(self, x):
        """The same without a cache."""
        return x if self.encoder is None else self.encoder(x, grid=self.view.grid, after=self.view.after)

    def backward(self, dfeatures, cache):
        """dfeatures (N, L, D) → the gradient of what came in, None where the first stages are frozen."""
        if self.encoder is None:
            return dfeatures
        return self.encoder.backward(dfeatures, cache.encoder) if cache.encoder.caches else None

    def of_photos(self, photos, device="cpu"):
        """Pillow photos, cropped as `preprocessing.crop` does → what comes in, (N, …) float32 on `device`.

        Rounded as stores round, so that a photo has one caption however it comes.
        """
        images = self.view.preprocessing.normalise(np.stack([np.asarray(photo) for photo in photos]))
        if self.view.complete:
            images = features_of(self.eye(device), images, self.view.grid)
        return to_device(as_stored(images), device)

    def eye(self, device="cpu"):
        """The encoder, all of it, that made the features which come in. UserError when its weights are not there."""
        key = self.view.weights, device
        if key not in self._eyes:
            self._eyes[key] = fast_inference(self.whole_encoder().to(device), self.view.grid)
        return self._eyes[key]

    def whole_encoder(self):
        """The same as a fresh Encoder, as it is read. UserError when its weights are not there."""
        encoder = build(self.view.encoder, rng=0)  # untrained ones are drawn as `features` draws them
        if self._brought:
            take = encoder.load_state_dict if self.view.weights_hash is None else encoder.load_pretrained
            take(self._brought)
        elif self.view.weights_hash is not None:
            load_checked(encoder, self.view)
        return encoder

    def bring_eye(self, weights):
        """Take the encoder's `weights`, {torchvision's name: array}, in place of those at the view's place."""
        self._brought = weights

    @property
    def brings_eye(self):
        """Whether they came along."""
        return bool(self._brought)

    def described(self):
        """What learns here, in a sentence or two; None where nothing is left to run."""
        if self.encoder is None:
            return None
        learning = sum(parameter.data.size for parameter in self.parameters())
        total = sum(array.size for array in self.state_dict().values())
        live = any(not isinstance(buffer, Frozen) for _, buffer in self.named_buffers())
        sentence = (f"Of {self.view.encoder}'s {total:,} numbers {learning:,} are trained too"
                    f"{'; its BatchNorms there measure each batch' if live else ''}.")
        if self.view.after is None and self.encoder.first_tuned:
            last = self.encoder.stages()[self.encoder.first_tuned - 1][0]
            sentence += (f" The rest runs anew in each step: a store of its output (minisat features --grid {last}) "
                         "and --features with --tune spare that.")
        return sentence


def load_checked(encoder, view):
    """Load the weights that `view` names. UserError when they are gone, or not the same file any more."""
    if not view.weights or not Path(view.weights).is_file():
        raise UserError(f"The weights of {view.encoder} are not at {view.weights}: say where with --weights FILE.")
    if file_hash(view.weights) != view.weights_hash:
        raise UserError(f"{view.weights} does not hold the {view.encoder} weights that the run began with (their "
                        f"SHA-256 begins with {view.weights_hash[:12]}).")
    load_weights(encoder, view.weights)
