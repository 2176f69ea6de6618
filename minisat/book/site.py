"""The book: a folder of pages that need nothing but each other, for any browser, without a network."""

import base64
import hashlib
import re
from pathlib import Path

from minisat import __version__
from minisat.book import markdown
from minisat.book.chapters import CONTENTS, SEARCH, chapters
from minisat.book.links import PACKAGE, Links
from minisat.book.work import exercises, step_file
from minisat.files import write_text
from minisat.plots.markup import as_json, joined, markup
from minisat.plots.page import page_text
from minisat.teaching.shelf import all_lessons, lessons_folder, with_transfers
from minisat.teaching.showing import WORK
from minisat.teaching.stepping import has_net, lesson_page

TITLE = {"en": "Show, Attend and Tell, by hand", "ko": "손으로 쓰는 Show, Attend and Tell"}
WORDS = {
    "en": {"contents": "Contents", "search": "Search", "before": "Before", "next": "Next", "other": "한국어",
           "lesson": "Lesson {}", "stage": "Stage {}"},
    "ko": {"contents": "차례", "search": "찾기", "before": "앞", "next": "다음", "other": "English",
           "lesson": "{}번 수업", "stage": "{}단계"},
}
STAMP = "book.txt"  # what the book was made of
_FOOT = re.compile(r"\n---\n\n\*[^\n]*\*\n*\Z")  # of a page that stands alone
_LANGUAGES = re.compile(r"^\*\[(?:한국어|English)\]\([^)]*\)\*\n\n", re.MULTILINE)  # the page has a switch
_AUTHORS = re.compile(r"^## For authors\n.*\Z", re.DOTALL | re.MULTILINE)


def write_site(out, folder=None):
    """Write the book of the lessons in `folder` into the folder `out`; yields each file's name as it is written.

    Pages of an earlier book that this one has not are taken away. STAMP is written last.
    """
    out, written = Path(out), []
    (out / STAMP).unlink(missing_ok=True)
    for file, text in site(folder):
        write_text(out / file, text)
        written.append(file)
        yield file
    for stale in {path.name for path in out.glob("*.html")} - set(written):
        (out / stale).unlink()
    write_text(out / STAMP, f"{_fingerprint(folder)}\n")


def is_fresh(out, folder=None):
    """Whether the folder `out` holds the book of the lessons in `folder` as they are now."""
    stamp = Path(out) / STAMP
    return stamp.is_file() and stamp.read_text(encoding="utf-8").strip() == _fingerprint(folder)


def _fingerprint(folder):
    """A hash of all that the book is made of."""
    paths = (path for place in (lessons_folder(folder), PACKAGE) for path in sorted(place.rglob("*"))
             if path.suffix in (".md", ".py", ".svg", ".html", ".css", ".js") and WORK not in path.parts)
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()


def site(folder=None, only=None):
    """Yield (file, text) for every page of the book; the sources that they link to, the search, and the pages on which
    a lesson's net is stepped through come last.
    """
    found = chapters(folder)
    links, sections = Links(found, lessons_folder(folder)), []
    read = {}
    for chapter in found:
        if only is None or chapter.file in only or chapter.file in CONTENTS.values():
            read[chapter.file] = _read(chapter, links)
    titles = {chapter.file: read[chapter.file].title if chapter.file in read else chapter.file for chapter in found}
    for chapter in found:
        if chapter.file in read:
            sections += [(chapter.file, each.anchor, each.heading, each.text)
                         for each in read[chapter.file].sections]
            yield chapter.file, _whole(chapter, read[chapter.file], found, titles)
    for place, file in links.listed.items():
        yield file, _listing(place, links.source(place), found, titles)
    yield SEARCH, _search(sections, found, titles)
    lessons = all_lessons(folder)
    files = {lesson.name.partition("_")[2]: f"{lesson.name}.html" for lesson in lessons}
    for lesson in with_transfers(lessons):
        if has_net(lesson) and (only is None or step_file(lesson) in only):
            yield step_file(lesson), lesson_page(lesson, files).html


