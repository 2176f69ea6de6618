"""METEOR's English data, read from the user's own copy of the official files: nothing of it is part of minisat.

The jar is a zip archive that holds the function words, the abbreviations, WordNet's synonym sets and its irregular
forms; the paraphrase table `data/paraphrase-en.gz` stands beside it. Both are inside the package `pycocoevalcap` on
PyPI, and in the METEOR 1.5 download of its authors. Neither Java nor a download is needed here.
"""

import gzip
import importlib.util
import os
import zipfile
import zlib
from itertools import compress
from pathlib import Path
from typing import NamedTuple

from minisat.errors import UserError
from minisat.text import FUNCTION_WORDS

JAR, TABLE = "meteor-1.5.jar", "paraphrase-en.gz"
VARIABLE = "MINISAT_METEOR"
LONGEST_PHRASE = 7  # words
LARGEST = 1 << 27    # bytes of one file in the jar; the largest has 3 MB
_CHUNK = 1 << 24    # bytes of the table looked through at once


class Resources(NamedTuple):
    """What METEOR knows about English. Without the official files only `function_words`, minisat's own."""

    function_words: frozenset
    abbreviations: dict      # {word: whether only before a number}
    synonyms: dict           # {word: its synset numbers, a list of str}; empty: no synonym module
    irregular: dict          # {irregular form: [base forms]}
    table: Path | None       # the paraphrase file; None: no paraphrase module

    @property
    def modules(self):
        """The names of the modules that these files allow, strongest first."""
        present = (True, True, bool(self.synonyms), self.table is not None)
        return tuple(compress(("exact", "stem", "synonym", "paraphrase"), present))

    @property
    def key(self):
        """The name of the score: `meteor` for METEOR 1.5 as published, else with the modules that took part."""
        return {2: "meteor_exact_stem", 3: "meteor_exact_stem_syn", 4: "meteor"}[len(self.modules)]


OWN = Resources(FUNCTION_WORDS, {}, {}, {}, None)


def own_folder():
    """Where `minisat setup` keeps what it fetches: minisat/ in the user's data folder."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "minisat"


def find_resources(place=None):
    """The Resources at `place`, or where they are usually found; `OWN` where there are none.

    `place`: the jar, a folder that holds it, or the pycocoevalcap wheel unpacked; UserError when the jar is not there.
    Without it: the folder that the environment variable MINISAT_METEOR names (UserError likewise), then what
    `minisat setup` fetched, then an installed pycocoevalcap. Nothing is downloaded and nothing is imported.
    """
    place = place or os.environ.get(VARIABLE)
    if place:
        return read_resources(_jar_in(Path(place)))
    jar = next((jar for jar in usual_jars() if jar.is_file()), None)
    return read_resources(jar) if jar else OWN


def usual_jars():
    """Where the jar may be: as `minisat setup` fetched it, and in an installed pycocoevalcap."""
    yield own_folder() / "meteor" / JAR
    spec = importlib.util.find_spec("pycocoevalcap")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        yield Path(folder) / "meteor" / JAR


def _jar_in(place):
    """The jar's path. UserError where there is none."""
    for candidate in (place, place / JAR, place / "meteor" / JAR, place / "pycocoevalcap" / "meteor" / JAR):
        if candidate.is_file():
            return candidate
    raise UserError(f"There is no {JAR} at {place}: name the folder that holds it, such as pycocoevalcap/meteor.")


def read_resources(jar):
    """The Resources in the file `jar`, with the paraphrase table where that lies beside it or in data/ there.

    UserError when the file is damaged or something else.
    """
    try:
        with zipfile.ZipFile(jar) as archive:
            def lines(name):
                if archive.getinfo(name).file_size > LARGEST:
                    raise zipfile.BadZipFile(f"{name} claims to be larger than {LARGEST:,} bytes")
                return archive.read(name).decode("utf-8").splitlines()
            synsets, exceptions = lines("synonym/english.synsets"), lines("synonym/english.exceptions")
            prefixes = [line for line in lines("nonbreaking/english.prefixes") if line.strip() and line[0] != "#"]
            function_words = frozenset(lines("function/english.words"))
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, KeyError, ValueError, RuntimeError) as error:
        raise UserError(f"{jar} is not METEOR's jar, or is damaged: {error}.") from error
    irregular = {}
    for base, forms in zip(exceptions[::2], exceptions[1::2]):
        for form in forms.split():
            irregular.setdefault(form, []).append(base)  # leaves → leaf, leave
    tables = [path for path in (Path(jar).with_name("data") / TABLE, Path(jar).with_name(TABLE)) if path.is_file()]
    return Resources(function_words, {line.split()[0]: "NUMERIC_ONLY" in line for line in prefixes},
                     {word: numbers.split() for word, numbers in zip(synsets[::2], synsets[1::2])}, irregular,
                     tables[0] if tables else None)


def paraphrases_among(table, phrases):
    """{phrase: [its paraphrases]} of the file `table`, both sides among `phrases` (a set of str); some seconds.

    The file holds triples of lines: a probability, a phrase, a phrase that may stand for it. UserError when it cannot
    be read.
    """
    wanted, found = {phrase.encode() for phrase in phrases}, {}
    try:
        with gzip.open(table) as file:
            rest = []
            while chunk := file.read(_CHUNK):
                chunk += file.readline()
                lines = rest + chunk.split(b"\n")[:-1]
                whole = len(lines) // 3 * 3
                firsts, seconds, rest = lines[1:whole:3], lines[2:whole:3], lines[whole:]
                for first, second in compress(zip(firsts, seconds), map(wanted.__contains__, firsts)):
                    if second in wanted:
                        found.setdefault(first.decode(), []).append(second.decode())
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"Cannot read the paraphrase table {table}: {error}.") from error
    return found
