"""Trained captioners at work: they caption photos, are scored beside yardsticks, and show their mistakes."""

from minisat.trained.captioner import TrainedCaptioner
from minisat.trained.decoding import Decoding
from minisat.trained.evaluation import DECODED_TOGETHER, Evaluation, evaluate
from minisat.trained.photo_caption import PhotoCaption

__all__ = ["Decoding", "Evaluation", "DECODED_TOGETHER", "PhotoCaption", "TrainedCaptioner", "evaluate"]
