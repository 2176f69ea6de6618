"""Many trainings, some at a time: `minisat` in processes of one thread each, that can be stopped and gone on with."""

import json
import os
import shlex
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


class Trainings:
    """Jobs that run `minisat` in `folder`, and what came of them.

    The folder gets runs/, logs/ (one file a job), results/ (a job's figures, which also say that it is done) and
    table.md, new after each job: a subclass says what is in it by `table()`.
    """

    def __init__(self, folder, at_once):
        self.folder, self.at_once = Path(folder), at_once
        for name in ("runs", "logs", "results"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
        path = os.pathsep.join([str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH", "")])
        self._environment = {**os.environ, **threads, "PYTHONPATH": path}
        self._lock, self._stopped, self._processes = threading.Lock(), False, set()

    def minisat(self, log, *words):
        """Run `minisat WORDS`; its stdout. Both streams are added to logs/LOG.log, stdout once it is complete."""
        command = [sys.executable, "-m", "minisat", *map(str, words)]
        path = self.folder / "logs" / f"{log}.log"
        with open(path, "a", encoding="utf-8") as file:
            file.write(f"$ {shlex.join(command)}\n")
            file.flush()
            with self._lock:
                if self._stopped:
                    raise InterruptedError("stopped")
                process = subprocess.Popen(command, env=self._environment, text=True, stdout=subprocess.PIPE,
                                           stderr=file, start_new_session=True)  # Ctrl-C reaches it through `_stop`
                self._processes.add(process)
            out, _ = process.communicate()
            with self._lock:
                self._processes.discard(process)
            file.write(out)
        if process.returncode:
            raise RuntimeError(f"`minisat {words[0]}` ended with {process.returncode}, see {path}")
        return out

    def figures(self, name):
        """What `finish` kept of the job `name`; None as long as it is not done."""
        path = self.folder / "results" / f"{name}.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None

    def finish(self, name, figures, summary):
        """The job `name` is done: keep its figures, say the summary, write the table anew."""
        temporary = self.folder / "results" / f"{name}.partial"
        temporary.write_text(json.dumps(figures, indent=1), encoding="utf-8")
        temporary.replace(temporary.with_suffix(".json"))
        with self._lock:
            print(f"{name}: {summary}", flush=True)
            (self.folder / "table.md").write_text(self.table(), encoding="utf-8")

    def metrics(self, name):
        """The lines of the run's metrics.jsonl."""
        text = (self.folder / "runs" / name / "metrics.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    def config(self, name):
        """The run's config.json."""
        return json.loads((self.folder / "runs" / name / "config.json").read_text(encoding="utf-8"))

    def _stop(self):
        """Start no more, and ask what runs to save and end."""
        with self._lock:
            self._stopped = True
            for process in self._processes:
                process.send_signal(signal.SIGINT)

    def run(self, job, entries):
        """`job(*entry)` for every entry, so many at a time; returns how many failed. Ctrl-C saves, stops and exits."""
        failed = []

        def attempt(entry):
            try:
                job(*entry)
            except Exception as error:  # one training that fails must not take the others along
                failed.append(entry)
                print(f"{entry[0]}: {error}", flush=True)

        with ThreadPoolExecutor(self.at_once) as pool:
            try:
                list(pool.map(attempt, entries))
            except KeyboardInterrupt:
                self._stop()
                print("Stopped; the same command goes on.", flush=True)
                sys.exit(130)
        return len(failed)


def split_recipe_flags(argv):
    """Command-line words → (those before `--`, those behind it: recipe flags for every training)."""
    cut = argv.index("--") if "--" in argv else len(argv)
    return argv[:cut], argv[cut + 1:]


def listen():
    """Let SIGTERM do what Ctrl-C does."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
