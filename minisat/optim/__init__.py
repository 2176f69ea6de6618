"""Optimisation: update rules over one flat buffer, clipping, schedules, the average of the weights."""

from minisat.optim import cuda, fast, schedules
from minisat.optim.adam import Adam
from minisat.optim.averager import Averager
from minisat.optim.clipping import clip_norm, clip_value
from minisat.optim.flat import FlatParameters
from minisat.optim.rules import SGD, AdaGrad, Momentum, Optimizer, RMSProp

OPTIMIZERS = {"sgd": SGD, "momentum": Momentum, "adagrad": AdaGrad, "rmsprop": RMSProp, "adam": Adam}

__all__ = ["OPTIMIZERS", "SGD", "AdaGrad", "Adam", "Averager", "FlatParameters", "Momentum", "Optimizer",
           "RMSProp", "clip_norm", "clip_value", "cuda", "fast", "schedules"]
