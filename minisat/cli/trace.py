"""`minisat trace`: record a training step, step through it, check it, compare two."""

from pathlib import Path

from minisat.captioner.recipe import MODELS
from minisat.cli.answer import Answer
from minisat.cli.browser import add_open_flag, show
from minisat.cli.colour import green, red
from minisat.cli.exit_codes import DONE, WRONG
from minisat.cli.parser import Action
from minisat.cli.setting_flags import COUNT, SEED, number, whole
from minisat.cli.shell import command
from minisat.cli.trace_runs import run_step
from minisat.errors import UserError
from minisat.files import try_file
from minisat.plots.stepper import stepper
from minisat.room import readable
from minisat.teaching.learnt_step import learnt_step
from minisat.trace import (
    Unreadable,
    asked,
    compare,
    demo_step,
    guilty_frames,
    matching,
    numbers_beside,
    printable,
    read_trace,
    record_step,
    red_frames,
    walk,
    why_facts,
    why_lines,
    write_trace,
)

HELP = ("Backprop, step by step: record one training step of a captioner, look at every layer's values, gradients and "
        "formulas, forwards and backwards, see which layer's backward is wrong, and ask of any number why it is what "
        "it is.")
EXAMPLE = ("minisat trace record --out step.json\n  minisat trace check step.json\n  minisat trace step step.json\n"
           "  minisat trace why step.json \"L_o backward\" 'dW[3,5]'")

LIMITS = "A step shows an error only in what it exercises: other captions, sizes and recipes may show more."


def record(arguments):
    """Record a step of a demo captioner, or of a run, and write it with its page."""
    path = Path(arguments.out)
    if path.suffix == ".html":
        raise UserError(f"{path} is the page's name; give the trace's, such as {path.with_suffix('.json')}.")
    page, beside = path.with_suffix(".html"), path.with_suffix(".npz")
    try_file(path)
    if arguments.run_folder:
        *step, options = run_step(arguments.run_folder, arguments.captions, arguments.seed)
    elif arguments.fresh:
        step, options = demo_step(arguments.model, arguments.captions, arguments.seed), {}
    else:
        yield "A small captioner learns in the toy world for some seconds ..."
        step, options = learnt_step(arguments.model, arguments.captions, arguments.seed)
    checks = () if arguments.no_checks else ("local", "global")
    if checks:
        yield "Recording a step and holding every call against numbers ..."
    document, arrays = record_step(*step, rng=arguments.seed, checks=checks, **options)
    write_trace(path, document, arrays if arguments.arrays else None)
    stepper(document, page, f"One training step of {_captioner(document)}")
    sizes = {str(file): file.stat().st_size for file in [path, page] + [beside] * arguments.arrays}
    frames, wrong = len(document["frames"]), red_frames(document)
    return Answer({"trace": str(path), "page": str(page), "bytes": sizes, "frames": frames, "red": wrong},
                  f"{_count(wrong, frames)}: " + ", ".join(f"{file} ({readable(size)})" for file, size in sizes.items())
                  + f". {show(page) if arguments.open else 'Open the page in a browser.'} To step in the terminal: "
                  + command("trace", "step", path)
                  + f"\n{LIMITS}" * bool(checks))


def _count(wrong, frames):
    said = f"{frames} frames, {len(wrong)} of them red"
    return red(said) if wrong else said


def _captioner(document):
    """What the trace is of: the captioner's class, or the outermost one."""
    return next((frame["class"] for frame in document["frames"] if frame["path"].endswith("captioner")),
                document["about"].get("model", "a model"))


def step(arguments):
    """Walk through a trace in the terminal."""
    document = read_trace(arguments.file)
    walk(document, recorded=numbers_beside(arguments.file, document))
    return Answer()


def why(arguments):
    """Why an entry is what it is."""
    document = read_trace(arguments.file)
    recorded, count = numbers_beside(arguments.file, document), len(document["frames"])
    found = [int(arguments.frame)] if arguments.frame.isdecimal() else matching(document, arguments.frame)
    if not found or found[0] >= count:
        raise UserError(f"No frame is {arguments.frame!r}: give a number up to {count - 1}, or words of its layer, "
                        "class and pass, such as \"score backward\".")
    frame = document["frames"][found[0]]
    place = asked(recorded, found[0], arguments.entry)
    try:
        facts = why_facts(recorded, place, arguments.terms)
    except Unreadable:
        facts = None
    lines = [f"frame {frame['index']}, {frame['path']} {frame['phase']}", *why_lines(recorded, place, arguments.terms)]
    return Answer(facts, printable("\n".join(lines)))


def html(arguments):
    """Write a trace's page."""
    document = read_trace(arguments.file)
    out = Path(arguments.out or Path(arguments.file).with_suffix(".html"))
    if out.exists() and out.samefile(arguments.file):
        raise UserError(f"{out} is the trace itself: name another file for the page with --out.")
    stepper(document, out, f"One training step of {_captioner(document)}")
    return Answer(text=show(out) if arguments.open else f"Open {out} in a browser.")


