"""What `minisat trace record --run` records: a run's captioner, and a batch of its own data."""

from itertools import islice

import numpy as np

from minisat.captioner import Through, build_objective
from minisat.data import read_dataset
from minisat.data.batches import caption_batch
from minisat.errors import UserError
from minisat.trained import TrainedCaptioner
from minisat.training import learned_words
from minisat.training.self_critical import PhotoBatch, SelfCritical


def run_step(folder, captions, seed=0):
    """(objective, inputs, batch, vocabulary, photos, options): the best captioner of a run, its first training photos.

    `options` are `record_step`'s: what the objective's forward takes besides, and where the places lie. A self-critical
    run draws its captions, from `seed`.
    """
    seer = TrainedCaptioner(folder, device="cpu")
    model, recipe, vocabulary = seer.learner, seer.recipe, seer.vocabulary
    learned = _learned(read_dataset(seer.config.data), recipe)
    if recipe.objective == "self-critical":
        learned = list(learned)  # rewards compare with the captions of all photos
        described = learned[:captions]
    else:
        described = list(islice(learned, captions))
    if not described:
        raise UserError(f"The data of {folder} has no training photo with a caption that the run learns from.")
    photos = [seer.see(photo.path) for photo, _ in described]
    inputs, given = seer.inputs_of(photos), {}
    if recipe.objective == "self-critical":
        batch = _drawn(model, inputs, [words for _, words in learned], vocabulary, recipe, seed)
        given = {"weights": batch.weights}
    else:
        batch = caption_batch(np.arange(len(described)), [vocabulary.encode(words[0]) for _, words in described])
    photos, inputs = [photos[row] for row in batch.photos], inputs[batch.photos]
    objective = Through(model.sight, build_objective(recipe, model.captioner, input_gradient=True))
    return objective.train(not given), inputs, batch, vocabulary, photos, {"given": given, "cells": seer.cells}


def _learned(dataset, recipe):
    """Yield (Photo, its captions as lists of words) of the training photos that a run with this recipe learns from."""
    for photo in dataset.split("train"):
        if captions := learned_words(photo, recipe):
            yield photo, captions


def _drawn(model, inputs, words, vocabulary, recipe, seed):
    """The DrawnBatch of captions that the model draws of the first photos, `inputs`, rewarded as in its training.

    words: the captions of every training photo, in the order of the photos.
    """
    critic = SelfCritical(np.arange(len(words)), words, vocabulary, len(inputs), recipe.drawn_captions,
                          recipe.drawn_baseline, recipe.max_words)
    batch = PhotoBatch(np.arange(len(inputs)), np.arange(len(inputs)))
    return critic.drawn(model.eval(), batch, inputs, np.random.default_rng(seed))[0]
