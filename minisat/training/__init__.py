"""Training: the loop, checkpoints and run folders."""

from minisat.training.assembly import assemble
from minisat.training.checkpoint import load_checkpoint, save_checkpoint
from minisat.training.corpus import Corpus, caption_words, learned_words
from minisat.training.inputs import features_config, photos_config, rest_config
from minisat.training.loading import LoadedRun, build_model, load_run
from minisat.training.photo_inputs import PhotoInputs
from minisat.training.run import Run
from minisat.training.starting import start_config
from minisat.training.trainer import NotFinite, Outcome, Trainer
from minisat.training.validation import DevSet

__all__ = ["Corpus", "DevSet", "LoadedRun", "NotFinite", "Outcome", "PhotoInputs", "Run", "Trainer", "assemble",
           "build_model", "caption_words", "features_config", "learned_words", "load_checkpoint", "load_run",
           "photos_config", "rest_config", "save_checkpoint", "start_config"]
