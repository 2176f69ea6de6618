"""Do pretrained word vectors help a captioner? Random, CBOW, skip-gram and GloVe starts, frozen or tuned, in one table.

    python tests/benchmarks/bench_word_vectors_ablation.py DATA STORE --out FOLDER

DATA is a data set, STORE the feature store of its photos. The vectors are made from the training captions; every
captioner is the same but for its embedding (H = M = A = 256, six epochs). Two trainings, of one thread each, run at a
time. Stopped by Ctrl-C or kill, they save first; the same command goes on where it was.
FOLDER gets vectors/, runs/, logs/ (one file a training), results/ (its figures) and table.md, new after each training.
Recipe flags after `--` go to every training, for example `-- --min-count 1`.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

METHODS = ("random", "cbow", "skip-gram", "glove")
EMBEDDINGS = ("tuned", "frozen")


class Ablation:
    """The jobs, what they wait for, and what came of them."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.folder = Path(arguments.out)
        for name in ("vectors", "runs", "logs", "results"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
        path = os.pathsep.join([str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH", "")])
        self.environment = {**os.environ, **threads, "PYTHONPATH": path}
        self.lock, self.stopped, self.processes = threading.Lock(), False, set()

    def names(self):
        """(name, method, embedding, seed) of every training."""
        return [(f"{method}-{embedding}-{seed}", method, embedding, seed) for seed in self.arguments.seeds
                for method in self.arguments.methods for embedding in EMBEDDINGS]

    def minisat(self, log, *words):
        """Run `minisat WORDS`; its stdout. Both streams are added to logs/LOG.log, stdout once it is complete."""
        command = [sys.executable, "-m", "minisat", *map(str, words)]
        path = self.folder / "logs" / f"{log}.log"
        with open(path, "a", encoding="utf-8") as file:
            file.write(f"$ {' '.join(command)}\n")
            file.flush()
            with self.lock:
                if self.stopped:
                    raise InterruptedError("stopped")
                process = subprocess.Popen(command, env=self.environment, text=True, stdout=subprocess.PIPE,
                                           stderr=file, start_new_session=True)  # Ctrl-C reaches it through `stop`
                self.processes.add(process)
            out, _ = process.communicate()
            with self.lock:
                self.processes.discard(process)
            file.write(out)
        if process.returncode:
            raise RuntimeError(f"`minisat {words[0]}` ended with {process.returncode}, see {path}")
        return out

    def make_vectors(self, method):
        """The file of vectors of `method`, made unless it is there."""
        path = self.folder / "vectors" / f"{method}.txt"
        if not path.exists():
            a = self.arguments
            self.minisat(method, "word2vec", "train", a.data, "--method", method, "--dim", a.size, "--min-count",
                         a.min_count, "--epochs", a.vector_epochs, "--seed", 1, "--out", path)
        return path

    def train(self, name, method, embedding, seed):
        """Train and evaluate one captioner; its figures also go to results/NAME.json."""
        a, run, result = self.arguments, self.folder / "runs" / name, self.folder / "results" / f"{name}.json"
        if result.exists():
            return
        flags = ["--embedding-size", a.size, "--hidden-size", a.size, "--attention-size", a.size, "--epochs", a.epochs,
                 "--patience", 0, "--beam", 1, "--min-count", a.min_count, "--seed", seed, "--device", "cpu",
                 "--freeze-embedding", -1 if embedding == "frozen" else 0, *a.recipe_flags]
        if method != "random":
            flags += ["--word-vectors", self.folder / "vectors" / f"{method}.txt"]
        self.minisat(name, "train", a.data, "--features", a.store, "--run", run, "--resume", *flags)
        bleu = {}
        for beam in (1, a.beam):
            out = self.minisat(name, "evaluate", run, a.data, "--features", a.store, "--split", "dev", "--beam", beam,
                               "--device", "cpu", "--out", run / f"beam-{beam}", "--json")
            bleu[beam] = json.loads(out)["corpus"]["bleu_4"]
        lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
        epochs = [line for line in lines if line["kind"] == "epoch"]
        config = json.loads((run / "config.json").read_text(encoding="utf-8"))
        losses = [line["dev_loss"] for line in epochs]
        figures = {"first_loss": losses[0], "loss": min(losses), "greedy": bleu[1], "beam": bleu[a.beam],
                   "minutes": epochs[-1]["seconds"] / 60, "coverage": config.get("word_vectors", {}).get("coverage")}
        temporary = result.with_suffix(".partial")
        temporary.write_text(json.dumps(figures), encoding="utf-8")
        temporary.replace(result)
        self.say(f"{name}: dev loss {figures['loss']:.3f}, greedy BLEU-4 {100 * figures['greedy']:.2f}, "
                 f"{figures['minutes']:.1f} minutes")
        with self.lock:
            (self.folder / "table.md").write_text(self.table(), encoding="utf-8")

    def say(self, text):
        print(text, flush=True)

    def table(self):
        """The Markdown table of all results so far; the mean over seeds, and with several seeds its spread."""
        rows = [f"| word vectors at the start | embedding | dev loss, epoch 1 | lowest dev loss | greedy BLEU-4 | "
                f"beam {self.arguments.beam} BLEU-4 | minutes |",
                "| --- | --- | --- | --- | --- | --- | --- |"]
        for method in self.arguments.methods:
            for embedding in EMBEDDINGS:
                paths = [self.folder / "results" / f"{name}.json" for name, *kind, _ in self.names()
                         if kind == [method, embedding]]
                found = [json.loads(path.read_text(encoding="utf-8")) for path in paths if path.exists()]
                if found:
                    cells = [mean_of(found, key, scale, digits) for key, scale, digits in (
                        ("first_loss", 1, 3), ("loss", 1, 3), ("greedy", 100, 2), ("beam", 100, 2), ("minutes", 1, 1))]
                    rows.append(f"| {method} | {embedding} | {' | '.join(cells)} |")
        return "\n".join(rows) + "\n"

    def stop(self):
        """Start no more, and ask what runs to save and end."""
        with self.lock:
            self.stopped = True
            for process in self.processes:
                process.send_signal(signal.SIGINT)

    def run(self):
        """All jobs, so many at a time; returns the number that failed."""
        problems = []

        def attempt(job, *words):
            try:
                job(*words)
            except (RuntimeError, OSError, KeyError, ValueError) as error:
                problems.append(error)
                self.say(f"{words[0]}: {error}")

        try:
            for jobs in ([(self.make_vectors, method) for method in self.arguments.methods if method != "random"],
                         [(self.train, *job) for job in self.names()]):
                with ThreadPoolExecutor(self.arguments.jobs) as pool:
                    try:
                        list(pool.map(lambda job: attempt(*job), jobs))
                    except KeyboardInterrupt:
                        self.stop()
                        raise
        except KeyboardInterrupt:
            self.say("Stopped; the same command goes on.")
            return 130
        self.say("\n" + self.table())
        return len(problems)


def mean_of(found, key, scale, digits):
    """The mean of a figure over seeds as text, with its standard deviation where there are several."""
    values = [scale * figures[key] for figures in found]
    spread = f" ± {statistics.stdev(values):.{digits}f}" if len(values) > 1 and key != "minutes" else ""
    return f"{statistics.mean(values):.{digits}f}{spread}"


def main():
    """The command line."""
    argv, recipe_flags = sys.argv[1:], []
    if "--" in argv:
        cut = argv.index("--")
        argv, recipe_flags = argv[:cut], argv[cut + 1:]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", metavar="DATA")
    parser.add_argument("store", metavar="STORE")
    parser.add_argument("--out", required=True, metavar="FOLDER")
    parser.add_argument("--methods", nargs="+", default=METHODS, choices=METHODS)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--size", type=int, default=256, help="H = M = A (256)")
    parser.add_argument("--epochs", type=int, default=6, help="of the captioners (6)")
    parser.add_argument("--vector-epochs", type=int, default=20, help="of the word vectors (20)")
    parser.add_argument("--min-count", type=int, default=5, help="a word must occur this often in the captions (5)")
    parser.add_argument("--beam", type=int, default=5, help="width of the beam search at the end (5)")
    parser.add_argument("--jobs", type=int, default=2, help="trainings at a time, one thread each (2)")
    arguments = parser.parse_args(argv)
    arguments.recipe_flags = recipe_flags
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(Ablation(arguments).run())


if __name__ == "__main__":
    main()
