"""Trained captioners at work: they caption photos, are scored beside yardsticks, and show their mistakes."""

from minisat.trained.captioner import TrainedCaptioner
from minisat.trained.decoding import Decoding
from minisat.trained.evaluation import PHOTOS, Evaluation, evaluate
from minisat.trained.photo_caption import PhotoCaption

__all__ = ["Decoding", "Evaluation", "PHOTOS", "PhotoCaption", "TrainedCaptioner", "evaluate"]
