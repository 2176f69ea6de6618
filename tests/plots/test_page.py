"""Every HTML page's frame: what is put in is escaped, and the policy lets the template's own programs run alone."""

import base64
import hashlib

import pytest

from minisat.plots import page
from minisat.plots.markup import Html, as_json, escaped, joined, markup


@pytest.fixture
def templates(tmp_path, monkeypatch):
    """A folder of templates of one's own, with the real head."""
    (tmp_path / "head.html").write_text('<title>{{title}}</title>')
    monkeypatch.setattr(page, "__file__", str(tmp_path / "page.py"))
    return tmp_path


def test_parts_are_filled_in_once(templates):
    """What a part says is left alone, also where it looks like a mark; titles are escaped."""
    (templates / "small.html").write_text("{{head}}<p>{{body}}</p>{{body}}")
    page.write_page(templates / "made.html", "small", "a < b", body="{{title}}")
    assert (templates / "made.html").read_text() == "<title>a &lt; b</title><p>{{title}}</p>{{title}}"


def test_a_page_can_be_had_as_text(templates):
    """With the piece that several pages share, whose own marks are filled too."""
    (templates / "small.html").write_text("{{head}}{{looking}}")
    (templates / "looking.html").write_text("<i>{{body}}</i>")
    assert page.page_text("small", "t", body="b") == "<title>t</title><i>b</i>"


def test_a_mark_that_nothing_fills_is_an_error(templates):
    """No page with holes is written."""
    (templates / "small.html").write_text("{{head}}{{forgotten}}")
    with pytest.raises(KeyError, match="forgotten"):
        page.write_page(templates / "made.html", "small", "t")
    assert not (templates / "made.html").exists()


def test_what_is_not_html_is_escaped(templates):
    """A part that its caller forgot to escape does no harm; numbers and missing values are text too."""
    (templates / "small.html").write_text("{{head}}{{a}}|{{b}}|{{c}}")
    made = page.page_text("small", "t", a="<b>", b=Html("<i>x</i>"), c=3)
    assert made == "<title>t</title>&lt;b&gt;|<i>x</i>|3"


def test_markup_escapes_all_but_markup():
    """Also lists of it; adding a text to Html makes a text again."""
    word = markup("<b>{}</b>", "<script>")
    assert word == "<b>&lt;script&gt;</b>" and isinstance(word, Html)
    assert markup('<i title="{name}">{}{}</i>', word, 1, name='"x\'') == f'<i title="&quot;x&#x27;">{word}1</i>'
    assert joined("<br>", [word, "<br>"]) == f"{word}<br>&lt;br&gt;"
    assert escaped(word + "<b>").count("<") == 0
    assert escaped("caf\udce9.jpg") == "caf\ufffd.jpg"


def test_json_cannot_end_its_element():
    """No < is left in it, no half of a character, and no number that JSON does not have."""
    assert as_json({"a": "</script><!-- \ud800 é"}) == '{"a":"\\u003c/script>\\u003c!-- \ufffd é"}'
    with pytest.raises(ValueError, match="JSON"):
        as_json([float("nan")])


def test_the_policy_names_the_templates_programs_only(templates):
    """By hash, those that it takes in among them; a program that comes in with a part is not named."""
    (templates / "looking.html").write_text("<style>b {}</style><script>one()</script>")
    (templates / "small.html").write_text("<meta content=\"{{policy}}\">{{looking}}<script>two()</script>{{part}}")
    made = page.page_text("small", "t", part=Html("<script>three()</script>"))
    one, two, three, style = (base64.b64encode(hashlib.sha256(text).digest()).decode()
                              for text in (b"one()", b"two()", b"three()", b"b {}"))
    assert f"script-src 'sha256-{one}' 'sha256-{two}'; style-src 'sha256-{style}'; img-src data: blob:;" in made
    assert three not in made and "unsafe" not in made and made.startswith("<meta content=\"default-src 'none';")


def test_a_program_has_no_marks(templates):
    """What is put into a page is never a part of a program."""
    (templates / "small.html").write_text("<script>count({{part}})</script>")
    with pytest.raises(ValueError, match="mark"):
        page.page_text("small", "t", part=1)
