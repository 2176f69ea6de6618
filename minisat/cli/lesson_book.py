"""The lessons to read: `minisat lesson open` and `site` for the browser, and how `run` shows them in a terminal."""

import importlib
import importlib.util
import re
import shutil
import sys
import time
from pathlib import Path

from minisat.book.chapters import CONTENTS, KOREAN
from minisat.cli.answer import Answer
from minisat.cli.browser import show
from minisat.cli.colour import has_colour
from minisat.errors import UserError
from minisat.room import readable
from minisat.teaching.capstone import NAME as CAPSTONE
from minisat.teaching.pages import formulas_for_github
from minisat.teaching.shelf import Lesson, Transfer, everything, find_lesson
from minisat.teaching.showing import WORK

WIDEST = 100   # letters of a line of prose, however wide the terminal is
BOOK = "book"  # in the learner's folder
LIBRARIES = {"markdown_it": "markdown-it-py", "latex2mathml": "latex2mathml", "pygments": "pygments"}


def book(module):
    """A module of the book's room, imported when it is asked for: checking an exercise needs none of its libraries.

    UserError where one is missing, as after an update without an installation.
    """
    if missing := [name for found, name in LIBRARIES.items() if importlib.util.find_spec(found) is None]:
        raise UserError(f"The book is made with {', '.join(missing)}: pip install {' '.join(missing)}")
    return importlib.import_module(f"minisat.book.{module}")


def shown(cell):
    """A Cell for the terminal: prose wrapped to its width with formulas to read, code indented, both in colour.

    Without the book's libraries it is as it is written, but for comments, which are for authors.
    """
    try:
        terminal, colours = book("terminal"), has_colour(sys.stdout)
    except UserError:
        return re.sub(r"<!--.*?-->", "", cell.text, flags=re.DOTALL)
    if not cell.prose:
        return terminal.code(cell.text, colours)
    width = min(WIDEST, shutil.get_terminal_size(fallback=(WIDEST, 24)).columns)
    return f"\n{terminal.prose(formulas_for_github(cell.text), width, colours)}\n"


def open_book(arguments):
    """Build the book where it is not there as it is now, and open it, or one page of it."""
    page = page_of(arguments.number, arguments.lessons, arguments.language)
    folder = Path(arguments.work) / BOOK
    if not book("site").is_fresh(folder, arguments.lessons):
        yield f"The book is put into {folder} ..."
        yield built(folder, arguments.lessons)
    file, _, anchor = page.partition("#")
    return Answer(text=show(folder / file, anchor))


def page_of(asked, lessons=None, language="en"):
    """The page of a lesson, an exercise or a stage by its number or name, the contents for none: file, or file#anchor.

    The lessons and the contents are there in Korean ("ko"), too.
    """
    if asked is None or asked in (CAPSTONE, "what_came_next"):
        return f"{asked}.html" if asked else CONTENTS[language]
    found = find_lesson(asked, everything(lessons))
    if isinstance(found, Transfer):
        return f"{found.folder.parent.name}.html#exercise-{found.number}"
    return found.name + (KOREAN if language == "ko" and isinstance(found, Lesson) else ".html")


def build_site(arguments):
    """Write the book."""
    out = Path(arguments.out)
    if out.exists() and not (out.is_dir() and (is_book(out) or not any(out.iterdir()))):
        raise UserError(f"{out} holds something else: name a folder that is new, empty or a book.")
    yield built(out, arguments.lessons)
    return Answer(text=show(out / CONTENTS["en"]) if arguments.open else f"Open {out / CONTENTS['en']} in a browser.")


def is_book(folder):
    """Whether a folder holds a book, be it of another version."""
    return (folder / CONTENTS["en"]).is_file()


def built(folder, lessons):
    """Write the book into a folder; says how large it is and how long that took."""
    begun = time.monotonic()
    files = list(book("site").write_site(folder, lessons))
    size = sum((Path(folder) / file).stat().st_size for file in files)
    return f"{len(files)} pages, {readable(size)}, in {time.monotonic() - begun:.0f} s; they need no network."


def add_open_arguments(parser):
    """The flags of `open`."""
    parser.add_argument("number", nargs="?", metavar="LESSON", help=f"its number or name, or {CAPSTONE} (default: the "
                        "contents)")
    parser.add_argument("--lessons", metavar="FOLDER", help="where the lessons are (default: those that came along)")
    parser.add_argument("--language", choices=("en", "ko"), default="en", help="ko: Korean, where there is any")
    parser.add_argument("--work", metavar="FOLDER", default=WORK,
                        help=f"your folder; the book lies in it, in {BOOK} (default: {WORK})")


def add_site_arguments(parser):
    """The flags of `site`."""
    parser.add_argument("out", metavar="OUT", help="folder for the pages")
    parser.add_argument("--lessons", metavar="FOLDER", help="where the lessons are (default: those that came along)")
    parser.add_argument("--open", action="store_true", help="open the contents in the browser")
