"""Every HTML page's frame."""

import pytest

from minisat.plots import page


@pytest.fixture
def templates(tmp_path, monkeypatch):
    """A folder of templates of one's own, with the real head."""
    (tmp_path / "head.html").write_text("<title>{{title}}</title>")
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
