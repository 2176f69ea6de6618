"""Training: the loop, checkpoints and run folders."""

from minisat.training.checkpoint import load_checkpoint, save_checkpoint
from minisat.training.corpus import Corpus
from minisat.training.instability import find_instability
from minisat.training.loading import LoadedRun, build_model, load_run
from minisat.training.photo_inputs import PhotoInputs
from minisat.training.run import Run
from minisat.training.trainer import Outcome, Trainer
from minisat.training.validation import DevSet

__all__ = ["Corpus", "DevSet", "LoadedRun", "Outcome", "PhotoInputs", "Run", "Trainer", "build_model",
           "find_instability", "load_checkpoint", "load_run", "save_checkpoint"]
