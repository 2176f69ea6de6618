"""The run folder: everything one training leaves behind, and the way to open it again.

config.json, environment.json, vocabulary.json; metrics.jsonl, one JSON object a line; best.safetensors, the weights
that caption best; last.safetensors, all that resuming needs; samples/ and plots/; and, from `minisat.trained`,
neighbours.safetensors, the training photos' mean features and captions.
"""

import importlib.metadata
import json
import os
import platform
import sys
import time
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

from minisat import __version__
from minisat.errors import UserError, note
from minisat.files import read_bytes, read_json, write_json
from minisat.locks import locked
from minisat.rules import Either, check
from minisat.text import Vocabulary
from minisat.training.checkpoint import load_checkpoint
from minisat.training.run_config import RunConfig

# Names of files that training writes; the captions and scores in a run's folder are evaluate's.
_OWN = ("config.json", "environment.json", "vocabulary.json", "best.safetensors", "last.safetensors",
        "neighbours.safetensors", "unstable-step-*", "samples/*", "plots/*")
_HOUR = 3600.0  # seconds: no file takes longer to write
MEASURED = ("train_loss", "train_reward", "seconds", "dev_loss", "bleu_1", "bleu_2", "bleu_3", "bleu_4", "cider_d")
PACKAGES = ("numpy", "pillow", "nltk", "matplotlib", "safetensors", "cupy-cuda12x", "cupy-cuda13x")


def environment():
    """Where this program runs, ready for JSON: versions, machine, thread settings, command line, UTC time."""
    versions = {}
    for package in PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    threads = {name: value for name, value in os.environ.items() if name.endswith("_NUM_THREADS")}
    return {"minisat": __version__, "python": platform.python_version(), "platform": platform.platform(),
            "cores": os.cpu_count(), "packages": versions, "threads": threads, "command": sys.argv,
            "started": datetime.now(timezone.utc).isoformat(timespec="seconds")}


