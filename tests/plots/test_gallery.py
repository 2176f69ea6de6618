"""The gallery page: escaped, self-contained, and its attention readable again."""

import base64
import io
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from browser import needs_chromium, title_of, with_program
from PIL import Image

from minisat.plots import GalleryItem, NearPhoto, gallery, upsample
from minisat.vision import CellGrid, build

NASTY = '<script>alert("x")</script> & \'more\''


class Reader(HTMLParser):
    """Collects the tags, attributes and text of a page."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text = [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text.append(data)


def item(name="1.jpg", score=10.0, L=9, words=("a", "dog"), **changes):
    rng = np.random.default_rng(1)
    values = dict(name=name, photo=Image.new("RGB", (300, 200), "navy"), words=list(words), references=["A dog ."],
                  scores={"BLEU-4": score, "BLEU-1": 50.0}, alphas=rng.random((len(words) + 1, L)),
                  betas=rng.random(len(words) + 1))
    return GalleryItem(**(values | changes))


def write(tmp_path, items, **options):
    gallery(items, tmp_path / "page.html", **({"title": "A run", "about": "Some photos."} | options))
    return (tmp_path / "page.html").read_text(encoding="utf-8")


def test_attention_is_kept_to_a_byte_a_cell_and_read_again(tmp_path):
    entry = item()
    _, card = next(tag for tag in Reader(write(tmp_path, [entry])).tags if tag[0] == "article")
    bytes_ = np.frombuffer(base64.b64decode(card["data-alpha"]), np.uint8).reshape(2, 9)
    expected = entry.alphas[:2] / entry.alphas[:2].max(1, keepdims=True)
    np.testing.assert_allclose(bytes_ / 255, expected, atol=0.5 / 255 + 1e-9)
    assert json.loads(card["data-grid"]) == [list(cells) for cells in CellGrid.square(9)]


def test_neighbours_that_decided_are_shown_with_what_people_said(tmp_path):
    """Escaped, with a thumbnail where the photo is at hand; without consensus there is nothing of it."""
    near = (NearPhoto("n.jpg", Image.new("RGB", (300, 200), "red"), 0.625, [NASTY, "A dog runs ."]),
            NearPhoto("far.jpg", None, 0.375, ["A cat ."]))
    page = Reader(text := write(tmp_path, [item(near=near)]))
    said = "".join(page.text)
    assert all(part in said for part in ("62 %", "n.jpg", NASTY, "A dog runs .", "38 %", "far.jpg"))
    assert NASTY not in text
    small = [Image.open(io.BytesIO(base64.b64decode(tag["src"].split(",")[1]))) for name, tag in page.tags
             if name == "img"]
    assert [photo.size for photo in small] == [(160, 107), (72, 48)]
    assert "<details>" not in write(tmp_path, [item()])


def test_photos_are_embedded_small(tmp_path):
    _, image = next(tag for tag in Reader(write(tmp_path, [item()])).tags if tag[0] == "img")
    kind, data = image["src"].split(",", 1)
    assert kind == "data:image/jpeg;base64"
    assert Image.open(io.BytesIO(base64.b64decode(data))).size == (160, 107)


def test_each_word_says_its_gate_or_the_sentinels_share(tmp_path):
    """Where places and sentinel share a look, alpha sums to beta, and the rest is the sentinel's."""
    def gates(entry):
        return [tag[1]["data-gate"] for tag in Reader(write(tmp_path, [entry])).tags if "data-gate" in tag[1]]
    alphas = np.full((3, 9), 1 / 9)
    assert gates(item(alphas=alphas, betas=np.array([0.1, 0.25, 0.5]))) == ["β 0.10", "β 0.25"]
    betas = np.array([0.25, 0.6, 1.0])
    assert gates(item(alphas=alphas * betas[:, None], betas=betas)) == ["sentinel 75 %", "sentinel 40 %"]


