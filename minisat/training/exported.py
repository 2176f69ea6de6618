"""An exported run: one safetensors file that stands for a run's folder, so that it can be given away.

Its tensors are `model.…`, the captioner and what of an encoder is trained with it; `eye.…`, the encoder in front of it,
under torchvision's names; and `neighbours.features`, what consensus needs. Its header's entry `minisat` is a JSON
object, as a checkpoint's: config, words, terms, scores, the neighbours' captions, and a SHA-256 over all of it.
"""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from minisat.errors import UserError
from minisat.rules import check
from minisat.text import Vocabulary
from minisat.training.checkpoint import load_checkpoint, save_checkpoint
from minisat.training.run import Run
from minisat.training.run_config import RunConfig

KIND = "minisat run 1"
LARGEST_HALF = float(np.finfo(np.float16).max)
_HEADER = {"kind": str, "config": dict, "words": [str], "terms": [str], "scores": dict, "digest": str,
           "neighbours?": dict, "agreement?": dict}


class ExportedRun:
    """The exported run in a file. It has what `load_run` needs of a Run, under the same names.

    `terms` (list of str), `scores` (dict) and `agreement` (dict, or None) are what its header says of itself.
    """

    def __init__(self, path, header, tensors):
        self.folder = self.best = Path(path)
        self.terms, self.scores, self.agreement = header["terms"], header["scores"], header.get("agreement")
        config = RunConfig.from_dict(header["config"], f"The header of {path}")
        self.config = replace(config, view=replace(config.view, store=None))
        self._words, self._tensors, self._neighbours = header["words"], tensors, header.get("neighbours")

    @classmethod
    def open(cls, path):
        """The one in the file `path`. UserError in one sentence when it is none, damaged, or of a later version."""
        try:
            tensors, header = load_checkpoint(path)
        except (UserError, RecursionError) as error:
            raise UserError(f"{path} is no exported run, or it is damaged: `minisat run export RUN --out FILE` writes "
                            "one.") from error
        kind = header.get("kind", "") if isinstance(header, dict) else ""
        if not isinstance(kind, str) or not kind.startswith("minisat run"):
            raise UserError(f"{path} holds the weights of a run and not all that belongs to it: give the run's folder, "
                            "or `minisat run export` it.")
        if kind != KIND:
            raise UserError(f"{path} was written by another version of minisat ({kind[:40]}); this one reads {KIND}.")
        check(header, _HEADER, f"The header of {path}")
        if digest(tensors, header) != header["digest"]:
            raise UserError(f"{path} is damaged: it does not hold what was written.")
        return cls(path, header, tensors)

    def vocabulary(self):
        """The Vocabulary. UserError when it is not the one of the config."""
        vocabulary = Vocabulary(self._words)
        if len(vocabulary) != self.config.V:
            raise UserError(f"{self.folder} is damaged: it has {len(vocabulary)} words and needs {self.config.V}.")
        return vocabulary

    def weights(self, which="best"):
        """{name: array} of the model, float32 or float64. UserError for others than the best."""
        if which != "best":
            raise UserError(f"{self.folder} is an exported run: it has its best weights alone.")
        return self._part("model.")

    @property
    def eye(self):
        """{torchvision's name: array} of the encoder in front of the model; {} where the model has it all."""
        return self._part("eye.")

    @property
    def neighbours(self):
        """({"features": (K, D) float16}, metadata) as neighbours.safetensors holds them; None where it has none."""
        if self._neighbours is None or "neighbours.features" not in self._tensors:
            return None
        return {"features": self._tensors["neighbours.features"]}, self._neighbours

    def _part(self, prefix):
        return {name.removeprefix(prefix): array.astype(np.float32) if array.dtype == np.float16 else array
                for name, array in self._tensors.items() if name.startswith(prefix)}


def open_run(path):
    """The Run in the folder `path`, or the ExportedRun in the file `path`. UserError when there is neither."""
    return ExportedRun.open(path) if Path(path).is_file() else Run.open(path)


def halved(array):
    """A captioner's array as an exported run keeps it: matrices in float16, where they fit; the rest as it is.

    An encoder is not rounded: every one of its fifty layers adds an error of its own (tests/benchmarks/README.md).
    """
    small = array.ndim > 1 and np.issubdtype(array.dtype, np.floating) and np.abs(array).max(initial=0) <= LARGEST_HALF
    return array.astype(np.float16) if small else array


def write_exported(path, config, words, tensors, neighbours=None, **said):
    """Write an exported run to `path`, whole or not at all.

    tensors: {name: array} with the names of this file's format; neighbours: their metadata, or None; `said`: terms,
    scores, agreement. No path of this machine is kept of the config.
    """
    header = {"kind": KIND, "config": _without_paths(config.to_dict()), "words": list(words), **said}
    if neighbours is not None:
        header["neighbours"] = neighbours
    header["digest"] = digest(tensors, header)
    save_checkpoint(path, tensors, header)


def digest(tensors, header):
    """SHA-256 of all that an exported run holds, but for the header's own `digest`."""
    said = {key: value for key, value in header.items() if key != "digest"}
    found = hashlib.sha256(json.dumps(said, sort_keys=True).encode())
    for name, array in sorted(tensors.items()):
        found.update(f"{name} {array.dtype} {array.shape}".encode() + np.ascontiguousarray(array).tobytes())
    return found.hexdigest()


def _without_paths(facts):
    """A config.json's facts with names in place of paths."""
    kept = dict(facts)
    for key in ("weights", "features", "data", "more_captions"):
        if kept.get(key):
            kept[key] = Path(kept[key]).name
    for key, place in (("start", "run"), ("word_vectors", "file")):
        if key in kept:
            kept[key] = kept[key] | {place: Path(kept[key][place]).name}
    return kept

