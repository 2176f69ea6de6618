"""From a recipe to a captioner and its training objective."""

import numpy as np

from minisat.captioner.cuda import CudaHardTeacherForcing, CudaTeacherForcing
from minisat.captioner.fast import FastHardTeacherForcing, FastTeacherForcing
from minisat.captioner.gru_notebook import GRUNotebook
from minisat.captioner.reinforce import Reinforce
from minisat.captioner.show_attend_tell import ShowAttendTell
from minisat.captioner.show_tell import ShowTell
from minisat.captioner.teacher_forcing import TeacherForcing
from minisat.captioner.transformer import Transformer
from minisat.nn import DoublyStochasticPenalty, OneSidedPenalty


def build_captioner(recipe, V, D, *, rng=None, feature_scale=1.0):
    """A fresh captioner for V words and features of size D.

    `rng` (Generator or seed) draws the weights; `feature_scale` is what the model divides features by.
    """
    rng = np.random.default_rng(recipe.seed if rng is None else rng)
    common = {"embedding_size": recipe.embedding_size, "hidden_size": recipe.hidden_size, "dropout": recipe.dropout,
              "feature_scale": feature_scale, "rng": rng}
    if recipe.model == "show-and-tell":
        return ShowTell(V, D, cell=recipe.cell, image_every_step=recipe.image_every_step, **common)
    if recipe.model == "gru-notebook":
        return GRUNotebook(V, D, attention_size=recipe.attention_size, **common)
    if recipe.model == "transformer":
        return Transformer(V, D, attention_size=recipe.attention_size, blocks=recipe.blocks, heads=recipe.heads,
                           **common)
    hard = {}
    if recipe.model == "hard-attention":
        hard = {"attention": "hard", "temperature": recipe.attention_temperature, "decoding": recipe.hard_decoding}
    return ShowAttendTell(V, D, attention_size=recipe.attention_size, score=recipe.score, cell=recipe.cell,
                          word_in_query=recipe.word_in_query, sentinel=recipe.sentinel,
                          normalised_places=recipe.normalised_places,
                          attention_function=recipe.attention_function,
                          tied_embedding=recipe.tied_embedding, **hard, **common)


def build_reinforce(recipe):
    """The REINFORCE term with the recipe's choices."""
    return Reinforce(recipe.hard_weight, recipe.hard_entropy, recipe.hard_reward, recipe.hard_reduction,
                     recipe.hard_baseline, recipe.hard_decay, recipe.hard_expectation, recipe.hard_substitution)


def build_penalty(recipe):
    """The penalty on a caption's looks with the recipe's choices, None where it has no strength."""
    if recipe.penalty == 0 or recipe.objective != "likelihood":  # a reward's gradient is that of nothing else
        return None
    if recipe.penalty_form == "one-sided":
        return OneSidedPenalty(recipe.penalty, recipe.penalty_reduction, recipe.penalty_share)
    return DoublyStochasticPenalty(recipe.penalty, recipe.penalty_reduction)


def build_objective(recipe, captioner, *, input_gradient=False):
    """The objective that trains `captioner`: its home's twin where there is one, else the reference."""
    if isinstance(captioner, ShowTell):
        return TeacherForcing(captioner, smoothing=recipe.label_smoothing)
    terms = (build_penalty(recipe),)
    if recipe.model == "hard-attention":
        terms = *terms, build_reinforce(recipe), recipe.hard_samples
    cuda = CudaHardTeacherForcing if recipe.model == "hard-attention" else CudaTeacherForcing
    if cuda.fits(captioner) and not input_gradient:
        return cuda(captioner, *terms, smoothing=recipe.label_smoothing)
    if not FastTeacherForcing.fits(captioner):
        return TeacherForcing(captioner, *terms, smoothing=recipe.label_smoothing)
    fast = FastHardTeacherForcing if recipe.model == "hard-attention" else FastTeacherForcing
    return fast(captioner, *terms, smoothing=recipe.label_smoothing, input_gradient=input_gradient)
