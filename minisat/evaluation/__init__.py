"""Scores: how good the captions are, and where the attention looked."""

from minisat.evaluation.bleu import Bleu, Counts, corpus_bleu
from minisat.evaluation.pointing import PointingGame, pointing_game
from minisat.evaluation.scores import check_captions, describe, score_captions

__all__ = ["Bleu", "Counts", "PointingGame", "check_captions", "corpus_bleu", "describe", "pointing_game",
           "score_captions"]
