"""`minisat report`: several runs side by side, on one page."""

from pathlib import Path

from minisat.cli.answer import Answer
from minisat.cli.browser import add_open_flag, show
from minisat.cli.report_photos import same_photos, scored_alike
from minisat.cli.setting_flags import whole
from minisat.cli.shell import command
from minisat.files import read_json, try_file
from minisat.plots.report import ReportedRun, report
from minisat.training import Run

HELP = ("Set runs side by side on one HTML page that needs nothing else: how they learnt, what `minisat evaluate` "
        "scored, which choices differ, and their captions of the same photos.")
EXAMPLE = "minisat report runs/first runs/second --out report.html"
SCORES = {"corpus": {str: float}, "images": int, "per_image": {str: {str: float}}}


def add_arguments(parser):
    """The verb's flags."""
    parser.add_argument("runs", metavar="RUN", nargs="+", help="run folders")
    parser.add_argument("--out", default="report.html", metavar="FILE", help="the page (default report.html)")
    parser.add_argument("--split", metavar="NAME",
                        help="whose captions are shown side by side (default: dev, or what all runs have)")
    parser.add_argument("--photos", type=whole(0), default=12, metavar="N",
                        help="show N photos, those on which the runs differ most (default 12)")
    add_open_flag(parser)


def run(arguments):
    """Gather, write, say."""
    try_file(arguments.out)
    opened = [Run.open(folder) for folder in arguments.runs]
    names = short_names(arguments.runs)
    runs = [reported(name, one) for name, one in zip(names, opened)]
    photos, said = same_photos(opened, runs, arguments.split, arguments.photos)
    unlike = [split for split in {split for one in runs for split in one.scores} if not scored_alike(opened, split)]
    about = f"{', '.join(arguments.runs)}. Made by minisat report."
    title = f"{len(runs)} runs side by side" if len(runs) > 1 else f"The run {names[0]}"
    report(runs, photos, arguments.out, title, about, said, unlike)
    lines = []
    if said.startswith("Left out") or "are left out" in said:
        lines.append(f"Captions side by side: {said}")
    lines += [f"The runs were scored on different photos or references of {split}: their scores cannot be compared."
              for split in sorted(unlike)]
    lines += [f"{folder} has no scores yet: {command('evaluate', folder, 'DATA', '--split', arguments.split or 'dev')}"
              for one, folder in zip(runs, arguments.runs) if not one.scores]
    return Answer(text="\n".join([*lines, show(arguments.out) if arguments.open else f"report: {arguments.out}"]))


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
    facts = {"model": config.recipe.model, "sees": f"{config.view.encoder} {config.view.grid}", "epochs": len(epochs),
             "best": best.get("epoch", "–"),
             "dev loss": "–" if best.get("dev_loss") is None else f"{best['dev_loss']:.3f}",
             "dev BLEU-4": "–" if bleu is None else f"{100 * bleu:.1f}",
             "minutes": f"{(epochs[-1].get('seconds') or 0) / 60:.0f}" if epochs else "–"}
    scores = {path.stem.removeprefix("scores-"): read_json(path, SCORES)
              for path in sorted(run.folder.glob("scores-*.json"))}
    return ReportedRun(name, facts, config.choices(), epochs, scores)
