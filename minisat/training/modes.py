"""What a training step learns from: people's captions, those with some words its own, or captions that it draws.

A mode says what the objective is given in a step, and what is measured there. Everything random follows from the seed,
a stream and the step.
"""

import numpy as np

from minisat.captioner.scheduled_sampling import own_share, words_read
from minisat.captioner.word_dropout import words_hidden

ORDER, NOISE, OWN_WORDS, HIDDEN_WORDS = 1, 2, 3, 4  # streams of random numbers that follow from one seed


def stream(seed, name, position):
    """The Generator of a stream at an epoch or a step."""
    return np.random.default_rng([seed, name, position])


class Likelihood:
    """People's captions: each word is asked for after the words before it. Measured is the cross-entropy per word."""

    measure, unit = "loss", "words"

    def __init__(self, objective, model, recipe, batches):
        self.objective, self.model, self.recipe, self.batches = objective, model, recipe, batches

    def batch(self, batch, inputs, step):
        """A batch and its inputs → the batch and inputs to learn from, and what else `objective.forward` is given.

        That is {"read": (N, T)} where other words are read than people's.
        """
        read, share = self.read(batch, inputs, step), self.recipe.word_dropout
        self.objective.train()
        if share > 0:
            read = batch.ids[:, :-1] if read is None else read
            read = words_hidden(read, share, stream(self.recipe.seed, HIDDEN_WORDS, step))
        return batch, inputs, {} if read is None else {"read": read}

    def read(self, batch, inputs, step):
        """The words (N, T) that are read, before any of them are hidden; None where they are the captions' own."""
        return None

    def measured(self, batch, cache):
        """(mean value, how many it is the mean of, {name: number} worth logging beside) of a step."""
        return cache.terms["cross_entropy"], int(batch.lengths.sum()), {}


class OwnWords(Likelihood):
    """Scheduled sampling: a growing share of the words that are read are the captioner's own."""

    def read(self, batch, inputs, step):
        """With the share of this step."""
        recipe = self.recipe
        self.objective.eval()
        share = own_share(step / (recipe.epochs * len(self.batches)), recipe.own_words, recipe.own_words_schedule)
        return words_read(self.model.fast(), inputs, batch.ids, share, stream(recipe.seed, OWN_WORDS, step))


class DrawnCaptions(Likelihood):
    """Self-critical training: captions that are drawn, each with the weight of its reward. Measured is the reward."""

    measure, unit = "reward", "captions"

    def batch(self, batch, inputs, step):
        """PhotoBatch and inputs → DrawnBatch, its inputs, {"weights": (N,)}. Nothing is dropped out."""
        self.objective.eval()
        drawn, inputs = self.batches.drawn(self.model.fast(), batch, inputs, stream(self.recipe.seed, NOISE, step))
        return drawn, inputs, {"weights": drawn.weights}

    def measured(self, batch, cache):
        """The mean reward of the drawn captions, their number, and the baseline."""
        return batch.reward, len(batch.ids), {"baseline_reward": batch.baseline}


def mode_of(recipe):
    """The mode that the recipe names."""
    if recipe.objective == "self-critical":
        return DrawnCaptions
    return OwnWords if recipe.own_words > 0 else Likelihood
