"""Figures can be read on white and on GitHub's dark page: no background of their own, and colours that stand out."""

import re
from xml.etree import ElementTree

import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from minisat.plots.svg import DARK, INK, MUTED, PAPER, RULE, svg
from minisat.teaching.shelf import all_lessons

PAGES = {"light": "#ffffff", "dark": "#0d1117"}
FIGURES = sorted(path for lesson in all_lessons() for path in lesson.folder.glob("*.svg"))
TEXT, LINE = 4.5, 3.0  # the contrasts that WCAG 2 asks for, 1.4.3 and 1.4.11
every_figure = pytest.mark.parametrize("path", FIGURES, ids=[path.stem for path in FIGURES])


def luminance(colour):
    """The relative luminance of WCAG 2."""
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(colour, page):
    """WCAG's contrast of `colour`, as a page in that form shows it, with the page: 1 to 21."""
    shown = DARK.get(colour, colour) if page == "dark" else colour
    low, high = sorted((luminance(shown), luminance(PAGES[page])))
    return (high + 0.05) / (low + 0.05)


def drawn(text, kind):
    """{colour} of what the SVG `text` has in groups of a `kind`: the fills of text, the strokes of line2d."""
    styles = [style for group in ElementTree.fromstring(text).iter() if group.get("id", "").startswith(f"{kind}_")
              for style in styles_in(group)]
    return set(re.findall(rf"\b{'fill' if kind == 'text' else 'stroke'}: (#\w+)", "; ".join(styles)))


def styles_in(group):
    """The styles of a group's elements, without those of a card that lies under its text."""
    for each in group:
        if not each.get("id", "").startswith("patch"):
            yield each.get("style", "")
            yield from styles_in(each)


def unreadable(text):
    """What of the SVG `text` does not stand out enough: [(what, colour, page)]."""
    wanted = [(what, colour, least) for what, least in (("text", TEXT), ("line2d", LINE))
              for colour in drawn(text, what) - {RULE}]
    return {(what, colour, page) for what, colour, least in wanted for page in PAGES if contrast(colour, page) < least}


@every_figure
def test_a_lessons_figure_stands_out_on_both_pages(path):
    """Its words and its lines."""
    text = path.read_text(encoding="utf-8")
    assert drawn(text, "text") and not unreadable(text)


@every_figure
def test_a_lessons_figure_brings_no_background(path):
    """The figure's own patch is clear, nothing white is left, and every colour that turns has its rule."""
    text = path.read_text(encoding="utf-8")
    assert re.search(r'<g id="patch_1">\s*<path [^>]*style="fill: none"', text)
    assert "#ffffff" not in text
    for colour, other in DARK.items():
        for part in ("fill", "stroke"):
            used = f"{part}: {colour}" in re.sub("<style.*?</style>", "", text, flags=re.DOTALL)
            assert (f'[style*="{part}: {colour}"]{{{part}: {other} !important}}' in text) == used


def test_the_measure_sees_what_cannot_be_read():
    """Black and yellow words, a pale line: each is found, on the page where it hurts."""
    figure = Figure()
    axis = figure.subplots()
    axis.plot([0, 1], color="#eeeeee")
    axis.set_title("sun", color="#ffff00")
    axis.set_xlabel("night", color="#000001")
    found = unreadable(svg(figure))
    assert {("line2d", "#eeeeee", "light"), ("text", "#ffff00", "light"), ("text", "#000001", "dark")} <= found


def test_words_without_a_colour_take_the_pages_ink():
    """Black is nobody's choice here, and would be lost in the dark."""
    figure = Figure()
    figure.subplots().annotate("said", (0.5, 0.5))
    assert INK in drawn(svg(figure), "text") and svg(figure) == svg(figure)


def test_what_turns_keeps_its_rank():
    """Ink stands out more than muted, muted more than a rule, in both forms; paper is the page."""
    for page in PAGES:
        assert contrast(INK, page) > contrast(MUTED, page) >= TEXT > contrast(RULE, page)
        assert contrast(PAPER, page) < 1.05
    for colour in DARK.keys() - {RULE, PAPER}:
        assert all(contrast(colour, page) >= TEXT for page in PAGES), colour
