"""One training step of a captioner that has learnt for some seconds, so that its looks mean something."""

from PIL import Image

from minisat.captioner import Recipe, build_objective
from minisat.data.batches import caption_batch
from minisat.data.toy_world import COLOURS, NOUNS
from minisat.teaching.toy_captioner import SIDE, ToyPhotos, learn
from minisat.vision import CellGrid

SIZES = {"embedding_size": 10, "hidden_size": 12, "attention_size": 9, "heads": 3}  # no two alike: a shape tells which
EPOCHS = 10
PENALTY = 0.1   # of the recorded step; too little to change what was learnt
CHANNELS = [*NOUNS, *COLOURS, "across", "down"]  # what the numbers of a place are, as `see` writes them
WORDS = (6, 7)  # of the captions, by turns: where all are equally long nothing is padded


def learnt_step(model="soft-attention", captions=2, seed=0):
    """((objective, inputs, batch, vocabulary, photos), options of `record_step`), float64.

    The captioner of `model` learns in the toy world, which it sees through a perfect eye (see toy_captioner.py); the
    step is one on photos that it has not seen.
    """
    photos = ToyPhotos(test=max(100, captions), seed=seed)
    captioner, _ = learn(photos, EPOCHS, model, seed, penalty=PENALTY, **SIZES)
    chosen = {}  # {row of a photo: its caption}
    for n in range(captions):
        free = ((row, words) for row, told in enumerate(photos.test.references) if row not in chosen for words in told)
        row, words = min(free, key=lambda pair: abs(len(pair[1]) - WORDS[n % 2]))
        chosen[row] = words
    batch = caption_batch(list(chosen), [photos.vocabulary.encode(words) for words in chosen.values()])
    recipe = Recipe(model=model, seed=seed, penalty=PENALTY, dropout=0.0, min_count=1, **SIZES)
    objective = build_objective(recipe, captioner.train(), input_gradient=True)
    images = [Image.fromarray(photos.test.scenes[row].image) for row in batch.photos]
    step = objective, photos.test.features[batch.photos], batch, photos.vocabulary, images
    return step, {"cells": CellGrid.even(SIDE, SIDE, *photos.test.scenes[0].image.shape[:2]), "channels": CHANNELS,
                  "about": {"learnt": f"{EPOCHS} epochs in the toy world"}}
