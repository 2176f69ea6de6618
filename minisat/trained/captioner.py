"""A trained run that captions: photo files, seen as the run's own preprocessing and encoder do, or a feature store."""

from functools import cached_property
from pathlib import Path

import numpy as np

from minisat.backend import resolve_device, to_device
from minisat.captioner import PhotoCaptioner, Recipe, fast_decoder
from minisat.captioner.decoding import Ensemble
from minisat.errors import UserError
from minisat.training import load_run
from minisat.vision import (
    FeatureStore,
    Preprocessing,
    build,
    cells_of,
    fast_inference,
    features_of,
    file_hash,
    load_weights,
    read_photo,
)

PHOTOS = 32  # decoded together

# What runs that are averaged must have in common: features are those of one encoder, photos are cropped alike.
SEEN = {"features": ("encoder", "grid", "weights_hash", "preprocessing"), "photos": ("preprocessing",)}


class TrainedCaptioner:
    """The captioner of the run in `folder`, with its words and its way to see photos.

    `look` is how hard attention decodes: "expectation", "argmax" or "sampling". `others` are folders of runs that speak
    with it as an ensemble. UserError when a run is missing or damaged, the device is missing, `look` is given for a
    run without hard attention, or the runs have different words or see photos differently.

    `model` decodes, `learner` is the run's own captioner, which has a backward pass.
    """

    def __init__(self, folder, which="best", device="auto", weights=None, look=None, others=()):
        self.device = resolve_device(device)
        self.folder, self.which, self.weights, self.others = folder, which, weights, tuple(others)
        self.learner, self.vocabulary, self.config = load_run(folder, which, self.device)
        models = [self.learner, *(self._other(other, which).model for other in others)]
        for model in models if look else ():
            captioner = model.captioner if isinstance(model, PhotoCaptioner) else model
            if not getattr(captioner, "hard", False):
                raise UserError(f"{folder} has no hard attention: leave --look out.")
            captioner.attend.softmax.decoding = look
        self.model = fast_decoder(self.learner) if not others else Ensemble(map(fast_decoder, models))
        self.recipe = Recipe.from_dict(self.config["recipe"])
        self.preprocessing = Preprocessing.from_dict(self.config["preprocessing"])
        self.from_photos = self.config["inputs"] == "photos"
        if self.from_photos and weights:
            raise UserError(f"{folder} trained its encoder along and keeps its weights: leave --weights out.")
        self._encoder = None

    def _other(self, folder, which):
        """The LoadedRun in `folder`; UserError when it cannot speak with this one."""
        other = load_run(folder, which, self.device)
        if other.vocabulary.words != self.vocabulary.words:
            raise UserError(f"{self.folder} and {folder} have different words: an ensemble needs one vocabulary.")
        for key in ("inputs", *SEEN[self.config["inputs"]]):
            if other.config[key] != self.config[key]:
                raise UserError(f"{self.folder} and {folder} differ in {key}: an ensemble must see photos in one way.")
        return other

    @cached_property
    def cells(self):
        """Where the places lie that it attends to: CellGrid."""
        return cells_of(self.config)

    def see(self, path):
        """The photo at `path` as the network sees it: a Pillow image. UserError when it cannot be read."""
        return self.preprocessing.crop(read_photo(path))

    def inputs_of(self, photos):
        """Photos as `see` gives them → the model's inputs (N, …) on its device.

        They are rounded to float16, as stores and training keep them, so that a photo has one caption however it comes.
        """
        images = self.preprocessing.normalise(np.stack([np.asarray(photo) for photo in photos]))
        inputs = images.astype(np.float16).astype(np.float32)
        if not self.from_photos:
            inputs = features_of(self.encoder(), images, self.config["grid"]).astype(np.float16).astype(np.float32)
        return to_device(inputs, self.device)

    def decode(self, inputs, decoding):
        """inputs (N, …) → N lists of Captions, as the Decoding says."""
        return decoding.captions(self.model, inputs.astype(self.recipe.precision, copy=False), self.recipe.max_words)

    def words(self, caption):
        """The words of a Caption, a list of str."""
        return self.vocabulary.decode(caption.ids)

    def encoder(self):
        """The encoder whose features the run was trained on. UserError when its weights are not the same file."""
        if self._encoder is None:
            expected, path = self.config["weights_hash"], self.weights or self.config["weights"]
            encoder = build(self.config["encoder"], rng=0)  # untrained ones are drawn as `features` draws them
            if expected is None and self.weights:
                raise UserError(f"{self.folder} was trained on features of an untrained {encoder.name}: "
                                "leave --weights out.")
            if expected is not None:
                if not path or not Path(path).is_file():
                    raise UserError(f"The weights of {encoder.name} are not at {path}: say where with --weights FILE.")
                if file_hash(path) != expected:
                    raise UserError(f"{path} does not hold the {encoder.name} weights that {self.folder} was trained "
                                    f"with (their SHA-256 begins with {expected[:12]}).")
                load_weights(encoder, path)
            self._encoder = fast_inference(encoder.to(self.device), self.config["grid"])
        return self._encoder

    def open_store(self, path):
        """The FeatureStore at `path`. UserError when its features are not those the run was trained on."""
        if self.from_photos:
            raise UserError(f"{self.folder} captions photos with its own encoder: leave --features out.")
        store = FeatureStore.open(path)
        store.check_compatible(self.config, f"The run {self.folder}")
        return store