@needs_chromium
def test_words_show_where_they_look(tmp_path):
    """Pointing at a word darkens the photo but for its place; the photo plays the caption; leaving ends it."""
    looks = """
      const [card] = cards, canvas = card.querySelector("canvas"), said = [], [, dog] = wordsOf(card);
      const tell = () => said.push(card.className, card.querySelector("output").textContent, canvas.width);
      dog.dispatchEvent(new MouseEvent("mouseenter"));
      tell();
      const at = (x, y) => canvas.getContext("2d").getImageData(x, y, 1, 1).data[3];
      said.push(at(16, 16) < at(80, 80) ? "peak" : "none");
      card.querySelector(".caption").dispatchEvent(new MouseEvent("mouseleave"));
      tell();
      card.querySelector("figure").click();
      tell();
      document.title = said.join("|");
    """
    alphas = np.eye(9)[[8, 0, 4]]
    page = write(tmp_path, [item(alphas=alphas, betas=np.array([0.1, 0.25, 0.5]))])
    (tmp_path / "page.html").write_text(with_program(page, looks), encoding="utf-8")
    said = title_of(f"file://{tmp_path / 'page.html'}", tmp_path / "profile").split("|")
    assert said == ["attends looking", "dog  β\u00a00.25  9.0×", "96", "peak", "attends", "dog  β\u00a00.25  9.0×", "0",
                    "attends playing looking", "a  β\u00a00.10  9.0×", "96"]


@needs_chromium
@pytest.mark.parametrize("encoder", ["toy_cnn", "toy_cnn_v2"])
def test_the_page_draws_the_peak_where_the_cell_lies(tmp_path, encoder):
    """The page's own arithmetic, from the numbers that it carries: its brightest point is Python's, to a pixel."""
    tells = """
      const [card] = cards, canvas = card.querySelector("canvas");
      look(card, 0);
      const { data } = canvas.getContext("2d").getImageData(0, 0, SIDE, SIDE), light = [];
      for (let i = 0; i < SIDE * SIDE; i++) light.push(data[4 * i] ? data[4 * i + 3] : 0);
      document.title = light.indexOf(Math.max(...light));
    """
    grid, alphas = build(encoder).cells(), np.eye(64)[[3 * 8 + 5]] + 1e-3 * np.eye(64)[[3 * 8 + 6]]
    page = write(tmp_path, [item(words=["dog"], alphas=alphas, betas=None, grid=grid)])
    (tmp_path / "page.html").write_text(with_program(page, tells), encoding="utf-8")
    brightest = int(title_of(f"file://{tmp_path / 'page.html'}", tmp_path / "profile"))
    expected = np.unravel_index(upsample(alphas[0], grid, 96, 96).argmax(), (96, 96))
    np.testing.assert_allclose(divmod(brightest, 96), expected, atol=1)
    middle = [(grid.down.middle + 8 * index + 0.5) * 96 / 64 - 0.5 for index in (3, 5)]
    np.testing.assert_allclose(divmod(brightest, 96), middle, atol=1)


def test_texts_are_escaped_wherever_they_come_from(tmp_path):
    page = write(tmp_path, [item(name=NASTY, words=[NASTY], references=[NASTY])], title=NASTY, about=NASTY)
    assert "<script>alert" not in page
    reader = Reader(page)
    assert sum(tag == "script" for tag, _ in reader.tags) == 2
    assert "".join(reader.text).count('<script>alert("x")</script>') == 6  # title twice, about, word, reference, name
    assert next(a for tag, a in reader.tags if tag == "article")["data-name"] == NASTY


def test_the_page_needs_nothing_from_elsewhere(tmp_path):
    page = write(tmp_path, [item()])
    assert not re.search(r"https?://|@import|<link|src=[\"'](?!data:)", page)
    assert "{{" not in page.replace("${", "")


def test_a_model_without_attention_has_plain_words(tmp_path):
    reader = Reader(write(tmp_path, [item(alphas=None, betas=None)]))
    assert not any(tag == "button" for tag, _ in reader.tags)
    assert not any("data-alpha" in attributes for _, attributes in reader.tags)


def test_hundreds_of_photos_stay_a_page_that_can_be_mailed(tmp_path):
    rng = np.random.default_rng(0)
    noise = Image.fromarray(rng.integers(0, 256, (12, 12, 3), dtype=np.uint8)).resize((224, 224), Image.BICUBIC)
    page = write(tmp_path, [item(str(i), photo=noise, L=196, words=["word"] * 12) for i in range(200)])
    assert len(page) < 3_000_000 and page.count("<article") == 200
