"""A page of captioned photos: references, scores, and under the pointer where the captioner looked for each word.

One HTML file that needs nothing else: photos are embedded small, attention as one byte a cell, the little program
that draws it stands in `gallery.html` beside this file.
"""

import base64
import html
import io
from typing import NamedTuple

import numpy as np

from minisat.plots.attention import square
from minisat.plots.page import write_page

SIZE, QUALITY = 160, 82  # pixels of the longer side, JPEG quality


class GalleryItem(NamedTuple):
    """One photo with its caption. Scores are {name: value on 0..100}; the first one sorts the page."""

    name: str
    photo: object         # PIL image, as the network saw it, or None
    words: list
    references: list      # texts
    scores: dict
    alphas: object = None  # (T, L) or None; T may exceed the words by one (END)
    betas: object = None   # (T,) or None
    grid: object = None    # (rows, columns) of L; default square


def gallery(items, path, title, about="", report=""):
    """Write the page of `items` (GalleryItems) to `path`: best first, and by choice worst first or by name.

    `about` is one paragraph under the title, `report` is HTML for below it. All other texts are escaped. The box finds
    words in captions, references and names. Some 12 kB a photo.
    """
    cards = "\n".join(_card(item) for item in items)
    score = next((next(iter(item.scores)) for item in items if item.scores), "")
    write_page(path, "gallery", title, about=html.escape(about), report=report, count=str(len(items)),
               score=html.escape(score), cards=cards)


def _card(item):
    """One photo as HTML."""
    scores = "".join(f"<span><b>{value:.0f}</b> {html.escape(name)}</span>" for name, value in item.scores.items())
    references = "".join(f"<li>{html.escape(text)}</li>" for text in item.references)
    first = next(iter(item.scores.values()), 0.0)
    attention, tag = "", "span"
    if item.alphas is not None and item.words and item.photo is not None:
        attention, tag = f' data-alpha="{_encode(item)}" data-grid="{"x".join(map(str, _grid(item)))}"', "button"
    words = " ".join(f"<{tag}{_beta(item, t)}>{html.escape(word)}</{tag}>" for t, word in enumerate(item.words))
    name = html.escape(item.name)
    return (f'<article data-score="{first:.6g}" data-name="{name}"{attention}>'
            f'{_figure(item.photo)}'
            f'<div><p class="caption">{words}</p><p class="scores">{scores}</p>'
            f'<ul>{references}</ul><p class="name">{name}</p></div></article>')


def _beta(item, t):
    return "" if item.betas is None else f' data-beta="{item.betas[t]:.2f}"'


def _grid(item):
    return item.grid or square(item.alphas.shape[1])


def _encode(item):
    """The attention of the words, one byte a cell, each word's peak 255: base64 of (words, L)."""
    alphas = np.asarray(item.alphas, np.float64)[:len(item.words)]
    peaks = np.maximum(alphas.max(axis=1, keepdims=True), 1e-12)
    return base64.b64encode(np.round(255 * alphas / peaks).astype(np.uint8).tobytes()).decode()


def _figure(photo):
    if photo is None:
        return ""
    return (f'<figure><img alt="" width="{SIZE}" height="{SIZE}" src="{jpeg(photo)}"><canvas></canvas>'
            '<output></output></figure>')


def jpeg(photo, size=SIZE):
    """A copy of the PIL image `photo`, its longer side at most `size` pixels, as a data URI."""
    small = photo.convert("RGB")
    small.thumbnail((size, size))
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=QUALITY, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
