"""Word vectors to look at: words as points in a plane, and the neighbours of the same words in several files."""

from typing import NamedTuple

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from minisat.errors import UserError
from minisat.files import whole_file
from minisat.plots.curves import INK, MUTED, RULE
from minisat.plots.labels import draw_labels
from minisat.plots.markup import joined, markup
from minisat.plots.page import write_page

COLOURS = ("#2563eb", "#ea580c", "#0f766e", "#9333ea", "#be123c", "#4d7c0f", "#0369a1", "#a16207")


class Plane(NamedTuple):
    """Vectors seen from the side from which they are furthest apart."""

    points: np.ndarray  # (n, 2)
    shares: np.ndarray  # (2,) of the variance that each axis shows, 0..1


def principal_plane(vectors):
    """The first two principal components of `vectors` (n, M), n ≥ 2: a Plane.

    The vectors, their mean taken off, in the directions in which they vary most: X = U S Vᵀ, points U S. The
    largest coordinate of each direction is positive, so that the picture never comes out mirrored.
    """
    centred = vectors - vectors.mean(axis=0)
    U, S, Vt = np.linalg.svd(centred.astype(np.float64), full_matrices=False)
    points, shares = np.zeros((len(vectors), 2)), np.zeros(2)
    kept = min(2, len(S))
    signs = np.sign(Vt[np.arange(kept), np.abs(Vt[:kept]).argmax(axis=1)])
    points[:, :kept] = U[:, :kept] * S[:kept] * signs
    if S.any():
        shares[:kept] = (S**2 / (S**2).sum())[:kept]
    return Plane(points, shares)


def word_map(vectors, groups, path, title):
    """Draw words of WordVectors as labelled points in the plane of their first two principal components.

    groups: lists of words, each in a colour of its own; all directions are those of the vectors at length 1, for
    cosines are what neighbours are told by. Written to `path` (.png, .pdf, .svg). Returns the Plane. UserError
    for fewer than three words.
    """
    words = [word for group in groups for word in group]
    if len(words) < 3:
        raise UserError("A plot of words needs at least three of them.")
    found = np.stack([vectors[word] for word in words])
    plane = principal_plane(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-30))
    colours = [COLOURS[k % len(COLOURS)] for k, group in enumerate(groups) for _ in group]
    text_colours = colours if len(groups) > 1 else [INK] * len(words)
    figure = Figure(figsize=(8.6, 7), dpi=130, facecolor="white")
    FigureCanvasAgg(figure)
    axis = figure.add_axes((0.03, 0.06, 0.94, 0.87))
    axis.scatter(*plane.points.T, c=colours, s=16, linewidths=0, zorder=3)
    axis.margins(0.09, 0.06)
    axis.set_title(title, fontsize=11, loc="left", color=INK, fontweight="bold", parse_math=False)
    axis.set_title("variance shown: {:.0f} % → and {:.0f} % ↑".format(*100 * plane.shares), fontsize=9, loc="right",
                   color=MUTED)
    axis.set(xticks=[], yticks=[])
    for spine in axis.spines.values():
        spine.set_color(RULE)
    axis.axhline(0, color=RULE, linewidth=.8, zorder=0)
    axis.axvline(0, color=RULE, linewidth=.8, zorder=0)
    axis.autoscale_view()
    size = 9 if len(words) <= 60 else 8 if len(words) <= 110 else 7
    draw_labels(axis, plane.points, words, text_colours, size, MUTED)
    with whole_file(path) as temporary:
        figure.savefig(temporary, format=str(path).rpartition(".")[2])
    return plane


def neighbour_table(files, words, count=5):
    """{word: {name: [(neighbour, cosine)]}} of `files` {name: WordVectors}; [] where a file has no such word."""
    return {word: {name: vectors.neighbours(word, count) if word in vectors else []
                   for name, vectors in files.items()} for word in words}


def table_text(table):
    """The table as Markdown: a row a word, a column a file, neighbours nearest first."""
    names = list(next(iter(table.values())))
    rows = [["word", *names]] + [[word, *(", ".join(other for other, _ in found) or "–" for found in row.values())]
                                 for word, row in table.items()]
    rows = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    widths = [max(len(row[k]) for row in rows) for k in range(len(names) + 1)]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in rows]
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(lines) + "\n"


def table_page(table, path, title, about=""):
    """Write the table as one HTML page to `path`; a neighbour is tinted by how many of the files name it."""
    names = list(next(iter(table.values())))
    columns = joined("", (markup('<th scope="col">{}</th>', name) for name in names))
    body = joined("\n", (_row(word, row) for word, row in table.items()))
    write_page(path, "neighbours", title, about=about, columns=columns, body=body)


def _row(word, row):
    """One word as Html."""
    named = [other for found in row.values() for other, _ in found]
    cells = []
    for found in row.values():
        entries = joined("", (markup('<li data-tint="{}"><span>{}</span><small>{}</small></li>',
                                     _tint(named.count(other), len(row)), other, f"{cosine:.2f}")
                              for other, cosine in found))
        cells.append(markup("<td><ol>{}</ol></td>", entries) if found else
                     markup("<td><p>not among its words</p></td>"))
    return markup('<tr><th scope="row">{}</th>{}</tr>', word, joined("", cells))


def _tint(count, files):
    """How many tenths of the others agree, 0 to 10: a neighbour that one file alone names has no tint."""
    return round(10 * (count - 1) / (files - 1)) if files > 1 else 0
