"""The captioners and how they decode."""

from minisat.captioner.build import build_captioner, build_objective
from minisat.captioner.captioned import Captioned, Through
from minisat.captioner.decoder import fast_decoder
from minisat.captioner.gru_notebook import GRUNotebook
from minisat.captioner.named_recipes import RECIPES, read_recipe, source_of
from minisat.captioner.pretrained_words import PretrainedWords
from minisat.captioner.recipe import Recipe
from minisat.captioner.reinforce import Reinforce
from minisat.captioner.show_attend_tell import ShowAttendTell
from minisat.captioner.show_tell import ShowTell
from minisat.captioner.teacher_forcing import TeacherForcing
from minisat.captioner.transformer import Transformer

__all__ = ["Captioned", "GRUNotebook", "PretrainedWords", "RECIPES", "Recipe", "Reinforce", "ShowAttendTell",
           "ShowTell", "TeacherForcing", "Through", "Transformer", "build_captioner", "build_objective",
           "fast_decoder", "read_recipe", "source_of"]
