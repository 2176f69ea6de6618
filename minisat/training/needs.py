"""What a training will need of memory and disk, before it takes them: sums over the recipe's sizes."""

from typing import NamedTuple

GATES = {"lstm": 4, "gru": 3, "rnn": 1}
STATES = {"sgd": 0, "momentum": 1, "adagrad": 1, "rmsprop": 1, "adam": 2}  # arrays as large as the weights
STEPS = 20    # words of a long caption
CAPTIONS = 400  # bytes of a photo's captions: five of some seventy letters
COPIES = 3    # of the largest activations: value, cache, gradient


class Needs(NamedTuple):
    """Bytes; estimates, of the captioner's part of it."""

    memory: int
    disk: int


def needs(recipe, V, L, D, photos=0):
    """The Needs of training a captioner of `recipe` with V words on features (L, D) of so many training photos."""
    M, H, A = recipe.embedding_size, recipe.hidden_size, recipe.attention_size
    size = 8 if recipe.precision == "float64" else 4
    weights = 2 * V * M + GATES.get(recipe.cell, 1) * H * (H + M) + M * (H + D)
    if recipe.model.endswith("attention"):
        weights += GATES.get(recipe.cell, 1) * H * D + A * (D + H) + 3 * H * D
    if recipe.model == "transformer":
        weights = 2 * V * M + M * D + recipe.blocks * (8 * M * A + 2 * M * H)
    arrays = 2 + STATES[recipe.optimizer] + (recipe.average_decay > 0)  # weights, gradients, the optimiser's, average
    step = recipe.batch_size * (min(STEPS, recipe.max_words) * V + L * (D + A)) * COPIES
    saved = 2 * (arrays - 1) + 1  # last.safetensors, beside the one that it replaces, and best.safetensors
    kept = photos * (2 * D + CAPTIONS)    # neighbours.safetensors: a mean in float16, and what people said
    return Needs(size * (arrays * weights + step), size * saved * weights + kept)
