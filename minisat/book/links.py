"""Where links of the lessons lead: to a page of the book, to a listing of the source, or nowhere."""

import posixpath
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import minisat
from minisat.teaching.shelf import Lesson

PACKAGE = Path(minisat.__file__).resolve().parent
_LINK = re.compile(r'<a [^>]*?href="([^"]*)"')
_PROGRAM = re.compile(r"<script\b.*?</script>", re.DOTALL)
_ID = re.compile(r'\sid="([^"]*)"')


class Links:
    """Turns links of Chapters.

    `listed` are the sources that they ask for, {place: file in the book}; `lost` are places that the book has not.
    """

    def __init__(self, chapters, lessons):
        self._lessons, self.listed, self.lost = Path(lessons), {}, set()
        self._pages = {chapter.place: chapter.file for chapter in chapters}
        for chapter in chapters:  # exercises stand on their lessons' pages, all of them on the English ones
            if chapter.language != "en":
                continue
            for work in (chapter.work, *getattr(chapter.work, "more", ())) if isinstance(chapter.work, Lesson) else ():
                place = work.original.relative_to(self._lessons).as_posix()
                self._pages[f"lessons/{place}"] = f"{chapter.file}#exercise-{work.number}"

    def of(self, chapter):
        """The function href → href in the book, or None, for what stands in a Chapter."""
        return lambda href: self.turned(href, chapter.place)

    def turned(self, href, place):
        """Where the link `href` of a text at `place` leads: pages and sources of the book, and whole addresses."""
        target = urlsplit(href)
        if target.scheme or not target.path:
            return href
        found = posixpath.normpath(posixpath.join(posixpath.dirname(place), unquote(target.path)))
        anchor = f"#{target.fragment}" if target.fragment else ""
        if found in self._pages:
            return self._pages[found] + anchor
        if found.endswith(".py") and self.source(found).is_file():
            return self.listed.setdefault(found, f"source-{found.removesuffix('.py').replace('/', '-')}.html") + anchor
        self.lost.add(found)
        return None

    def source(self, place):
        """The file at a place of a checkout, as it lies here: in a wheel the lessons lie in the package."""
        top, _, rest = place.partition("/")
        return {"lessons": self._lessons, "minisat": PACKAGE}.get(top, PACKAGE / "nowhere") / rest


def broken(pages):
    """What leads nowhere in {file: Html of a page}: a list of `file: href`. Whole addresses are not looked at, nor what
    programs put together.
    """
    pages = {file: _PROGRAM.sub("", text) for file, text in pages.items()}
    anchors = {file: set(_ID.findall(text)) for file, text in pages.items()}
    found = []
    for file, text in pages.items():
        for href in _LINK.findall(text):
            target = urlsplit(href)
            if target.scheme:
                continue
            page, name = target.path or file, unquote(target.fragment)
            if page not in pages or name and name not in anchors[page]:
                found.append(f"{file}: {href}")
    return found
