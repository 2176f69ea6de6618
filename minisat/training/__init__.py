"""Training: the loop, checkpoints and run folders."""

from minisat.training.assembly import assemble
from minisat.training.checkpoint import load_checkpoint, save_checkpoint
from minisat.training.corpus import Corpus, caption_words, learned_words
from minisat.training.exported import ExportedRun, open_run, write_exported
from minisat.training.loading import LoadedRun, build_model, load_run
from minisat.training.preparing import Prepared, choose_view, kept_view, prepare
from minisat.training.run import Run
from minisat.training.run_config import RunConfig
from minisat.training.trainer import NotFinite, Outcome, Trainer
from minisat.training.validation import DevSet

__all__ = ["Corpus", "DevSet", "ExportedRun", "LoadedRun", "NotFinite", "Outcome", "Prepared", "Run", "RunConfig",
           "Trainer", "assemble", "build_model", "caption_words", "choose_view", "kept_view", "learned_words",
           "load_checkpoint", "load_run", "open_run", "prepare", "save_checkpoint", "write_exported"]
