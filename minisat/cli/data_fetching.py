"""`minisat data fetch`: a data set from where it is published, after its terms, and how to get those that are not."""

import sys

from minisat.cli.answer import Answer
from minisat.cli.exit_codes import DONE, WRONG
from minisat.cli.progress import progress
from minisat.data import check_dataset, read_dataset
from minisat.data.fetching import SOURCES, fetch, source
from minisat.data.fetching.fetch import TERMS, check_place
from minisat.errors import UserError
from minisat.room import readable

ABOUT = ("Fetch a data set from where it is published. Its terms are printed first, and nothing comes before you have "
         "agreed to them. What breaks off is gone on from by the same command; every archive is held against its "
         "published hash; the folder appears when all is whole. Ends with what `minisat data check` says.\n\n"
         f"NAME is one of {', '.join(entry.name for entry in SOURCES)}; of flickr30k and coco it says how to get them.")


def add_arguments(parser):
    """The action's flags."""
    parser.add_argument("name", metavar="NAME", help="what to fetch")
    parser.add_argument("--out", metavar="FOLDER", help="where to (default: a folder of the data set's name, here)")
    parser.add_argument("--yes", action="store_true", help="say that you have read the terms and keep to them")
    parser.add_argument("--mirror", metavar="ADDRESS", help="a web folder with the same files")


def run(arguments):
    """Terms, room, download, unpacking, check; exit code 1 when the check finds what would spoil a training."""
    entry = source(arguments.name)
    out = arguments.out or entry.folder
    check_place(entry, out)
    print(f"{entry.terms}\n\nFetching it needs {readable(entry.disk)} of disk, of which {readable(entry.kept)} stay "
          f"filled, in {out}.\n", flush=True)   # with --json this goes to stderr, as all that is not JSON
    _agree(arguments.yes)
    found = fetch(entry, out, arguments.mirror, progress)
    report = checked(read_dataset(found.path))
    lines = []
    if found.left_out:
        lines.append(f"Left out of the archives: {len(found.left_out)} entries such as {found.left_out[0]}.")
    if found.absent:
        lines.append(f"Dropped: {sum(found.absent.values())} captions of photos that do not exist "
                     f"({', '.join(list(found.absent)[:3])}{', …' if len(found.absent) > 3 else ''}).")
    if entry.whole:
        lines.append(f"The terms are in {found.path / TERMS}.")
    value = {"data": str(found.path), "left_out": len(found.left_out), "captions_dropped": found.absent,
             "check": report.to_dict()}
    return Answer(value, "\n".join([*lines, str(report)]), DONE if report.ok else WRONG)


def _agree(yes):
    """Return when the terms are agreed to. UserError when they are not, or nobody can be asked."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise UserError("Read the terms; --yes says that you keep to them. Nothing was fetched.")
    print("Do you keep to these terms? (yes or no) ", end="", flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise UserError("Nothing was fetched.")


def checked(dataset, decode=True):
    """The DataReport of a Dataset, with a display of how far it is."""
    with progress("check", "photo", len(dataset.photos)) as display:
        def count(walk):
            for done, entry in enumerate(walk, start=1):
                display.update_to(done)
                yield entry
        return check_dataset(dataset, decode=decode, progress=count)

