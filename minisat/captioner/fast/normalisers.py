"""How the fast twins make weights of scores, and back, in the room that is there: as the softmax, or as sparsemax."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from minisat.nn import Sparsemax


class Normaliser(NamedTuple):
    """Two functions that work in place: (e (n, L)) → alpha, and (dalpha, alpha (n, L)) → de in the room of dalpha.

    A shift of all scores changes nothing, so Σ de = 0 in every row.
    """

    in_place: Callable
    gradient_in_place: Callable


def _softmax(e):
    e -= e.max(axis=1, keepdims=True)
    np.exp(e, out=e)
    e /= e.sum(axis=1, keepdims=True)
    return e


def _softmax_gradient(dalpha, alpha):
    dalpha *= alpha                                              # de = alpha (dalpha − Σ alpha dalpha)
    dalpha -= alpha * dalpha.sum(axis=1, keepdims=True)
    return dalpha


def _sparsemax(e):
    e -= e.max(axis=1, keepdims=True)
    bounds = np.sort(e, axis=1)[:, ::-1].cumsum(axis=1)
    bounds -= 1.0
    bounds /= np.arange(1, e.shape[1] + 1, dtype=e.dtype)
    e -= bounds.max(axis=1, keepdims=True)                       # the threshold; why, says nn/sparsemax.py
    return np.maximum(e, 0.0, out=e)


def _sparsemax_gradient(dalpha, alpha):
    above = (alpha > 0).astype(dalpha.dtype)
    dalpha *= above
    dalpha -= above * (dalpha.sum(axis=1, keepdims=True) / above.sum(axis=1, keepdims=True))
    return dalpha


SOFTMAX = Normaliser(_softmax, _softmax_gradient)
SPARSEMAX = Normaliser(_sparsemax, _sparsemax_gradient)


def normaliser_of(step):
    """The Normaliser of an attention step."""
    return SPARSEMAX if isinstance(step.softmax, Sparsemax) else SOFTMAX
