"""Captions and looks of several captioners, some seeds of each: one table, and every row tested against the first.

    python tests/benchmarks/bench_looks.py DATA STORE --out FOLDER \\
        "today's default=runs/flat_s0,runs/flat_s1" "word in the query=runs/word_s0,runs/word_s1"

STORE is the feature store of DATA's photos. Each run is evaluated once, beam 5, with `--occlusion`; the same command
goes on where it was, evaluates runs that are new or have learnt on, and passes over those that are not there yet.
FOLDER gets what trainings.py says, and evaluated/. `--score` holds further flags for `minisat evaluate`.

Intervals are for other photos and other seeds: a bootstrap that draws the photos with replacement, the same for all
runs, and from each row's S seeds S − 1 with replacement (Rao and Wu 1988: one fewer, as S drawn ones would vary too
little). A row of one seed knows nothing of other seeds, and is marked. p: twice the share of these draws in which the
difference to the first row has the other sign.
"""

import argparse
import json
import shlex
import sys
from pathlib import Path

import numpy as np
from trainings import Trainings, listen

from minisat.evaluation import References, corpus_scores, drawn_scores, find_resources
from minisat.evaluation.bootstrap import resamples
from minisat.text import tokenize
from minisat.vision.weights import file_hash

ROUNDS = 2000
SCORES = {f"bleu_{n}": (f"BLEU-{n}", 100) for n in (1, 2, 3, 4)} | {"cider_d": ("CIDEr-D", 100),
                                                                    "meteor": ("METEOR", 100)}
LOOKS = {"entropy": ("entropy, nats", 1), "one_place": ("at one place, %", 100), "border": ("at the border, %", 100),
         "sentinel": ("sentinel, %", 100)}
OCCLUSION = {"photo": ("occlusion, photo", 1), "look": ("occlusion, look", 1)}
COLUMNS = SCORES | LOOKS | OCCLUSION


class LooksTable(Trainings):
    """Every run evaluated once."""

    def __init__(self, arguments):
        super().__init__(arguments.out, arguments.at_once)
        self.arguments, self.complete = arguments, False

    def evaluate(self, name, run):
        """Caption and measure one run, unless that has been done with these weights and flags."""
        a = self.arguments
        key = {"weights": file_hash(Path(run) / "best.safetensors"), "split": a.split, "flags": a.score}
        if self.figures(name) == key:
            return
        out = self.folder / "evaluated" / name
        self.minisat(name, "evaluate", run, a.data, "--features", a.store, "--split", a.split, "--no-yardsticks",
                     "--device", "cpu", "--occlusion", "--out", out, "--json", *shlex.split(a.score))
        self.finish(name, key, "evaluated")

    def table(self):
        """The Markdown of all rows whose runs are evaluated; only at the end, as METEOR takes its time."""
        return describe(self.rows()) if self.complete else "Runs are being evaluated.\n"

    def rows(self):
        """{row: its seeds' (figures, draws)}, see `measured`."""
        done = {row: [self.folder / "evaluated" / name for name, _ in runs if self.figures(name)]
                for row, runs in self.arguments.rows.items()}
        folders = [folder for row in done.values() for folder in row]
        if not folders:
            return {}
        found = dict(zip(folders, measured(folders, self.arguments.split)))
        return {row: [found[folder] for folder in of_row] for row, of_row in done.items() if of_row}


def measured(folders, split):
    """[(figures {column: value}, draws {column: (ROUNDS,)})] of what `minisat evaluate` wrote into the folders.

    Draw k is of the same photos for all.
    """
    captions, references, scores = ([json.loads((folder / f"{kind}-{split}.json").read_text(encoding="utf-8"))
                                     for folder in folders] for kind in ("captions", "references", "scores"))
    if any(list(one["per_image"]) != list(scores[0]["per_image"]) for one in scores):
        sys.exit("The runs have captioned different photos: there is nothing to compare.")
    names, tokenizer = list(references[0]), scores[0]["tokenizer"]
    tokens = [{name: tokenize(one[name], tokenizer) for name in names} for one in captions]
    ready = References({name: [tokenize(text, tokenizer) for text in references[0][name]] for name in names},
                       [words for one in tokens for words in one.values()], find_resources())
    times = resamples(len(names), ROUNDS)
    result = []
    for cut, one in zip(tokens, scores):
        families = ready.families(cut)
        figures, draws = corpus_scores(families), drawn_scores(families, times)
        own = {**{key: ("looks", key) for key in LOOKS}, **{way: ("occlusion", way) for way in OCCLUSION}}
        for column, (table, key) in own.items():
            figures[column], draws[column] = of_photos(one.get(table, {}).get("per_image", {}), key)
        result.append(({key: figures[key] for key in COLUMNS if figures.get(key) is not None},
                       {key: draws[key] for key in COLUMNS if draws.get(key) is not None}))
    return result


