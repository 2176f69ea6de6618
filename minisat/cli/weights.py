"""`minisat weights`: pretrained weights listed, fetched, checked and converted."""

from pathlib import Path

from minisat.cli.answer import Answer
from minisat.cli.colour import green, red
from minisat.cli.exit_codes import DONE, WRONG
from minisat.cli.parser import Action
from minisat.cli.progress import progress
from minisat.download import download
from minisat.files import file_hash
from minisat.vision import ENCODERS
from minisat.vision.weights.catalogue import STANDARD, TERMS, cache_folder, find_standard, standard
from minisat.vision.weights.checking import check_weights, convert_weights

HELP = ("Pretrained weights: which there are and where, whether a file is whole and fits, conversion, download. It "
        "reads .safetensors and torch's .pth and .pt files of every age, tells them apart by their content, needs no "
        "torch, and runs nothing that is in them.")
EXAMPLE = ("minisat weights list\n  minisat weights fetch resnet50\n  minisat weights check resnet50-0676ba61.pth\n"
           "  minisat weights convert resnet50-0676ba61.pth resnet50.safetensors")

LINES = 20   # of one kind that `check` prints


def list_standard(arguments):
    """The standard weights, and which are here."""
    here = {entry: find_standard(entry) for entry in STANDARD}
    value = [{"name": entry.name, "encoder": entry.encoder, "file": entry.file, "mebibytes": entry.mebibytes,
              "top1": entry.top1, "sha256_begins": entry.digits, "address": entry.address,
              "here": path and str(path)} for entry, path in here.items()]
    lines = [f"{'name':<16} {'MiB':>6} {'top-1':>6}  here  address"]
    lines += [f"{entry.name:<16} {entry.mebibytes:>6.1f} {entry.top1:>5.1f}%  {'yes' if path else '-':<4}  "
              f"{entry.address}" for entry, path in here.items()]
    lines.append(f"\n`minisat weights fetch NAME` puts a file into {cache_folder()}. The eight digits in its name "
                 f"begin its SHA-256.\n{TERMS}.")
    return Answer(value, "\n".join(lines))


def check(arguments):
    """What a file is, and whether it fits; exit code 1 when it does not."""
    report = check_weights(arguments.file, arguments.encoder)
    good = report.fits and report.hash_matches is not False
    return Answer(report.to_dict(), "\n".join(described(report)), DONE if good else WRONG)


def described(report):
    """The lines that say what a WeightsReport found."""
    types = ", ".join(f"{count} × {dtype}" for dtype, count in report.dtypes.items())
    yield f"{report.file}: {report.kind}, {report.tensors} tensors ({types}), {report.numbers:,} numbers"
    yield (f"  names     {report.naming}'s" + (f", under {report.wrapper!r}" if report.wrapper else "")
           + (f", each after {report.prefix!r}" if report.prefix else ""))
    promise = {None: "", True: f", as its name says ({report.digits})",
               False: red(f", but its name says {report.digits}: it is not the file it claims to be")}
    yield f"  SHA-256   {report.sha256}{promise[report.hash_matches]}"
    if report.encoder is None:
        yield red(f"  encoder   none: these are not the weights of {', '.join(sorted(ENCODERS))}")
        return
    classifier = f"with a classifier of {report.classes} classes" if report.classes else "without a classifier"
    fits = green("it fits") if report.fits else red("it does not fit")
    yield f"  encoder   {report.encoder}, {classifier}: {fits}"
    misshapen = [f"{name}: {shape} instead of {wanted}" for name, shape, wanted in report.misshapen]
    broken = [f"{name} {what}" for name, what in report.unsound]
    metadata = [f"{key}: {text}" for key, text in sorted(report.metadata.items())]
    for what, lines in (("missing", report.missing), ("unexpected", report.unexpected), ("misshapen", misshapen),
                        ("wrong numbers", broken), ("metadata", metadata)):
        if lines:
            yield f"  {what} ({len(lines)})"
            yield from (f"    {_on_one_line(line)}" for line in lines[:LINES])
        if len(lines) > LINES:
            yield f"    … and {len(lines) - LINES} more: --json has them all"


def _on_one_line(text):
    """A foreign text as a terminal may show it: no line breaks or control characters."""
    return "".join(letter if letter.isprintable() else " " for letter in text)[:300]


def convert(arguments):
    """Write the weights anew."""
    arrays = convert_weights(arguments.file, arguments.out)
    return Answer({"file": arguments.out, "tensors": len(arrays), "sha256": file_hash(arguments.out)},
                  f"{arguments.out}: {len(arrays)} tensors under torchvision's names.")


def fetch(arguments):
    """Download, and verify."""
    entry = standard(arguments.name)
    path = Path(arguments.out or cache_folder()) / entry.file
    address = f"{arguments.mirror.rstrip('/')}/{entry.file}" if arguments.mirror else entry.address
    with progress(entry.file, "megabyte", round(entry.mebibytes * 1.048576)) as display:
        found = download(address, path, entry.digits, lambda received: display.update_to(received // 1_000_000))
    return Answer({"name": entry.name, "file": str(path), "sha256": found},
                  f"{path}: SHA-256 {found}, which begins with {entry.digits} as it should.")


def _file_argument(parser):
    parser.add_argument("file", metavar="FILE", help="a .safetensors, .pth or .pt file")


def _check_arguments(parser):
    _file_argument(parser)
    parser.add_argument("--encoder", choices=sorted(ENCODERS), help="hold it against this one; default: recognised")


def _convert_arguments(parser):
    _file_argument(parser)
    parser.add_argument("out", metavar="OUT", help="the .safetensors file to write")


def _fetch_arguments(parser):
    parser.add_argument("name", metavar="NAME", help="as `minisat weights list` has it")
    parser.add_argument("--out", metavar="FOLDER", help="where to; default: a folder in the user's cache")
    parser.add_argument("--mirror", metavar="ADDRESS", help="a web folder with the same files")


ACTIONS = {
    "list": Action(list_standard, lambda parser: None,
                   "the standard weights of each encoder, their public addresses, and which are here",
                   "minisat weights list"),
    "check": Action(check, _check_arguments, "say what kind of file it is, which encoder it fits, and every name that "
                    "does not fit (exit code 1 if it fits none, or its name promises another hash)",
                    "minisat weights check resnet50-0676ba61.pth"),
    "convert": Action(convert, _convert_arguments,
                      "write the weights to a .safetensors file under torchvision's names, in float32",
                      "minisat weights convert resnet50-0676ba61.pth resnet50.safetensors"),
    "fetch": Action(fetch, _fetch_arguments,
                    "download standard weights, resumed where it broke off, the hash verified",
                    "minisat weights fetch resnet50"),
}
