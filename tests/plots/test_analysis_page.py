"""The error-analysis page: its tables, escaped and self-contained."""

import re

import numpy as np
from PIL import Image

from minisat.plots import GalleryItem, Mistake, analysis_page

NASTY = "<b>red</b>"


def write(tmp_path, **changes):
    photo = Image.new("RGB", (300, 200), "navy")
    items = [GalleryItem("1.jpg", photo, ["a", NASTY], ["A reference ."], {"CIDEr-D × 10": 12.0},
                         np.full((3, 9), 1 / 9), np.ones(3)),
             GalleryItem("2.jpg", None, ["blank"], ["Another ."], {"CIDEr-D × 10": 2.0}, np.full((2, 9), 1 / 9))]
    values = dict(diversity={"n": 10, "unique_captions": 4, "collapsed": True, "repeated": [(6, NASTY)]},
                  unsupported={"colour": (8, 2), "count": (0, 0)},
                  mistakes=[Mistake("colour", "red", NASTY, 7, [(photo, NASTY), (None, "gone")])],
                  attention={"colour": {"words": 8, "entropy": 1.5, "peak": 0.25, "beta": None}},
                  locations={"count": 9, "entropy": np.log(9)})
    analysis_page(items, tmp_path / "page.html", "Errors", "About.", **(values | changes))
    return (tmp_path / "page.html").read_text(encoding="utf-8")


def cells(page):
    return re.findall(r"<td[^>]*>(.*?)</td>", page)


def test_every_table_is_there_with_its_numbers(tmp_path):
    page = write(tmp_path)
    assert "4 different captions of 10 photos (40 %)" in page and "has collapsed" in page
    found = cells(page)
    assert found[:2] == ["6", "&lt;b&gt;red&lt;/b&gt;"]
    assert found[2:6] == ["colour", "8", "2", "25 %"]
    assert found[6:11] == ["colour", "8", "1.50", "0.250", ""]
    assert found[11:15] == ["colour", "red", "&lt;b&gt;red&lt;/b&gt;", "7"]
    assert found[15].count("<img") == 1 and 'title="&lt;b&gt;red&lt;/b&gt;"' in found[15]


def test_a_page_without_attention_or_mistakes(tmp_path):
    page = write(tmp_path, attention={}, locations=None, mistakes=[], diversity={"n": 2, "unique_captions": 2,
                                                                                 "collapsed": False, "repeated": []})
    assert "Where words look" not in page and "collapsed" not in page
    assert "2 different captions of 2 photos (100 %)" in page


def test_it_needs_nothing_from_elsewhere_and_leaves_missing_photos_blank(tmp_path):
    page = write(tmp_path)
    assert not re.search(r"https?://|@import|<link|src=[\"'](?!data:)", page)
    assert NASTY not in page and "{{" not in page.replace("${", "")
    first, second = page.split("<article")[1:3]
    assert "<figure>" in first and "data-alpha" in first and "<figure>" not in second and "data-alpha" not in second
