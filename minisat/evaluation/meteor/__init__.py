"""METEOR 1.5 without Java: words, candidate matches, the best alignment, the score."""

from minisat.evaluation.meteor.resources import OWN, Resources, find_resources
from minisat.evaluation.meteor.score import Meteor, meteor_of_rows

__all__ = ["OWN", "Meteor", "Resources", "find_resources", "meteor_of_rows"]
