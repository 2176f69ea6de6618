"""Show and Tell, soft attention, hard attention and the notebooks' GRU on the same features: one table of dev scores.

    python tests/benchmarks/bench_captioners_table.py DATA STORE --out FOLDER

DATA is a data set, STORE the feature store of its photos. Every captioner is trained by its named recipe with
H = M = A = 256 for six epochs, two trainings of one thread each at a time, and captions dev with a beam of 5.
Stopped by Ctrl-C or kill, the trainings save first; the same command goes on where it was, and does nothing twice.
BLEU-4 and CIDEr-D stand beside their 95 % bootstrap intervals. FOLDER gets what trainings.py says. Flags after `--` go
to every training, for example `-- --min-count 1`; `--score` holds further flags for `minisat evaluate`.
"""

import argparse
import json
import shlex
import statistics
import sys

import numpy as np
from trainings import Trainings, listen, split_recipe_flags

from minisat.evaluation import References, drawn_scores
from minisat.text import tokenize

JOBS = ("soft-attention:0", "hard-attention:0", "soft-attention:1", "hard-attention:1", "show-and-tell:0",
        "gru-notebook:0")
COLUMNS = (("BLEU-1", "bleu_1", 100), ("BLEU-2", "bleu_2", 100), ("BLEU-3", "bleu_3", 100), ("BLEU-4", "bleu_4", 100),
           ("CIDEr-D", "cider_d", 1), ("ROUGE-L", "rouge_l", 100), ("METEOR", "meteor", 100),
           ("METEOR, exact + stem", "meteor_exact_stem", 100),
           ("METEOR, exact + stem + synonyms", "meteor_exact_stem_syn", 100))
WITH_INTERVAL = ("bleu_4", "cider_d")
RESAMPLES = 1000


class Table(Trainings):
    """One training for each job RECIPE:SEED."""

    def __init__(self, arguments):
        super().__init__(arguments.out, arguments.at_once)
        self.arguments = arguments

    def train(self, job):
        """Train and score one captioner."""
        a, (recipe, seed) = self.arguments, job.split(":")
        name = f"{recipe}-{seed}"
        run = self.folder / "runs" / name
        if self.figures(name):
            return
        sizes = [f"--{field}-size={a.size}" for field in ("embedding", "hidden", "attention")]
        self.minisat(name, "train", a.data, "--features", a.store, "--run", run, "--resume", "--recipe", recipe,
                     *sizes, "--epochs", a.epochs, "--patience", 0, "--seed", seed, "--device", "cpu", "--json",
                     *a.recipe_flags)
        out = self.minisat(name, "evaluate", run, a.data, "--features", a.store, "--split", "dev", "--beam", a.beam,
                           "--device", "cpu", "--json", *shlex.split(a.score))
        figures = {**training_figures(self.metrics(name), self.config(name)), "corpus": json.loads(out)["corpus"],
                   "intervals": intervals(run)}
        self.finish(name, figures, f"BLEU-4 {100 * figures['corpus']['bleu_4']:.2f}, "
                                   f"{figures['epoch_seconds']:.0f} s per epoch")

    def table(self):
        """The Markdown table of what is done, and hard attention's BLEU-4 as a share of soft attention's."""
        found = {job: self.figures(job.replace(":", "-")) for job in self.arguments.jobs}
        results = {job: figures for job, figures in found.items() if figures}
        columns = [column for column in COLUMNS if any(column[1] in found["corpus"] for found in results.values())]
        titles = ["recipe", "seed", *(title for title, _, _ in columns), "attention entropy on dev, nats",
                  "s per epoch"]
        rows = [titles, ["---"] * len(titles)]
        for job, found in results.items():
            entropy = "–" if found["entropy"] is None else f"{found['entropy']:.2f} of {found['most_entropy']:.2f}"
            rows.append([*job.split(":"), *(cell(found, key, scale) for _, key, scale in columns), entropy,
                         f"{found['epoch_seconds']:.0f}"])
        lines = ["| " + " | ".join(row) + " |" for row in rows]
        means = {recipe: [found["corpus"]["bleu_4"] for job, found in results.items() if job.split(":")[0] == recipe]
                 for recipe in ("soft-attention", "hard-attention")}
        if all(means.values()):
            soft, hard = (statistics.mean(values) for values in means.values())
            lines += ["", f"Hard attention reaches {100 * hard / soft:.1f} % of soft attention's BLEU-4 "
                          "(means over the seeds)."]
        return "\n".join(lines) + "\n"


def training_figures(lines, config):
    """Seconds per epoch (dev included), and the mean entropy of the last epoch's attention on dev beside log L."""
    ends = [0.0, *(line["seconds"] for line in lines if line["kind"] == "epoch")]
    entropies = [line["dev_attention_entropy"] for line in lines if "dev_attention_entropy" in line]
    return {"epoch_seconds": statistics.median(b - a for a, b in zip(ends, ends[1:])),
            "entropy": entropies[-1] if entropies else None, "most_entropy": float(np.log(config.view.L))}


def intervals(run):
    """{score: its 2.5 and 97.5 % quantiles when the dev photos are drawn again, with replacement}."""
    texts, references, scores = (json.loads((run / f"{kind}-dev.json").read_text(encoding="utf-8"))
                                 for kind in ("captions", "references", "scores"))
    captions = {name: tokenize(text, scores["tokenizer"]) for name, text in texts.items()}
    tokens = {name: [tokenize(text, scores["tokenizer"]) for text in references[name]] for name in texts}
    families = References(tokens, captions.values()).families(captions)
    N = len(captions)
    times = np.random.default_rng(0).multinomial(N, np.full(N, 1 / N), RESAMPLES)
    return {key: np.quantile(values, (0.025, 0.975)).tolist() for key, values in drawn_scores(families, times).items()}


def cell(found, key, scale):
    """One score as text, with its interval where that is wanted."""
    if key not in found["corpus"]:
        return "–"
    digits = 1 if scale == 100 else 3
    text = f"{scale * found['corpus'][key]:.{digits}f}"
    if key in WITH_INTERVAL:
        low, high = found["intervals"][key]
        text += f" ({scale * low:.{digits}f}–{scale * high:.{digits}f})"
    return text


def main():
    """The command line."""
    argv, recipe_flags = split_recipe_flags(sys.argv[1:])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", metavar="DATA")
    parser.add_argument("store", metavar="STORE")
    parser.add_argument("--out", required=True, metavar="FOLDER")
    parser.add_argument("--jobs", nargs="+", default=JOBS, metavar="RECIPE:SEED", help=f"({' '.join(JOBS)})")
    parser.add_argument("--size", type=int, default=256, help="H = M = A (256)")
    parser.add_argument("--epochs", type=int, default=6, help="passes over the training captions (6)")
    parser.add_argument("--beam", type=int, default=5, help="width of the beam search at the end (5)")
    parser.add_argument("--at-once", type=int, default=2, help="trainings at a time, one thread each (2)")
    parser.add_argument("--score", default="", metavar="FLAGS", help="further flags for `minisat evaluate`, in quotes")
    arguments = parser.parse_args(argv)
    arguments.recipe_flags = recipe_flags
    listen()
    table = Table(arguments)
    failed = table.run(table.train, [(job,) for job in arguments.jobs])
    print("\n" + table.table())
    sys.exit(failed)


if __name__ == "__main__":
    main()
