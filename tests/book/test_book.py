"""The book: every page, its links, its contents, what it may do; and the commands that make it."""

import re
import shutil

import pytest

pytest.importorskip("markdown_it")
pytest.importorskip("latex2mathml")
from minisat.book import markdown  # noqa: E402
from minisat.book.chapters import chapters  # noqa: E402
from minisat.book.links import Links, broken  # noqa: E402
from minisat.book.site import site  # noqa: E402
from minisat.cli import browser, lesson_book  # noqa: E402
from minisat.cli.main import main  # noqa: E402
from minisat.teaching.shelf import all_lessons, all_stages, hints, lessons_folder  # noqa: E402


@pytest.fixture(scope="module")
def book():
    """The whole book: {file: text}."""
    return dict(site())


@pytest.fixture
def lessons(tmp_path):
    """A course of one lesson."""
    lesson = all_lessons()[0]
    shutil.copytree(lesson.folder, tmp_path / "lessons" / lesson.name)
    (tmp_path / "lessons" / "README.md").write_text(f"# Lessons\n\n[The first]({lesson.name}/README.md#your-turn)\n")
    (tmp_path / "lessons" / "README.ko.md").write_text("# 수업\n", encoding="utf-8")
    return tmp_path / "lessons"


def test_every_link_and_anchor_leads_somewhere(book):
    """Within the book; of what the lessons link to nothing is left out but the benchmarks, which a wheel has not."""
    assert broken(book) == []
    links = Links(chapters(), lessons_folder())
    for chapter in chapters():
        for href in re.findall(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)", chapter.source.read_text(encoding="utf-8")):
            links.turned(href, chapter.place)
    own = re.compile(r"lessons/(.*/)?(lesson\.ipynb|hints(\.ko)?\.md)|tests/benchmarks/.*")
    assert [place for place in links.lost if not own.fullmatch(place)] == []


def test_a_broken_link_is_found():
    """A page that is not there, an anchor that is not on its page; other addresses are nobody's business."""
    pages = {"a.html": '<a href="b.html#here"><a class="x" href="#top"><a href="https://example.org/x">',
             "b.html": '<a href="c.html"><p id="here"><a href="a.html#there">'}
    assert broken(pages) == ["a.html: #top", "b.html: c.html", "b.html: a.html#there"]


def test_every_lesson_and_stage_has_its_page(book):
    """With its exercise, all hints folded, figures inside, and the way on to the next; Korean pages stand beside."""
    lessons = all_lessons()
    for lesson, following in zip(lessons, [*lessons[1:], None]):
        text = book[f"{lesson.name}.html"]
        assert text.count('<details class="hint">') == sum(len(hints(each)) for each in (lesson, *lesson.more))
        assert text.count('src="data:image/svg+xml;base64,') == len(list(lesson.folder.glob("*.svg")))
        assert f'id="exercise-{lesson.number}"' in text and 'aria-current="page"' in text
        assert following is None or f'<a class="next" href="{following.name}.html">' in text
        assert f'href="{lesson.name}.ko.html">한국어</a>' in text
        in_korean = book[f"{lesson.name}.ko.html"]
        assert f'href="{lesson.name}.html">English</a>' in in_korean
        assert f">연습 {lesson.number}<" in in_korean
        assert in_korean.count('<details class="hint">') == len(hints(lesson))
        assert bool(re.search("<summary>힌트 1: [^<]*[가-힣]", in_korean)) == (lesson.folder / "hints.ko.md").exists()
    assert all(f"{stage.name}.html" in book for stage in all_stages())
    assert book["before_you_begin.html"].count("<details><summary>Answer</summary>") == 10
    assert book["before_you_begin.html"].count("</details>") >= 10
    assert {"index.html", "search.html", "glossary.ko.html", "what_came_next.html", "capstone.html"} <= set(book)


