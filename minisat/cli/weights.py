"""`minisat weights`: pretrained weights listed, fetched, checked and converted."""

import json
from pathlib import Path

from minisat.cli.actions import add_action
from minisat.cli.progress import progress
from minisat.vision import ENCODERS
from minisat.vision.weights.catalogue import STANDARD, TERMS, cache_folder, find_standard, standard
from minisat.vision.weights.checking import check_weights, convert_weights
from minisat.vision.weights.download import download
from minisat.vision.weights.reading import file_hash

HELP = ("Pretrained weights: which there are and where, whether a file is whole and fits, conversion, download. It "
        "reads .safetensors and torch's .pth and .pt files of every age, tells them apart by their content, needs no "
        "torch, and runs nothing that is in them.")
EXAMPLE = ("minisat weights list\n  minisat weights fetch resnet50\n  minisat weights check resnet50-0676ba61.pth\n"
           "  minisat weights convert resnet50-0676ba61.pth resnet50.safetensors")

LINES = 20   # of one kind that `check` prints


def add_arguments(parser):
    """The four actions and their flags."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|check|convert|fetch")

    def action(name, text, example):
        made = add_action(actions, name, text, f"minisat weights {name}{example}")
        made.add_argument("--json", action="store_true", help="print the result as JSON")
        return made

    action("list", "the standard weights of each encoder, their public addresses, and which are here", "")
    check = action("check", "say what kind of file it is, which encoder it fits, and every name that does not fit "
                            "(exit code 1 if it fits none, or its name promises another hash)",
                   " resnet50-0676ba61.pth")
    check.add_argument("file", metavar="FILE", help="a .safetensors, .pth or .pt file")
    check.add_argument("--encoder", choices=sorted(ENCODERS), help="hold it against this one; default: recognised")
    convert = action("convert", "write the weights to a .safetensors file under torchvision's names, in float32",
                     " resnet50-0676ba61.pth resnet50.safetensors")
    convert.add_argument("file", metavar="FILE", help="a .safetensors, .pth or .pt file")
    convert.add_argument("out", metavar="OUT", help="the .safetensors file to write")
    fetch = action("fetch", "download standard weights, resumed where it broke off, the hash verified", " resnet50")
    fetch.add_argument("name", metavar="NAME", help="as `minisat weights list` has it")
    fetch.add_argument("--out", metavar="FOLDER", help="where to; default: a folder in the user's cache")
    fetch.add_argument("--mirror", metavar="ADDRESS", help="a web folder with the same files")


def run(arguments):
    """Do what was asked for; returns the exit code."""
    return {"list": _list, "check": _check, "convert": _convert, "fetch": _fetch}[arguments.action](arguments)


def _print(value):
    print(json.dumps(value, indent=1, ensure_ascii=False))


def _list(arguments):
    here = {entry: find_standard(entry) for entry in STANDARD}
    if arguments.json:
        _print([{"name": entry.name, "encoder": entry.encoder, "file": entry.file, "mebibytes": entry.mebibytes,
                 "top1": entry.top1, "sha256_begins": entry.digits, "address": entry.address,
                 "here": path and str(path)} for entry, path in here.items()])
        return 0
    print(f"{'name':<16} {'MiB':>6} {'top-1':>6}  here  address")
    for entry, path in here.items():
        print(f"{entry.name:<16} {entry.mebibytes:>6.1f} {entry.top1:>5.1f}%  {'yes' if path else '-':<4}  "
              f"{entry.address}")
    print(f"\n`minisat weights fetch NAME` puts a file into {cache_folder()}. The eight digits in its name begin its "
          f"SHA-256.\n{TERMS}.")
    return 0


def _check(arguments):
    report = check_weights(arguments.file, arguments.encoder)
    good = report.fits and report.hash_matches is not False
    if arguments.json:
        _print(report.to_dict())
        return 0 if good else 1
    types = ", ".join(f"{count} × {dtype}" for dtype, count in report.dtypes.items())
    print(f"{report.file}: {report.kind}, {report.tensors} tensors ({types}), {report.numbers:,} numbers")
    print(f"  names     {report.naming}'s" + (f", under {report.wrapper!r}" if report.wrapper else "")
          + (f", each after {report.prefix!r}" if report.prefix else ""))
    promise = {None: "", True: f", as its name says ({report.digits})",
               False: f", but its name says {report.digits}: it is not the file it claims to be"}[report.hash_matches]
    print(f"  SHA-256   {report.sha256}{promise}")
    if report.encoder is None:
        print(f"  encoder   none: these are not the weights of {', '.join(sorted(ENCODERS))}")
        return 1
    classifier = f"with a classifier of {report.classes} classes" if report.classes else "without a classifier"
    print(f"  encoder   {report.encoder}, {classifier}: {'it fits' if report.fits else 'it does not fit'}")
    misshapen = [f"{name}: {shape} instead of {wanted}" for name, shape, wanted in report.misshapen]
    broken = [f"{name} {what}" for name, what in report.unsound]
    metadata = [f"{key}: {text}" for key, text in sorted(report.metadata.items())]
    for what, lines in (("missing", report.missing), ("unexpected", report.unexpected), ("misshapen", misshapen),
                        ("wrong numbers", broken), ("metadata", metadata)):
        if lines:
            print(f"  {what} ({len(lines)})")
            print("\n".join(f"    {_on_one_line(line)}" for line in lines[:LINES]))
        if len(lines) > LINES:
            print(f"    … and {len(lines) - LINES} more: --json has them all")
    return 0 if good else 1


def _on_one_line(text):
    """A foreign text as a terminal may show it: no line breaks or control characters."""
    return "".join(letter if letter.isprintable() else " " for letter in text)[:300]


def _convert(arguments):
    arrays = convert_weights(arguments.file, arguments.out)
    if arguments.json:
        _print({"file": arguments.out, "tensors": len(arrays), "sha256": file_hash(arguments.out)})
    else:
        print(f"{arguments.out}: {len(arrays)} tensors under torchvision's names.")
    return 0


def _fetch(arguments):
    entry = standard(arguments.name)
    path = Path(arguments.out or cache_folder()) / entry.file
    address = f"{arguments.mirror.rstrip('/')}/{entry.file}" if arguments.mirror else entry.address
    with progress(entry.file, "megabyte", round(entry.mebibytes * 1.048576)) as display:
        found = download(address, path, entry.digits, lambda received: display.update_to(received // 1_000_000))
    if arguments.json:
        _print({"name": entry.name, "file": str(path), "sha256": found})
    else:
        print(f"{path}: SHA-256 {found}, which begins with {entry.digits} as it should.")
    return 0
