"""Trained captioners at work: they caption photos, are scored beside yardsticks, and show their mistakes."""

from minisat.trained.captioner import PHOTOS, TrainedCaptioner
from minisat.trained.decoding import Decoding
from minisat.trained.evaluation import Evaluation, evaluate

__all__ = ["Decoding", "Evaluation", "PHOTOS", "TrainedCaptioner", "evaluate"]
