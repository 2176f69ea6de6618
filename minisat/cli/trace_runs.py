"""What `minisat trace record --run` records: a run's captioner, and a batch of its own data."""

import numpy as np

from minisat.captioner import PhotoCaptioner, PhotoObjective, build_objective
from minisat.data import read_dataset
from minisat.data.batches import caption_batch
from minisat.errors import UserError
from minisat.text import tokenize
from minisat.trained import TrainedCaptioner
from minisat.training import load_run
from minisat.training.self_critical import PhotoBatch, SelfCritical


def run_step(folder, captions, seed=0):
    """(objective, inputs, batch, vocabulary, photos, options): the best captioner of a run, its first training photos.

    `options` are `record_step`'s: what the objective's forward takes besides, and where the places lie. A self-critical
    run draws its captions, from `seed`.
    """
    model, vocabulary, config = load_run(folder)
    seer = TrainedCaptioner(folder, device="cpu")
    dataset = read_dataset(config["data"])
    described = [photo for photo in dataset.split("train") if photo.captions][:captions]
    if not described:
        raise UserError(f"The data of {folder} has no training photo with a caption.")
    photos = [seer.see(photo.path) for photo in described]
    inputs, given = seer.inputs_of(photos), {}
    if seer.recipe.objective == "self-critical":
        batch = _drawn(model, inputs, dataset, described, vocabulary, seer.recipe, seed)
        photos, inputs = [photos[row] for row in batch.photos], inputs[batch.photos]
        given = {"weights": batch.weights}
    else:
        batch = caption_batch(np.arange(len(described)), [
            vocabulary.encode(tokenize(photo.captions[0], seer.recipe.tokenizer)) for photo in described])
        photos, inputs = [photos[row] for row in batch.photos], inputs[batch.photos]
    photo_captioner = isinstance(model, PhotoCaptioner)
    objective = build_objective(seer.recipe, model.captioner if photo_captioner else model, input_gradient=True)
    if photo_captioner:
        objective = PhotoObjective(model.encoder, objective, model.grid, model.after)
    return objective.train(not given), inputs, batch, vocabulary, photos, {"given": given, "cells": seer.cells}


def _drawn(model, inputs, dataset, described, vocabulary, recipe, seed):
    """The DrawnBatch of captions that the model draws of the photos, rewarded as in its training."""
    train = [photo for photo in dataset.split("train") if photo.captions]
    words = [[tokenize(caption, recipe.tokenizer) for caption in photo.captions] for photo in train]
    critic = SelfCritical(np.arange(len(train)), words, vocabulary, len(described), recipe.drawn_captions,
                          recipe.drawn_baseline, recipe.max_words)
    batch = PhotoBatch(np.arange(len(described)), np.arange(len(described)))
    return critic.drawn(model.eval(), batch, inputs, np.random.default_rng(seed))[0]
