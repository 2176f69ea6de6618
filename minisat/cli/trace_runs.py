"""What `minisat trace record --run` records: a run's captioner, and a batch of its own data."""

import numpy as np

from minisat.captioner import PhotoCaptioner, PhotoObjective, build_objective
from minisat.cli.captioning import TrainedCaptioner
from minisat.data import read_dataset
from minisat.data.batches import caption_batch
from minisat.errors import UserError
from minisat.text import tokenize
from minisat.training import load_run


def run_step(folder, captions):
    """(objective, inputs, batch, vocabulary, photos) of the best captioner of a run and its first training photos."""
    model, vocabulary, config = load_run(folder)
    seer = TrainedCaptioner(folder, device="cpu")
    dataset = read_dataset(config["data"])
    described = [photo for photo in dataset.split("train") if photo.captions][:captions]
    if not described:
        raise UserError(f"The data of {folder} has no training photo with a caption.")
    encoded = [vocabulary.encode(tokenize(photo.captions[0], seer.recipe.tokenizer)) for photo in described]
    batch = caption_batch(np.arange(len(described)), encoded)
    photos = [seer.see(described[row].path) for row in batch.photos]
    inputs = seer.inputs_of(photos)
    if isinstance(model, PhotoCaptioner):
        inner = build_objective(seer.recipe, model.captioner, input_gradient=True)
        return PhotoObjective(model.encoder, inner, model.grid, model.after), inputs, batch, vocabulary, photos
    return build_objective(seer.recipe, model, input_gradient=True), inputs, batch, vocabulary, photos
