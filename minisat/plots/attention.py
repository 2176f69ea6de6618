"""The paper's figure for any photo: word by word, where the captioner looked."""

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from minisat.captioner.decoding import gate_label
from minisat.files import whole_file
from minisat.plots.fonts import check_letters, families
from minisat.vision import CellGrid

PANEL = 2.0          # inches, width and height of one photo
COLUMNS = 7          # at most
SHADE, LIGHT = 0.4, 0.55   # what is left of the photo where nobody looks; how white it gets at most


def upsample(alpha, grid, height, width):
    """Attention (L,) to the cells of `grid` (CellGrid) drawn smoothly over (height, width) pixels.

    Cubic B-splines: smooth, never below zero and without ringing. Each cell lies where the grid says; even stays even.
    """
    down, across = _spline_weights(grid.down, height), _spline_weights(grid.across, width)
    return down @ np.reshape(alpha, grid.shape) @ across.T


def shares(alpha):
    """Attention (…, L) in even shares: 1 is what every cell gets when the captioner looks everywhere alike."""
    alpha = np.asarray(alpha, np.float64)
    return alpha / np.maximum(alpha.mean(axis=-1, keepdims=True), 1e-12)


def overlay(photo, alpha, grid=None):
    """The photo (PIL) with one word's attention (L,) over it: dark where nobody looks, whitish where it looks most.

    Attention that is nearly even leaves the photo nearly as it is. `grid`: where the cells lie (CellGrid); default an
    even square.
    """
    pixels = np.asarray(photo.convert("RGB"), dtype=np.float32)
    seen = upsample(shares(alpha), grid or CellGrid.square(len(alpha)), *pixels.shape[:2])[..., None]
    peak = max(float(seen.max()), 1 + 1e-9)
    middle = np.sqrt(peak)  # between even and peak: here the photo stays as it is
    dark = (1 - SHADE) * np.maximum(1 - seen / middle, 0)
    light = LIGHT * (1 - 1 / peak) * np.maximum(seen - middle, 0) / (peak - middle)
    mixed = pixels * (1 - dark - light) + 255 * light
    return Image.fromarray(np.clip(mixed.round(), 0, 255).astype(np.uint8))


def attention_figure(photo, words, alphas, betas, path, grid=None):
    """Draw `photo` (PIL, as the network saw it), then once per word with alphas (T, L) over it; write to `path`.

    Above each: the word and its gate beta, `betas` (T,) (left out when None), or the sentinel's share; in its corner
    the largest share that a cell has, in even shares. T may exceed the words by one: END is not drawn. The format
    follows the ending of `path` (.png, .pdf, .svg). `grid` as in `overlay`.
    """
    panels = [("", photo)] + [(word, overlay(photo, alpha, grid)) for word, alpha in zip(words, alphas)]
    check_letters(words)
    rows = -(-len(panels) // COLUMNS)
    columns = -(-len(panels) // rows)  # full rows, the last one too as far as can be
    figure = Figure(figsize=(PANEL * columns, (PANEL + 0.36) * rows), dpi=120, layout="constrained", facecolor="white")
    figure.get_layout_engine().set(w_pad=0.03, h_pad=0.03, wspace=0, hspace=0)
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for axis in axes:
        axis.axis("off")
    for i, (axis, (word, image)) in enumerate(zip(axes, panels)):
        axis.imshow(image, interpolation="lanczos")
        axis.set_title(_plain(word), fontsize=12, fontfamily=families(), loc="left", pad=4, color="#111827",
                       fontweight="bold")
        if i > 0:
            axis.text(0.03, 0.04, f"{shares(alphas[i - 1]).max():.1f}×", transform=axis.transAxes, fontsize=8,
                      color="white", bbox={"facecolor": "#000000aa", "edgecolor": "none", "pad": 2})
        if betas is not None and i > 0:
            axis.set_title(gate_label(alphas[i - 1], betas[i - 1]), fontsize=9, loc="right", pad=4, color="#6b7280")
    with whole_file(path) as temporary:
        figure.savefig(temporary, format=str(path).rpartition(".")[2], metadata=None)


def _spline_weights(cells, pixels):
    """(pixels, cells.count): how much each cell weighs in each pixel of a line; the border cell goes on outside."""
    weights, position = np.zeros((pixels, cells.count)), cells.position(pixels)
    for tap in range(-1, 3):
        cell = np.floor(position).astype(int) + tap
        distance = np.abs(position - cell)
        near, far = 2 / 3 - distance**2 + distance**3 / 2, np.maximum(2 - distance, 0) ** 3 / 6
        np.add.at(weights, (np.arange(pixels), np.clip(cell, 0, cells.count - 1)), np.where(distance < 1, near, far))
    return weights


def _plain(word):
    """A word as Matplotlib should print it: `$` would begin a formula."""
    return word.replace("$", r"\$")