class Run:
    """A run folder that exists. `config` is what its config.json says (RunConfig)."""

    def __init__(self, folder, config):
        self.folder = Path(folder)
        self.config = config
        self.best = self.folder / "best.safetensors"
        self.last = self.folder / "last.safetensors"
        self.samples = self.folder / "samples"
        self.plots = self.folder / "plots"
        self._metrics = self.folder / "metrics.jsonl"

    @classmethod
    def exists(cls, folder):
        """Whether `folder` holds a run."""
        return (Path(folder) / "config.json").exists()

    @classmethod
    def create(cls, folder, config, vocabulary):
        """A new run in `folder` (made if need be). UserError when a run is there already."""
        run = cls(folder, config)
        if cls.exists(folder):
            raise UserError(f"{folder} already holds a run: add --resume to go on with it, or choose another folder.")
        if run.folder.exists() and not run.folder.is_dir():
            raise UserError(f"{folder} is a file, not a folder for a run.")
        try:
            run.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"Cannot make the folder {folder}: {error.strerror or error}.") from error
        run.config = config = replace(config, vocabulary_hash=vocabulary.fingerprint)
        with run.locked():
            run.tidy()
            if cls.exists(folder):  # by another process, meanwhile
                raise UserError(f"{folder} already holds a run: choose another folder.")
            for leftover in (run._metrics, run.best, run.last):
                if leftover.exists():
                    raise UserError(f"{folder} holds {leftover.name} but no config.json: choose another folder.")
            write_json(run.folder / "environment.json", environment())
            vocabulary.save(run.folder / "vocabulary.json")
            write_json(run.folder / "config.json", config.to_dict())  # last: with it the run exists
        return run

    @classmethod
    def open(cls, folder):
        """The run in `folder`. UserError when there is none, or its config.json holds what no training writes."""
        if not cls.exists(folder):
            if Path(folder).is_file():
                raise UserError(f"{folder} is a file, and this needs a run's folder (an exported run is for caption, "
                                "serve, evaluate and --start).")
            inside = sorted(Path(folder).glob("*/config.json"))  # a demo's folder has its run inside
            meant = f" Did you mean {inside[0].parent}?" if inside else ""
            raise UserError(f"{folder} holds no run (no config.json in it).{meant}")
        file = Path(folder) / "config.json"
        return cls(folder, RunConfig.from_dict(read_json(file), file))

    def weights(self, which="best"):
        """{name: array} of the model: its "best" weights on dev, or its "last". UserError when they are not there."""
        if which not in ("best", "last"):
            raise UserError(f"A run has the weights best and last, not {which!r}.")
        if which == "best" and not self.best.exists():
            raise UserError(f"{self.folder} has no best.safetensors yet: its first epoch is not over.")
        tensors, _ = load_checkpoint(getattr(self, which))
        if which == "best":
            return tensors
        return {name[len("model."):]: array for name, array in tensors.items() if name.startswith("model.")}

    def vocabulary(self):
        """The run's Vocabulary. UserError when it is not the one that the run began with: its ids mean other words."""
        file = self.folder / "vocabulary.json"
        vocabulary = Vocabulary.load(file)
        known = self.config.vocabulary_hash
        if known is None:
            note(f"The run {self.folder} does not say which words it has learned, since an earlier version made it: "
                 f"that {file.name} is unchanged cannot be verified.")
        if len(vocabulary) != self.config.V or known not in (None, vocabulary.fingerprint):
            raise UserError(f"{file} does not hold the words that the run began with: put the old file back.")
        return vocabulary

    def locked(self):
        """A context in which no other process trains here. UserError at once when one does."""
        return locked(self.folder)

    def require(self):
        """UserError when the folder has vanished: what goes on training could never be used."""
        if not self.exists(self.folder):
            raise UserError(f"The run folder {self.folder} is gone, or its config.json: training stops here, and what "
                            "it learned since the last checkpoint is lost.")

    def tidy(self):
        """Remove the unfinished temporary files of a training that was killed, and of others' long ago."""
        own = {path for name in _OWN for path in self.folder.glob(f"{name.rpartition('/')[0] or '.'}/."
                                                                  f"{name.rpartition('/')[2]}.*.partial")}
        for path in self.folder.rglob(".*.partial"):
            with suppress(OSError):
                if path in own or time.time() - path.stat().st_mtime > _HOUR:
                    path.unlink()

    def log(self, **values):
        """Append one line to metrics.jsonl and see it to the disk. UserError when the folder has vanished."""
        self.require()
        try:
            with open(self._metrics, "a", encoding="utf-8") as file:
                file.write(json.dumps(values) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise UserError(f"Cannot write {self._metrics}: {error.strerror or error}.") from error

    def log_size(self):
        """The bytes in metrics.jsonl, which a checkpoint remembers."""
        return self._metrics.stat().st_size if self._metrics.exists() else 0

    def cut_log(self, size):
        """Forget what was logged after a checkpoint that remembered `size` bytes: it will come again."""
        if self.log_size() > size:
            os.truncate(self._metrics, size)

    def metrics(self):
        """The logged lines as dictionaries, oldest first; a torn last line is left out. UserError for a damaged one."""
        if not self._metrics.exists():
            return []
        lines = read_bytes(self._metrics).split(b"\n")[:-1]  # what follows the last line end is empty or torn
        return [self._logged(number, line) for number, line in enumerate(lines, 1)]

    def _logged(self, number, line):
        """The object in a line of metrics.jsonl; UserError when it is none, or its metrics are no numbers."""
        place = f"{self._metrics}, line {number},"
        try:
            found = json.loads(line.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise UserError(f"{place} is not what a training logged: it is no JSON.") from error
        check(found, {}, place)
        if "epoch" in found:
            check(found, {"epoch": int} | {f"{name}?": Either(float, None) for name in MEASURED}, place)
        return found
