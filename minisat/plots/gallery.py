"""A page of captioned photos: references, scores, and under the pointer where the captioner looked for each word.

One HTML file that needs nothing else: photos are embedded small, attention as one byte a cell, the little program
that draws it stands in `gallery.html` beside this file.
"""

import base64
import io
import json
from typing import NamedTuple

import numpy as np

from minisat.captioner.decoding import gate_label
from minisat.plots.markup import joined, markup
from minisat.plots.page import write_page
from minisat.vision import CellGrid

SIZE, QUALITY = 160, 82  # pixels of the longer side, JPEG quality
THUMBNAIL = 72           # pixels of a neighbour's


class NearPhoto(NamedTuple):
    """A training photo that had a say in a caption by consensus."""

    name: str
    photo: object   # PIL image, or None where it is not at hand
    share: float    # of the decision, 0..1
    captions: list  # texts


class GalleryItem(NamedTuple):
    """One photo with its caption. Scores are {name: value on 0..100}; the first one sorts the page."""

    name: str
    photo: object         # PIL image, as the network saw it, or None
    words: list
    references: list      # texts
    scores: dict
    alphas: object = None  # (T, L) or None; T may exceed the words by one (END)
    betas: object = None   # (T,) or None
    grid: object = None    # where the L cells lie (CellGrid); default an even square
    near: tuple = ()       # of NearPhotos


def gallery(items, path, title, about="", report=""):
    """Write the page of `items` (GalleryItems) to `path`: best first, and by choice worst first or by name.

    `about` is one paragraph under the title, `report` is Html for below it. All other texts are escaped. The box finds
    words in captions, references and names. Some 12 kB a photo.
    """
    score = next((next(iter(item.scores)) for item in items if item.scores), "")
    write_page(path, "gallery", title, about=about, report=report, count=len(items), score=score,
               cards=joined("\n", map(_card, items)))


def _card(item):
    """One photo as Html."""
    scores = joined("", (markup("<span><b>{}</b> {}</span>", f"{value:.0f}", name)
                         for name, value in item.scores.items()))
    references = joined("", (markup("<li>{}</li>", text) for text in item.references))
    first = next(iter(item.scores.values()), 0.0)
    attention = ""
    if item.alphas is not None and item.words and item.photo is not None:
        attention = markup(' data-alpha="{}" data-grid="{}"', _encode(item), json.dumps(_grid(item)))
    words = joined(" ", (markup("<button{}>{}</button>" if attention else "<span{}>{}</span>", _gate(item, t), text)
                         for t, text in enumerate(item.words)))
    return markup('<article data-score="{first}" data-name="{name}"{attention}>{figure}<div>'
                  '<p class="caption">{words}</p><p class="scores">{scores}</p><ul>{references}</ul>'
                  '{near}<p class="name">{name}</p></div></article>', near=_near(item.near),
                  first=f"{first:.6g}", name=item.name, attention=attention, figure=_figure(item.photo), words=words,
                  scores=scores, references=references)


def _gate(item, t):
    return "" if item.betas is None else markup(' data-gate="{}"', gate_label(item.alphas[t], item.betas[t]))


def _grid(item):
    return item.grid or CellGrid.square(item.alphas.shape[1])


def _encode(item):
    """The attention of the words, one byte a cell, each word's peak 255: base64 of (words, L)."""
    alphas = np.asarray(item.alphas, np.float64)[:len(item.words)]
    peaks = np.maximum(alphas.max(axis=1, keepdims=True), 1e-12)
    return base64.b64encode(np.round(255 * alphas / peaks).astype(np.uint8).tobytes()).decode()


def _near(photos):
    """The neighbours that decided, folded up, as Html."""
    rows = (markup('<div>{}<p><b>{} %</b> <i>{}</i><br>{}</p></div>', _thumbnail(near.photo), f"{100 * near.share:.0f}",
                   near.name, joined("<br>", near.captions)) for near in photos)
    return markup("<details><summary>what decided</summary>{}</details>", joined("", rows)) if photos else ""


def _thumbnail(photo):
    return "" if photo is None else markup('<img alt="" src="{}">', jpeg(photo, THUMBNAIL))


def _figure(photo):
    if photo is None:
        return ""
    return markup('<figure><img alt="" width="{0}" height="{0}" src="{1}"><canvas></canvas><output></output></figure>',
                  SIZE, jpeg(photo))


def jpeg(photo, size=SIZE):
    """A copy of the PIL image `photo`, its longer side at most `size` pixels, as a data URI."""
    small = photo.convert("RGB")
    small.thumbnail((size, size))
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=QUALITY, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
