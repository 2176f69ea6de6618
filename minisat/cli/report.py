"""`minisat report`: several runs side by side, on one page."""

from pathlib import Path

import numpy as np

from minisat.cli.setting_flags import whole
from minisat.cli.shell import command
from minisat.data import read_dataset
from minisat.errors import UserError
from minisat.files import read_json, try_file
from minisat.plots.report import ReportedPhoto, ReportedRun, report
from minisat.training import Run
from minisat.vision import read_photo

HELP = ("Set runs side by side on one HTML page that needs nothing else: how they learned, what `minisat evaluate` "
        "scored, which choices differ, and their captions of the same photos.")
EXAMPLE = "minisat report runs/first runs/second --out report.html"
INPUTS = ("inputs", "encoder", "grid", "weights_hash", "feature_scale", "data", "V")  # of config.json


def add_arguments(parser):
    """The verb's flags."""
    parser.add_argument("runs", metavar="RUN", nargs="+", help="run folders")
    parser.add_argument("--out", default="report.html", metavar="FILE", help="the page (default report.html)")
    parser.add_argument("--split", default="dev", metavar="NAME",
                        help="whose captions are shown side by side (default dev)")
    parser.add_argument("--photos", type=whole(0), default=12, metavar="N",
                        help="show N photos, those on which the runs differ most (default 12)")


def run(arguments):
    """Gather, write, say."""
    try_file(arguments.out)
    opened = [Run.open(folder) for folder in arguments.runs]
    names = short_names(arguments.runs)
    runs = [reported(name, one) for name, one in zip(names, opened)]
    photos = same_photos(opened, runs, arguments.split, arguments.photos)
    about = f"{', '.join(arguments.runs)}. Made by minisat report."
    report(runs, photos, arguments.out, f"{len(runs)} runs side by side" if len(runs) > 1 else names[0], about)
    for one, folder in zip(runs, arguments.runs):
        if not one.scores:
            print(f"{folder} has no scores yet: "
                  f"{command('evaluate', folder, 'DATA', '--split', arguments.split)}")
    print(f"report: {arguments.out}")


def short_names(folders):
    """The end of each folder's path, as long as it takes to tell them apart."""
    paths = [Path(folder).resolve() for folder in folders]
    for length in range(1, max(len(path.parts) for path in paths)):
        names = ["/".join(path.parts[-length:]) for path in paths]
        if len(set(names)) == len(set(paths)):
            return names
    return list(folders)


def reported(name, run):
    """The ReportedRun of a Run, from what lies in its folder."""
    config, epochs = run.config, [line for line in run.metrics() if "epoch" in line]
    best = next((line for line in reversed(epochs) if line.get("best")), {})
    bleu = best.get("bleu_4")
    facts = {"model": config["recipe"]["model"], "sees": f"{config.get('encoder', '–')} {config.get('grid', '')}",
             "epochs": len(epochs), "best": best.get("epoch", "–"),
             "dev loss": "–" if best.get("dev_loss") is None else f"{best['dev_loss']:.3f}",
             "dev BLEU-4": "–" if bleu is None else f"{100 * bleu:.1f}",
             "minutes": f"{(epochs[-1].get('seconds') or 0) / 60:.0f}" if epochs else "–"}
    settings = {**config["recipe"], **{key: config[key] for key in INPUTS if key in config}}
    scores = {path.stem.removeprefix("scores-"): read_json(path) for path in sorted(run.folder.glob("scores-*.json"))}
    return ReportedRun(name, facts, settings, epochs, scores)


def same_photos(opened, runs, split, count):
    """ReportedPhotos of `split` on which the runs' own CIDEr-D (or BLEU-4) differ most; [] unless all have captions."""
    files = [run.folder / f"captions-{split}.json" for run in opened]
    if not count or not all(path.exists() for path in files) or not all(split in run.scores for run in runs):
        return []
    captions = [read_json(path) for path in files]
    references = read_json(opened[0].folder / f"references-{split}.json")
    names = [name for name in captions[0] if all(name in own for own in captions)]
    scored = [run.scores[split]["per_image"] for run in runs]
    measure = "cider_d" if all("cider_d" in own[name] for own in scored for name in names) else "bleu_4"
    values = np.array([[own[name][measure] for name in names] for own in scored])
    paths = photo_paths(opened[0].config.get("data"))
    chosen = np.argsort(-np.ptp(values, axis=0), kind="stable")[:count] if names else []
    return [ReportedPhoto(names[i], _photo(paths.get(names[i])), [own[names[i]] for own in captions],
                          references.get(names[i], [])) for i in chosen]


def photo_paths(data):
    """{photo name: path} of the data set that a run remembers; {} where it is no longer there."""
    try:
        return {photo.name: photo.path for photo in read_dataset(data).photos}
    except UserError:
        return {}


def _photo(path):
    try:
        return read_photo(path) if path else None
    except UserError:
        return None