def _read(chapter, links):
    """The Page of a Chapter, its exercise at the end."""
    text = _AUTHORS.sub("", _LANGUAGES.sub("", _FOOT.sub("\n", chapter.source.read_text(encoding="utf-8")), 1))
    page = markdown.page(text, links.of(chapter), lambda name: picture(chapter.source.parent / name),
                         chapter.language)
    title = re.sub(r"^\d+\. ", "", page.title)
    added = exercises(chapter.work, chapter.language) if chapter.work else ""
    return page._replace(title=title, body=markup("{}{}", page.body, added))


def picture(path):
    """A figure as an address that holds it. In a page's own SVG its styles would be forbidden, and ids would clash."""
    return f"data:image/svg+xml;base64,{base64.b64encode(path.read_bytes()).decode()}"


def _whole(chapter, page, found, titles):
    """A Chapter's page as text."""
    words = WORDS[chapter.language]
    same = [each for each in found if each.language == chapter.language]
    place = next(i for i, each in enumerate(same) if each.file == chapter.file)
    before, after = same[place - 1] if place else None, same[place + 1] if place + 1 < len(same) else None
    kind = words["stage" if chapter.place.startswith("lessons/capstone") else "lesson"]
    files = {each.file for each in found}
    return _page("book", chapter.language, page.title, found, titles, chapter,
                 kicker=kind.format(chapter.label) if chapter.label else "", body=page.body,
                 other=_other(chapter, files), before=_turned(before, "before", words, titles),
                 after=_turned(after, "next", words, titles))


def _page(template, language, title, found, titles, here, **parts):
    words = WORDS[language]
    return page_text(template, f"{title} · {TITLE[language]}" if title != TITLE[language] else title, heading=title,
                     language=language, name=TITLE[language], home=CONTENTS[language], find=words["search"],
                     contents_word=words["contents"], version=__version__,
                     contents=_contents(found, titles, here, language), **parts)


def _other(chapter, files):
    """The switch to the other language, where there is the same page in it."""
    if chapter.counterpart not in files:
        return ""
    other = "en" if chapter.language == "ko" else "ko"
    return markup('<a class="other" lang="{}" hreflang="{}" href="{}">{}</a>', other, other, chapter.counterpart,
                  WORDS[chapter.language]["other"])


def _turned(chapter, way, words, titles):
    if chapter is None:
        return markup("<span></span>")
    return markup('<a class="{}" href="{}"><small>{}</small>{}</a>', way, chapter.file, words[way],
                  titles[chapter.file])


def _contents(found, titles, here, language):
    """The table of contents, in one language; where one is, is marked."""
    rows, part = [], None
    for chapter in found:
        if chapter.language != language or not chapter.part:
            continue
        if chapter.part != part:
            rows.append(markup("<li class=\"part\">{}</li>", chapter.part))
            part = chapter.part
        current = markup(' aria-current="page"') if here is not None and chapter.file == here.file else ""
        rows.append(markup('<li><a href="{}"{}><b>{}</b><span>{}</span></a></li>', chapter.file, current, chapter.label,
                           titles[chapter.file]))
    return joined("\n", rows)


def _listing(place, path, found, titles):
    """The page of a source file."""
    body = markup('<pre class="code listing"><code>{}</code></pre>',
                  markdown.code(path.read_text(encoding="utf-8").rstrip("\n")))
    return _page("book", "en", place, found, titles, None, kicker="Source", body=body, other="", before="", after="")


def _search(sections, found, titles):
    """The page that searches, with all texts in it."""
    labels = {chapter.file: [chapter.label, titles[chapter.file], chapter.language] for chapter in found}
    return _page("book_search", "en", WORDS["en"]["search"], found, titles, None, other="",
                 texts=as_json({"pages": labels, "sections": sections}))
