"""The book in Chromium: every page on a wide and on a narrow window, its search, its switches."""

import pytest
from driven import Chromium, needs_chromium

pytest.importorskip("markdown_it")
pytest.importorskip("latex2mathml")
from minisat.book.links import broken  # noqa: E402
from minisat.book.site import write_site  # noqa: E402
from minisat.teaching.shelf import all_lessons, find_lesson  # noqa: E402

pytestmark = [pytest.mark.slow, needs_chromium]
OVERFLOW = "document.documentElement.scrollWidth - innerWidth"
SHOWN = """[...document.querySelectorAll('article math')].filter(
    each => each.getBoundingClientRect().width < 2 && each.checkVisibility({contentVisibilityAuto: true})).length"""
BROKEN = "[...document.images].filter(each => !each.complete || !each.naturalWidth).length"


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """The folder of the whole book."""
    folder = tmp_path_factory.mktemp("book")
    files = list(write_site(folder))
    assert broken({file: (folder / file).read_text(encoding="utf-8") for file in files}) == []
    print(f"{len(files)} pages, {sum((folder / file).stat().st_size for file in files) / 1e6:.1f} MB")
    return folder


@pytest.fixture(scope="module")
def browser():
    """One browser for all."""
    opened = Chromium()
    yield opened
    opened.close()


def test_every_page_opens(book, browser):
    """Without an error or a word of the policy, formulas and figures drawn; nothing is wider than a phone."""
    wide = []
    for path in sorted(book.glob("*.html")):
        browser.size(1280, 900)
        browser.open(path.as_uri())
        assert browser.run(SHOWN) == 0 and browser.run(BROKEN) == 0, path.name
        assert browser.run(OVERFLOW) <= 0, path.name
        browser.size(380, 800)
        if browser.run(OVERFLOW) > 0:
            browser.open(path.as_uri())  # a page that lays itself out needs a moment after a change of the window
            wide += [path.name] * (browser.run(OVERFLOW) > 0)
        assert not browser.complaints, (path.name, browser.complaints)
    assert not wide


def test_the_search(book, browser):
    """From any page: sections with all words, the lesson about it first; words that begin so; Korean; nothing."""
    look_again = find_lesson("look_again", all_lessons())
    browser.size(1280, 900)
    browser.open((book / "index.html").as_uri())
    browser.press("/", *"gates")
    assert browser.run("document.activeElement === box && box.value") == "gates"
    browser.open(f"{(book / 'search.html').as_uri()}#gates")
    browser.until("document.querySelectorAll('#found li').length > 3")
    assert browser.run("document.querySelector('#found a').getAttribute('href')").startswith(
        f"{find_lesson('gates', all_lessons()).name}.")
    for asked, file in (("look again at every word", f"{look_again.name}.html"), ("sparsem", f"{look_again.name}.html"),
                        ("스파스맥스", "glossary.ko.html")):
        browser.run(f"box.value = '{asked}', box.oninput()")
        assert file in browser.run("[...document.querySelectorAll('#found a')].map(a => a.getAttribute('href')).join()")
        assert browser.run("document.querySelectorAll('#found mark').length") > 0
    browser.run("box.value = 'qwertz', box.oninput()")
    assert browser.run("document.getElementById('count').textContent") == "Nothing has all of these words."
    assert not browser.complaints


def test_switches(book, browser):
    """Light and dark are kept from page to page, figures turn along; the contents open on a phone; the way on and the
    other language are one click."""
    first, second = all_lessons()[:2]
    browser.size(380, 800)
    browser.open((book / f"{first.name}.html").as_uri())
    paper = "getComputedStyle(document.body).backgroundColor"
    light = browser.run(paper)
    browser.run("button.click(), button.click()")
    assert browser.run(paper) != light
    assert browser.run("getComputedStyle(document.querySelector('.figure')).colorScheme") == "dark"
    assert browser.run("getComputedStyle(document.getElementById('contents')).display") == "none"
    browser.run("menu.click()")
    assert browser.run("getComputedStyle(document.getElementById('contents')).display") == "block"
    browser.open(browser.run("document.querySelector('.next').href"))
    assert browser.run("location.href").endswith(f"{second.name}.html")
    assert browser.run("document.documentElement.dataset.theme") == "dark"
    browser.run("button.click()")
    assert browser.run(paper) == light
    browser.open(browser.run("document.querySelector('.other').href"))
    assert browser.run("location.href").endswith(f"{second.name}.ko.html")
    assert browser.run("document.querySelector('main').lang") == "ko" and not browser.complaints
