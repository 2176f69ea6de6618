"""`minisat run`: a trained run as one file to give away, and what such a file says of itself."""

import shlex
from pathlib import Path

from minisat.cli.answer import Answer
from minisat.cli.exit_codes import DONE, WRONG
from minisat.cli.parser import Action
from minisat.cli.progress import progress
from minisat.cli.setting_flags import whole
from minisat.errors import UserError
from minisat.files import try_file, write_text
from minisat.plots.alone import alone
from minisat.room import readable
from minisat.trained.exporting import COMPARED, export
from minisat.training import ExportedRun, load_run

HELP = """A trained run as one file, to be given away: `caption`, `serve`, `evaluate`, `minisat.load` and
`train --start` take it in place of the run's folder.

The file (safetensors) holds captioner, encoder and vocabulary, preprocessing and recipe, scores, what --consensus
needs, and the terms of the data it learnt from; the captioner's matrices in float16. Of the demo's captioner there is
also a page on which it runs by itself, in the browser alone."""
EXAMPLE = ("minisat run export runs/first --out first.safetensors\n  minisat run show first.safetensors\n"
           "  minisat run page runs/demo/run --out captioner.html")

LEAST_SAME, MOST_APART = 0.95, 0.002   # of captions; of BLEU and CIDEr-D, on 0..1 (CIDEr-D: 0..10)
_NAMES = {"bleu_1": "BLEU-1", "bleu_2": "BLEU-2", "bleu_3": "BLEU-3", "bleu_4": "BLEU-4", "cider_d": "CIDEr-D"}


def do_export(arguments):
    """Write, compare, say; exit code 1 when the file captions otherwise than the run."""
    out = Path(arguments.out)
    if out.suffix != ".safetensors":
        raise UserError(f"{out} should end in .safetensors.")
    try_file(out)
    made = export(arguments.run_folder, out, arguments.which, arguments.weights, arguments.data,
                  not arguments.no_neighbours, arguments.terms, arguments.compare, progress)
    lines = [f"{out}: {readable(made.bytes)}.", *_agreement(made.agreement), "", *made.run.terms, "",
             f"Try it: minisat caption {shlex.quote(str(out))} PHOTO"]
    value = {"file": str(out), "bytes": made.bytes, "terms": made.run.terms, "agreement": made.agreement}
    return Answer(value, "\n".join(lines), DONE if agrees(made.agreement) else WRONG)


def agrees(found):
    """Whether what `exporting.agreement` found (or None: nothing) is as near as it should be."""
    return found is None or found["same_captions"] >= LEAST_SAME and all(
        abs(found["scores"][key] - found["of_the_run"][key]) <= MOST_APART for key in COMPARED)


def _agreement(found):
    if found is None:
        return ["It was not held against the run: no dev photos were at hand (--data)."]
    table = [f"{'':<10}" + "".join(f"{_NAMES[key]:>9}" for key in COMPARED)]
    table += [f"{name:<10}" + "".join(f"{100 * scores[key]:>9.2f}" for key in COMPARED)
              for name, scores in (("the run", found["of_the_run"]), ("the file", found["scores"]))]
    return [f"On {found['photos']} photos of dev ({found['decoding']}) it says word for word what the run says of "
            f"{100 * found['same_captions']:.1f} %:", *table]


def show(arguments):
    """What a file says of itself."""
    run = ExportedRun.open(arguments.file)
    config, view = run.config, run.config.view
    kept = run.neighbours
    lines = [f"{arguments.file}: {config.recipe.model} on {view.encoder} ({view.grid}, {view.L} places of {view.D} "
             f"numbers), {config.V:,} words, {readable(run.best.stat().st_size)}",
             f"  consensus  {'with ' + format(len(kept[1]['names']), ',') + ' training photos' if kept else 'no'}"]
    for split, scores in run.scores.items():
        told = ", ".join(f"{_NAMES[key]} {100 * scores[key]:.1f}" for key in COMPARED if key in scores)
        lines.append(f"  {split:<10} {told} ({scores['photos']} photos, {scores['decoding']})")
    lines += ["", *_agreement(run.agreement), "", *run.terms]
    value = {"file": arguments.file, "config": config.to_dict(), "words": config.V, "scores": run.scores,
             "agreement": run.agreement, "terms": run.terms, "neighbours": len(kept[1]["names"]) if kept else 0}
    return Answer(value, "\n".join(lines))


def _export_arguments(parser):
    parser.add_argument("run_folder", metavar="RUN", help="folder of a trained run")
    parser.add_argument("--out", required=True, metavar="FILE", help="the .safetensors file to write")
    parser.add_argument("--which", default="best", choices=("best", "last"),
                        help="the run's best weights on dev, or its last (default best)")
    parser.add_argument("--weights", metavar="FILE",
                        help="the encoder's weights, where they are not at the place that the run remembers")
    parser.add_argument("--data", metavar="DATA", help="the data set, where it is not where the run remembers it")
    parser.add_argument("--no-neighbours", action="store_true",
                        help="leave out the training photos' mean features and captions: some 15 MB less, no consensus")
    parser.add_argument("--terms", metavar="TEXT", help="the terms of the data, in place of what is known of them")
    parser.add_argument("--compare", type=whole(0), default=300, metavar="N",
                        help="hold the file against the run on N photos of dev (default 300; 0: not at all)")


def page(arguments):
    """A page on which the captioner runs by itself."""
    run = load_run(arguments.run_folder)
    write_text(arguments.out, alone(run.model, run.vocabulary.words, run.config.recipe.max_words))
    return Answer({"file": arguments.out}, f"{arguments.out}: open it in a browser; it needs no server and no network.")


def _page_arguments(parser):
    parser.add_argument("run_folder", metavar="RUN", help="a run that `minisat demo` trained: runs/demo/run")
    parser.add_argument("--out", required=True, metavar="FILE", help="the HTML page to write")


ACTIONS = {
    "export": Action(do_export, _export_arguments, "write a run as one file, and hold it against the run",
                     "minisat run export runs/first --out first.safetensors"),
    "page": Action(page, _page_arguments, "write a page on which the demo's captioner runs by itself: draw a scene, "
                   "see what it says", "minisat run page runs/demo/run --out captioner.html"),
    "show": Action(show, lambda parser: parser.add_argument("file", metavar="FILE", help="an exported run"),
                   "what is in such a file: recipe, scores, terms", "minisat run show first.safetensors"),
}