def test_pages_need_nothing_and_nobody(book):
    """No address but links, a policy without exceptions, each anchor once, no formula or comment left as it was."""
    for file, whole in book.items():
        text = re.sub(r"(data:[\w/+]+;base64,)[\w+/=]*", r"\1", whole)
        policy, = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
        assert policy.startswith("default-src 'none'; ") and "unsafe" not in policy
        assert not re.search(r"<link|<iframe|<script src|@import|url\((?!\"data:font/woff2)|\sstyle=", text), file
        assert not re.search(r'src="(?!data:)', text), file
        anchors = re.findall(r'\sid="([^"]*)"', text)
        assert len(anchors) == len(set(anchors)), file
        if not file.startswith("s"):  # sources and the search hold texts as they are
            body = re.sub(r"<pre.*?</pre>", "", text, flags=re.DOTALL)
            assert "$<" not in body and "```" not in body and "&lt;!--" not in body, file
    assert sum(map(len, book.values())) < 25e6


def test_code_that_draws_is_folded():
    """Not the code that computes, nor what was printed; a formula takes its comma along, or its Korean particle."""
    text = "# 1. A *b*\n\nWhere ($`x_1`$, so)\n\n```python\na = 1\nfigure, axis = panels()\n```\n\n```text\n<1>\n```\n"
    page = markdown.page(text)
    assert page.title == "1. A *b*" and page.body.index("<details") > page.body.index("<pre")
    assert "panels" not in page.body[:page.body.index("<details")]
    assert '<pre class="printed">&lt;1&gt;</pre>' in page.body
    assert page.body.startswith('<p>Where <span class="inline">(<math') and "</math>,</span> so)" in page.body
    assert "</math>에</span> 곱한" in markdown.page("$`x`$에 곱한").body
    assert markdown.page("a <end>, <b>c</b><!-- d -->").body == "<p>a &lt;end&gt;, &lt;b&gt;c&lt;/b&gt;</p>\n"


def test_opening_the_book(lessons, tmp_path, monkeypatch, capsys):
    """It is built once, in the learner's folder, opened at the page that is asked for, and built anew when a lesson
    changes; without a display one is told where it is."""
    shown = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(browser, "_has_windows", lambda: True)
    monkeypatch.setattr("webbrowser.open", lambda address: shown.append(address) or True)
    command, name = ["lesson", "open", "--lessons", str(lessons)], all_lessons()[0].name
    assert main(command) == 0 and "pages" in capsys.readouterr().out
    assert main([*command, "1"]) == 0 and "pages" not in capsys.readouterr().out
    home = (tmp_path / "my_lessons" / "book").as_uri()
    assert shown == [f"{home}/index.html", f"{home}/{name}.html"]
    (lessons / "README.md").write_text("# Other\n")
    monkeypatch.setattr(browser, "_has_windows", lambda: False)
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "pages" in said and "Open my_lessons/book/index.html in a browser." in said and len(shown) == 2


def test_a_site(lessons, tmp_path, capsys):
    """Goes into a new folder or over an earlier book, whose other pages are taken away; into nothing else."""
    out = tmp_path / "out"
    assert main(["lesson", "site", str(out), "--lessons", str(lessons)]) == 0
    (out / "gone.html").write_text("x")
    assert main(["lesson", "site", str(out), "--lessons", str(lessons)]) == 0 and not (out / "gone.html").exists()
    assert broken({path.name: path.read_text(encoding="utf-8") for path in out.glob("*.html")}) == []
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    assert main(["lesson", "site", str(tmp_path / "mine"), "--lessons", str(lessons)]) == 2
    assert "holds something else" in capsys.readouterr().err


def test_a_missing_library_is_one_sentence(monkeypatch, capsys):
    """And only who reads is asked for it."""
    monkeypatch.setitem(lesson_book.LIBRARIES, "no_such_library", "no-such-library")
    assert main(["lesson", "open"]) == 2
    assert "pip install no-such-library" in capsys.readouterr().err
    assert main(["lesson", "list"]) == 0


def test_the_readmes_links():
    """Of the project and of the package: every file that they name is there, and every heading, as GitHub has it."""
    top = lessons_folder().parent
    for path in (top / "README.md", top / "minisat" / "README.md"):
        text = path.read_text(encoding="utf-8")
        headings = [markdown.anchor(heading) for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)]
        for href in re.findall(r"\]\(([^)\s]+)\)", text):
            file, _, name = href.partition("#")
            assert "://" in href or (path.parent / file).exists(), href
            assert file or name in headings, href
