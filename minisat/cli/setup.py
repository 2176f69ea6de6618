"""`minisat setup`: what is optional and lies elsewhere, looked for, fetched when asked, and checked."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from minisat.cli.answer import Answer
from minisat.errors import UserError
from minisat.evaluation.meteor import Meteor, find_resources, meteor_of_rows
from minisat.evaluation.meteor.resources import JAR, TABLE, VARIABLE, own_folder
from minisat.files import whole_file

HELP = """Say which optional data is there and whether it works; with --fetch, get what is missing.

METEOR 1.5's official files (the jar and its paraphrase table; read, never run: no Java) are looked for at --meteor,
in the folder that MINISAT_METEOR names, where --fetch puts them, and in an installed pycocoevalcap, the PyPI package
that holds them (100 MB). minisat works without them."""
EXAMPLE = "minisat setup --fetch meteor"
JSON = "print the findings as JSON"

PACKAGE = "pycocoevalcap==1.2"
PAIR = ("two dogs run", "two hounds are running")  # only with synonyms is "hounds" worth something


def add_arguments(parser):
    """The verb's flags."""
    parser.add_argument("--meteor", metavar="PLACE", help="the jar, or a folder that holds it")
    parser.add_argument("--fetch", nargs="+", choices=("meteor",), default=[],
                        help="download METEOR's files out of pycocoevalcap (by pip)")
    parser.add_argument("--to", metavar="DIR", help="folder for what is fetched (default: the user's data folder)")


def run(arguments):
    """Fetch, look, check; a mistake or a missing network is one sentence."""
    meteor = arguments.meteor
    if "meteor" in arguments.fetch:
        meteor = fetch_meteor(Path(arguments.to or own_folder()).resolve() / "meteor")
    found = {"meteor": check_meteor(meteor)}
    lines = [f"{name:<10} {'works' if entry['works'] else 'not here':<9} {entry['about']}"
             for name, entry in found.items()]
    if arguments.to and arguments.fetch:
        lines.append(f"So that it is found later: export {VARIABLE}={meteor}")
    return Answer(found, "\n".join(lines))


def check_meteor(place):
    """Whether METEOR 1.5 works: {works, about, score}. UserError when `place` or MINISAT_METEOR name a wrong one."""
    resources = find_resources(place)
    if resources.key != "meteor":
        missing = "the official files" if resources.key == "meteor_exact_stem" else f"{TABLE} beside the jar"
        return {"works": False, "score": resources.key,
                "about": f"without {missing} `score` gives {resources.key} (--fetch meteor, or set {VARIABLE})"}
    caption, reference = (text.split() for text in PAIR)
    value = float(meteor_of_rows(Meteor(resources, [caption, reference]).row(caption, [reference])))
    return {"works": True, "score": "meteor", "about": f"METEOR 1.5, {', '.join(resources.modules)} matches; "
                                                      f"“{PAIR[0]}” against “{PAIR[1]}”: {value:.4f}"}


def fetch_meteor(folder):
    """METEOR's two files out of the pycocoevalcap wheel, into `folder`; returns it. UserError when offline."""
    wheels = folder / "wheel"
    wheels.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--dest", str(wheels), PACKAGE]
    done = subprocess.run(pip, capture_output=True, text=True)
    try:
        wheel = next(wheels.glob("*.whl"), None)
        if done.returncode or wheel is None:
            raise UserError("pip could not download pycocoevalcap: is this machine offline?")
        with zipfile.ZipFile(wheel) as archive:
            for member, target in ((f"pycocoevalcap/meteor/{JAR}", folder / JAR),
                                   (f"pycocoevalcap/meteor/data/{TABLE}", folder / "data" / TABLE)):
                with whole_file(target) as temporary, archive.open(member) as source, open(temporary, "wb") as file:
                    shutil.copyfileobj(source, file)
    finally:
        shutil.rmtree(wheels, ignore_errors=True)
    return folder
