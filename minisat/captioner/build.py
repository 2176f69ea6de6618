"""From a recipe to a captioner and its training objective."""

import numpy as np

from minisat.backend import get_array_module
from minisat.captioner.fast_teacher_forcing import FastTeacherForcing
from minisat.captioner.show_attend_tell import ShowAttendTell
from minisat.captioner.show_tell import ShowTell
from minisat.captioner.teacher_forcing import TeacherForcing
from minisat.nn import DoublyStochasticPenalty


def build_captioner(recipe, V, D, *, rng=None, feature_scale=1.0):
    """A fresh captioner for V words and features of size D.

    `rng` (Generator or seed) draws the weights; `feature_scale` is what the model divides features by.
    """
    rng = np.random.default_rng(recipe.seed if rng is None else rng)
    sizes = {"embedding_size": recipe.embedding_size, "hidden_size": recipe.hidden_size}
    common = {"dropout": recipe.dropout, "feature_scale": feature_scale, "rng": rng}
    if recipe.model == "show-and-tell":
        return ShowTell(V, D, **sizes, **common)
    return ShowAttendTell(V, D, **sizes, attention_size=recipe.attention_size, **common)


def build_objective(recipe, captioner, *, input_gradient=False):
    """The objective that trains `captioner`: the fast twin where there is one, else the reference."""
    if not isinstance(captioner, ShowAttendTell):
        return TeacherForcing(captioner)
    penalty = None
    if recipe.penalty > 0:
        penalty = DoublyStochasticPenalty(recipe.penalty, recipe.penalty_reduction, recipe.penalty_target)
    if get_array_module(captioner.L_o.W.data) is np:
        return FastTeacherForcing(captioner, penalty, input_gradient=input_gradient)
    return TeacherForcing(captioner, penalty)
