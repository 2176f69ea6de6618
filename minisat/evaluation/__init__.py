"""Scores: how good the captions are, and where the attention looked."""

from minisat.evaluation.bleu import Bleu, Counts, corpus_bleu
from minisat.evaluation.diversity import diversity, repeated
from minisat.evaluation.pointing import PointingGame, pointing_game
from minisat.evaluation.retrieval import Ranks, annotation, image_search, per_prior
from minisat.evaluation.scores import check_captions, describe, score_captions

__all__ = ["Bleu", "Counts", "PointingGame", "Ranks", "annotation", "check_captions", "corpus_bleu", "describe",
           "diversity", "image_search", "per_prior", "pointing_game", "repeated", "score_captions"]