def of_photos(per_image, key):
    """(mean, (ROUNDS,) means of draws) of one figure a photo; (None, None) where no photo has it."""
    values = np.array([of_photo.get(key, np.nan) for of_photo in per_image.values()], np.float64)
    there = np.isfinite(values)
    if not there.any():
        return None, None
    mean, times = float(values[there].mean()), resamples(len(values), ROUNDS)[:, there]
    drawn = times.sum(axis=1)
    return mean, np.where(drawn > 0, times @ values[there] / np.maximum(drawn, 1), mean)


def over_seeds(seeds, column, rng):
    """(mean of the seeds, (ROUNDS,) means of drawn seeds); None where not every seed has this column."""
    if not all(column in figures for figures, _ in seeds):
        return None
    draws, S = np.array([draws[column] for _, draws in seeds]), len(seeds)
    drawn = rng.integers(0, S, (max(S - 1, 1), ROUNDS))
    return float(np.mean([figures[column] for figures, _ in seeds])), draws[drawn, np.arange(ROUNDS)].mean(axis=0)


def describe(rows):
    """The Markdown: every row's figures with intervals, then the differences to the first row with p."""
    if not rows:
        return "No run is there yet.\n"
    pooled = {row: {column: over_seeds(seeds, column, np.random.default_rng([k, 7])) for column in COLUMNS}
              for k, (row, seeds) in enumerate(rows.items())}
    columns = [column for column in COLUMNS if any(of_row[column] for of_row in pooled.values())]
    first, *others = rows
    head = ["captioner", "seeds", *(COLUMNS[column][0] for column in columns)]
    lines = [head, ["---"] * len(head)]
    for row, seeds in rows.items():
        lines.append([row, f"{len(seeds)}{'' if len(seeds) > 1 else ' (photos alone)'}",
                      *(spanned(pooled[row][column], COLUMNS[column][1]) for column in columns)])
    text = as_markdown(lines)
    if others:
        lines = [[f"less {first}", *head[2:]], ["---"] * (len(head) - 1)]
        for row in others:
            lines.append([row, *(difference(pooled[first][column], pooled[row][column], COLUMNS[column][1])
                                 for column in columns)])
        text += "\n" + as_markdown(lines)
    return text


def spanned(pooled, scale):
    """A figure with its 95 % interval."""
    if pooled is None:
        return "–"
    mean, draws = pooled
    low, high = np.quantile(draws, (0.025, 0.975))
    digits = 1 if scale == 100 else 3
    return f"{scale * mean:.{digits}f} ({scale * low:.{digits}f} to {scale * high:.{digits}f})"


def difference(first, second, scale):
    """second − first with its interval and p."""
    if first is None or second is None:
        return "–"
    draws = second[1] - first[1]
    p = min(1.0, 2 * (1 + min((draws <= 0).sum(), (draws >= 0).sum())) / (1 + ROUNDS))
    return f"{spanned((second[0] - first[0], draws), scale)} p {p:.3f}"


def as_markdown(lines):
    """Rows of cells as a table."""
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def row_of(text):
    """ROW=RUN,RUN → (row, [(name in the results, run folder)])."""
    row, equals, runs = text.rpartition("=")
    if not equals or not row:
        raise argparse.ArgumentTypeError("must be NAME=RUN,RUN,…")
    paths = [Path(run).resolve() for run in runs.split(",")]
    return row, [(f"{path.parent.name}-{path.name}", path) for path in paths]


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", metavar="DATA")
    parser.add_argument("store", metavar="STORE")
    parser.add_argument("rows", nargs="+", type=row_of, metavar="NAME=RUN,RUN", help="a row of the table and its seeds")
    parser.add_argument("--out", required=True, metavar="FOLDER")
    parser.add_argument("--split", default="dev", help="(dev)")
    parser.add_argument("--at-once", type=int, default=1, help="evaluations at a time, one thread each (1)")
    parser.add_argument("--score", default="", metavar="FLAGS", help="further flags for `minisat evaluate`, in quotes")
    arguments = parser.parse_args()
    arguments.rows = dict(arguments.rows)
    listen()
    table = LooksTable(arguments)
    runs = [entry for of_row in arguments.rows.values() for entry in of_row]
    for _, run in runs:
        if not (run / "best.safetensors").is_file():
            print(f"{run} is not there yet.", file=sys.stderr)
    failed = table.run(table.evaluate, [entry for entry in runs if (entry[1] / "best.safetensors").is_file()])
    table.complete = True
    text = table.table()
    (table.folder / "table.md").write_text(text, encoding="utf-8")
    print("\n" + text)
    sys.exit(failed)


if __name__ == "__main__":
    main()
