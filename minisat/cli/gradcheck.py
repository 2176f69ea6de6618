"""`minisat gradcheck`: every layer's and every captioner's gradients against numbers, as a table."""

import time

from minisat.captioner.cases import EVERY_CASE
from minisat.cli.answer import Answer
from minisat.cli.colour import bold, green, judged, red
from minisat.cli.exit_codes import DONE, WRONG
from minisat.cli.setting_flags import SEED
from minisat.errors import UserError, did_you_mean
from minisat.gradcheck import check_case

HELP = ("Hold analytic gradients against numeric ones, in float64, for every layer, encoder and assembled captioner, "
        "dropout on. Exit code 1 when one is wrong.")
EXAMPLE = "minisat gradcheck lstm_cell captioner"
JSON = "print the results as JSON"


def add_arguments(parser):
    """The verb's flags."""
    parser.add_argument("names", nargs="*", metavar="NAME",
                        help="a case or the beginning of one, up to a dot or an underscore (default: every case)")
    parser.add_argument("--seed", type=SEED, default=0, help="draws weights, inputs and upstream gradients (default 0)")
    parser.add_argument("--tensors", action="store_true", help="also print the error of every tensor")


def select(names, cases):
    """The names in `cases` that equal one of `names` or begin with it; all without `names`. UserError if none does."""
    chosen = {}
    for name in names:
        found = [case for case in cases if case == name or case.startswith((f"{name}.", f"{name}_"))]
        if not found:
            layers = sorted({case.split(".")[0] for case in cases})
            raise UserError(f"There is no gradient check {name!r}; there are {', '.join(layers)}."
                            f"{did_you_mean(name, layers)}")
        chosen.update(dict.fromkeys(found))
    return list(chosen) if names else list(cases)


def _row(report):
    worst = report.worst
    return {"name": report.name, "ok": report.ok, "tensors": len(report.tensors),
            "error": worst.error if worst else None, "worst": f"{worst.name} {worst.worst}" if worst else None,
            "kinks": sum(tensor.excluded for tensor in report.tensors), "seconds": report.seconds,
            "problems": report.problems}


def run(arguments):
    """Check, a line for each case; exit code 1 when one is wrong."""
    names = select(arguments.names, EVERY_CASE)
    started, rows = time.perf_counter(), []
    width = max(map(len, names))
    yield bold(f"{'case':<{width}}  tensors    error  kinks  seconds  worst at")
    for name in names:
        report = check_case(name, EVERY_CASE[name], rng=arguments.seed)
        row = _row(report)
        rows.append(row)
        error = f"{row['error']:8.1e}" if row["tensors"] else "       -"
        place = (row["worst"] or "nothing to check") if row["ok"] else f"WRONG: {report.explain()}"
        lines = [f"{name:<{width}}  {row['tensors']:>7} {error}  {row['kinks']:>5}  {row['seconds']:7.2f}  {place}"]
        if arguments.tensors:
            lines += [f"    {line}" for line in str(report).splitlines()[:-1]]
        yield judged("\n".join(lines))
    wrong = [row["name"] for row in rows if not row["ok"]]
    said = f"{len(rows) - len(wrong)} of {len(rows)} cases are right to 1e-6"
    return Answer({"ok": not wrong, "cases": rows},
                  f"\n{said if wrong else green(said)}, in {time.perf_counter() - started:.1f} s."
                  + red(f" Wrong: {', '.join(wrong)}.") * bool(wrong), WRONG if wrong else DONE)