def check(arguments):
    """The red frames; exit code 1 when there are any."""
    document = read_trace(arguments.file)
    wrong, guilty = red_frames(document, arguments.kind), set(guilty_frames(document, arguments.kind))
    lines = []
    for index in wrong:
        frame = document["frames"][index]
        time = "" if frame["t"] is None else f" t{frame['t'] + 1}"
        said = frame.get(arguments.kind, {}).get("text", "a number is not finite, or an exception ended it")
        blame = red("GUILTY") if index in guilty else "      "
        lines.append(f"{blame} " + printable(f"{index:>4} {frame['path']} {frame['phase']}{time}: {said}"))
        lines += [printable(f"{'':>12}{name}: {pattern}") for name, _, pattern in frame.get("numbers", ()) if pattern]
    count = f"{len(wrong)} of {len(document['frames'])} frames are red."
    lines.append(f"{red(count) if wrong else green(count)} {LIMITS}")
    return Answer({"red": wrong, "guilty": sorted(guilty)}, "\n".join(lines), WRONG if wrong else DONE)


def diff(arguments):
    """Where two traces part; exit code 1 when they do."""
    rows = compare(read_trace(arguments.file), read_trace(arguments.other), arguments.tolerance)
    lines = []
    for row in rows[:arguments.most]:
        time = "" if row["t"] is None else f" t{row['t'] + 1}"
        size = row["difference"] if isinstance(row["difference"], str) else f"{row['difference']:.1e}"
        frame = "-" if row["frame"] is None else row["frame"]
        lines.append(printable(f"{frame:>4} {row['path']} {row['phase']}{time}: {row['what']} {row['name']} "
                               f"{size}".rstrip()))
    lines.append(f"{len(rows)} differences." if rows else "No difference.")
    return Answer(rows, "\n".join(lines), WRONG if rows else DONE)


def _record_arguments(parser):
    parser.add_argument("--out", default="trace.json", metavar="FILE", help="where to (default trace.json)")
    parser.add_argument("--run", metavar="DIR", dest="run_folder", help="a run's captioner on its data's first photos "
                        "(default: a small captioner that learns in the toy world for some seconds)")
    parser.add_argument("--fresh", action="store_true", help="instead one that has learnt nothing yet, and the CNN "
                        "before it: from the pixels on")
    parser.add_argument("--model", default=MODELS[0], choices=MODELS, help="of the toy world's captioner")
    parser.add_argument("--captions", type=COUNT, default=2, metavar="N", help="in the batch (default 2)")
    parser.add_argument("--seed", type=SEED, default=0, help="of everything drawn (default 0)")
    parser.add_argument("--arrays", action="store_true",
                        help="also write every array in full precision into an .npz beside it, for NumPy (hundreds of "
                             "megabytes for a full-size run)")
    parser.add_argument("--no-checks", action="store_true",
                        help="record only (for a full-size run the checks take minutes)")
    add_open_flag(parser)


def _file_arguments(parser):
    parser.add_argument("file", metavar="FILE", help="a trace, as `record` writes it")


def _why_arguments(parser):
    _file_arguments(parser)
    parser.add_argument("frame", metavar="FRAME", help="its number, or words of its layer, class and pass: the first "
                        "such frame")
    parser.add_argument("entry", metavar="ENTRY", help="such as 'dW[3,5]'; of what, it tells where it does not know "
                        "the name")
    parser.add_argument("--terms", type=COUNT, default=4, metavar="N", help="written out, largest first (default 4)")


def _html_arguments(parser):
    _file_arguments(parser)
    parser.add_argument("--out", metavar="FILE", help="the page (default: beside the trace)")
    add_open_flag(parser)


def _check_arguments(parser):
    _file_arguments(parser)
    parser.add_argument("--kind", default="local", choices=("local", "global"), help="which check (default local)")


def _diff_arguments(parser):
    _file_arguments(parser)
    parser.add_argument("other", metavar="OTHER", help="another trace")
    parser.add_argument("--tolerance", type=number(least=0), default=1e-3,
                        help="largest relative difference (default 1e-3)")
    parser.add_argument("--most", type=whole(0), default=40, metavar="N", help="lines printed (default 40)")


ACTIONS = {
    "record": Action(record, _record_arguments, "record one training step and write its page",
                     "minisat trace record --out step.json"),
    "step": Action(step, _file_arguments, "step through a trace in the terminal", "minisat trace step step.json",
                   json=""),
    "why": Action(why, _why_arguments, "say which entries made an entry of a trace, and where these were made",
                  "minisat trace why step.json \"L_o backward\" 'dW[3,5]'"),
    "html": Action(html, _html_arguments, "write the page of a trace", "minisat trace html step.json", json=""),
    "check": Action(check, _check_arguments, "list the red frames of a trace", "minisat trace check step.json"),
    "diff": Action(diff, _diff_arguments, "compare two traces", "minisat trace diff before.json after.json"),
}
