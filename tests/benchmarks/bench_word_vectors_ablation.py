"""Do pretrained word vectors help a captioner? Random, CBOW, skip-gram and GloVe starts, frozen or tuned, in one table.

    python tests/benchmarks/bench_word_vectors_ablation.py DATA STORE --out FOLDER

DATA is a data set, STORE the feature store of its photos. The vectors are made from the training captions; every
captioner is the same but for its embedding (H = M = A = 256, six epochs). Two trainings, of one thread each, run at a
time. Stopped by Ctrl-C or kill, they save first; the same command goes on where it was.
FOLDER gets vectors/ and what trainings.py says. Recipe flags after `--` go to every training, for example
`-- --min-count 1`.
"""

import argparse
import json
import statistics
import sys

from trainings import Trainings, listen, split_recipe_flags

METHODS = ("random", "cbow", "skip-gram", "glove")
EMBEDDINGS = ("tuned", "frozen")
COLUMNS = (("first_loss", 1, 3), ("loss", 1, 3), ("greedy", 100, 2), ("beam", 100, 2), ("minutes", 1, 1))


class Ablation(Trainings):
    """One training for every way to start the embedding, frozen or not, and seed."""

    def __init__(self, arguments):
        super().__init__(arguments.out, arguments.jobs)
        self.arguments = arguments
        (self.folder / "vectors").mkdir(exist_ok=True)

    def entries(self):
        """(name, method, embedding, seed) of every training."""
        return [(f"{method}-{embedding}-{seed}", method, embedding, seed) for seed in self.arguments.seeds
                for method in self.arguments.methods for embedding in EMBEDDINGS]

    def vectors(self, method):
        """The file of vectors of `method`."""
        return self.folder / "vectors" / f"{method}.txt"

    def make_vectors(self, method):
        """Make the vectors of `method` unless they are there."""
        a = self.arguments
        if not self.vectors(method).exists():
            self.minisat(method, "word2vec", "train", a.data, "--method", method, "--dim", a.size, "--min-count",
                         a.min_count, "--epochs", a.vector_epochs, "--seed", 1, "--out", self.vectors(method))

    def train(self, name, method, embedding, seed):
        """Train and evaluate one captioner."""
        if self.figures(name):
            return
        a, run = self.arguments, self.folder / "runs" / name
        flags = ["--embedding-size", a.size, "--hidden-size", a.size, "--attention-size", a.size, "--epochs", a.epochs,
                 "--patience", 0, "--beam", 1, "--min-count", a.min_count, "--seed", seed, "--device", "cpu",
                 "--freeze-embedding", -1 if embedding == "frozen" else 0, *a.recipe_flags]
        if method != "random":
            flags += ["--word-vectors", self.vectors(method)]
        self.minisat(name, "train", a.data, "--features", a.store, "--run", run, "--resume", *flags)
        bleu = {}
        for beam in (1, a.beam):
            out = self.minisat(name, "evaluate", run, a.data, "--features", a.store, "--split", "dev", "--beam", beam,
                               "--device", "cpu", "--out", run / f"beam-{beam}", "--json")
            bleu[beam] = json.loads(out)["corpus"]["bleu_4"]
        epochs = [line for line in self.metrics(name) if line["kind"] == "epoch"]
        losses = [line["dev_loss"] for line in epochs]
        figures = {"first_loss": losses[0], "loss": min(losses), "greedy": bleu[1], "beam": bleu[a.beam],
                   "minutes": epochs[-1]["seconds"] / 60,
                   "coverage": self.config(name).get("word_vectors", {}).get("coverage")}
        self.finish(name, figures, f"dev loss {figures['loss']:.3f}, greedy BLEU-4 {100 * figures['greedy']:.2f}, "
                                   f"{figures['minutes']:.1f} minutes")

    def table(self):
        """The Markdown table of all results so far; the mean over seeds, and with several seeds its spread."""
        rows = [f"| word vectors at the start | embedding | dev loss, epoch 1 | lowest dev loss | greedy BLEU-4 | "
                f"beam {self.arguments.beam} BLEU-4 | minutes |",
                "| --- | --- | --- | --- | --- | --- | --- |"]
        for method in self.arguments.methods:
            for embedding in EMBEDDINGS:
                found = [self.figures(name) for name, *kind, _ in self.entries() if kind == [method, embedding]]
                if found := [figures for figures in found if figures]:
                    cells = [mean_of(found, *column) for column in COLUMNS]
                    rows.append(f"| {method} | {embedding} | {' | '.join(cells)} |")
        return "\n".join(rows) + "\n"


def mean_of(found, key, scale, digits):
    """The mean of a figure over seeds as text, with its standard deviation where there are several."""
    values = [scale * figures[key] for figures in found]
    spread = f" ± {statistics.stdev(values):.{digits}f}" if len(values) > 1 and key != "minutes" else ""
    return f"{statistics.mean(values):.{digits}f}{spread}"


def main():
    """The command line."""
    argv, recipe_flags = split_recipe_flags(sys.argv[1:])
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
    listen()
    ablation = Ablation(arguments)
    failed = ablation.run(ablation.make_vectors, [(method,) for method in arguments.methods if method != "random"])
    failed += ablation.run(ablation.train, ablation.entries())
    print("\n" + ablation.table())
    sys.exit(failed)


if __name__ == "__main__":
    main()
