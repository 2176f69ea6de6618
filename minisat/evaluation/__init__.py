"""Scores: how good the captions are, and where the attention looked."""

from minisat.evaluation.bleu import Bleu, Counts, corpus_bleu
from minisat.evaluation.bootstrap import Comparison, compare, intervals
from minisat.evaluation.cider import Cider
from minisat.evaluation.corpus import References, corpus_scores, drawn_scores, photo_scores
from minisat.evaluation.diversity import collapse, diversity, repeated
from minisat.evaluation.likelihood import log_likelihoods
from minisat.evaluation.meteor import find_resources
from minisat.evaluation.pointing import PointingGame, pointing_game
from minisat.evaluation.retrieval import Ranks, annotation, image_search, per_prior
from minisat.evaluation.rouge import rouge_l
from minisat.evaluation.scores import check_captions, describe, score_captions

__all__ = ["Bleu", "Cider", "Comparison", "Counts", "PointingGame", "Ranks", "References", "annotation",
           "check_captions", "collapse", "compare", "corpus_bleu", "corpus_scores", "describe", "diversity",
           "drawn_scores", "find_resources", "image_search", "intervals", "log_likelihoods", "per_prior",
           "photo_scores", "pointing_game", "repeated", "rouge_l", "score_captions"]
