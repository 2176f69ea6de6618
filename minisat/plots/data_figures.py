"""Pictures of a data set: how long its captions are, which words they use, how large its photos are."""

from collections import Counter

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from minisat.files import whole_file
from minisat.plots.curves import INK, MUTED, RULE

BEFORE, AFTER, ACCENT = "#94a3b8", "#2563eb", "#ea580c"
_MOST_FREQUENT = 20
_MOST_FREQUENT_SIZES = 12


def data_figures(before, after, words, function_words, min_count, sizes, folder):
    """Draw a data set's four figures as PNG files in the Path `folder`; returns their paths.

    before, after: lengths of the captions (words), as written and as the captioner reads them; words: WordStatistics;
    function_words: left out of half of the frequent words; min_count: where the vocabulary ends; sizes: (width,
    height) of each photo.
    """
    figures = {
        "caption_lengths.png": caption_lengths(before, after),
        "frequent_words.png": frequent_words(words, function_words),
        "words_per_rank.png": words_per_rank(words.frequencies(), min_count),
        "image_sizes.png": image_sizes(sizes),
    }
    for name, figure in figures.items():
        with whole_file(folder / name) as temporary:
            figure.savefig(temporary, format="png")
    return [folder / name for name in figures]


def caption_lengths(before, after):
    """Histograms of caption lengths (words) before and after filtering, on one scale, each with its median."""
    figure = _figure(9, 3.6)
    panels = figure.subplots(1, 2, sharex=True, sharey=True)
    longest = max(before.max(initial=1), after.max(initial=1))
    for axis, lengths, colour, title in ((panels[0], before, BEFORE, "as written, cut at blanks"),
                                         (panels[1], after, AFTER, "as the captioner reads them")):
        counts = np.bincount(lengths, minlength=longest + 1)
        axis.bar(np.arange(len(counts)), counts, width=.86, color=colour)
        _style(axis, title, "words in a caption")
        if len(lengths):
            median = float(np.median(lengths))
            axis.axvline(median, color=ACCENT, linewidth=1.6)
            axis.annotate(f"median {median:g}", (median, 1), xycoords=("data", "axes fraction"), xytext=(6, -4),
                          textcoords="offset points", color=ACCENT, fontsize=10, fontweight="bold", va="top")
        axis.margins(y=.12)
    panels[0].set_ylabel("captions", color=MUTED, fontsize=9)
    panels[0].yaxis.set_major_formatter(_thousands())
    panels[0].xaxis.set_major_locator(MaxNLocator(integer=True))
    return figure


def frequent_words(statistics, function_words):
    """Bars of the most frequent words, with and without function words."""
    figure = _figure(9, 5.2)
    panels = figure.subplots(1, 2)
    for axis, without, colour, title in ((panels[0], frozenset(), BEFORE, "most frequent words"),
                                         (panels[1], function_words, AFTER, "… without function words")):
        _bars(axis, statistics.most_common(_MOST_FREQUENT, without), colour, title)
    return figure


def words_per_rank(frequencies, min_count):
    """Occurrences of each word over its rank, both logarithmic, and where the vocabulary is cut."""
    figure = _figure(6.4, 4.2)
    axis = figure.subplots()
    ranks = np.arange(1, len(frequencies) + 1)
    kept = int((frequencies >= min_count).sum())
    axis.loglog(ranks[:kept], frequencies[:kept], color=AFTER, linewidth=2.4, solid_capstyle="round")
    axis.loglog(ranks[max(kept - 1, 0):], frequencies[max(kept - 1, 0):], color=BEFORE, linewidth=2.4)
    if len(frequencies):
        # Zipf's law: occurrences ∝ 1 / rank, through the tenth word (or the last, where there are fewer).
        anchor = min(9, len(frequencies) - 1)
        zipf = frequencies[anchor] * ranks[anchor] / ranks
        axis.loglog(ranks, zipf, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
        middle = int(len(ranks) ** .75)  # three quarters along, on a logarithmic axis
        axis.annotate("Zipf: 1 / rank", (ranks[middle - 1], zipf[middle - 1]), xytext=(10, 8),
                      textcoords="offset points", color=MUTED, fontsize=9)
    if kept:
        share = frequencies[:kept].sum() / frequencies.sum()
        axis.axhline(min_count, color=ACCENT, linewidth=1.2)
        axis.annotate(f"{kept:,} of {len(frequencies):,} words occur at least {min_count} times:\n"
                      f"{100 * share:.1f} % of all occurrences", (0, min_count), xycoords=("axes fraction", "data"),
                      xytext=(8, 6), textcoords="offset points", color=ACCENT, fontsize=9, fontweight="bold")
    _style(axis, "words per rank", "rank of the word")
    axis.set_ylabel("occurrences", color=MUTED, fontsize=9)
    axis.set_ylim(bottom=.8)
    axis.xaxis.set_major_formatter(_thousands())
    axis.yaxis.set_major_formatter(_thousands())
    axis.minorticks_off()
    axis.grid(axis="both", color=RULE, linewidth=.8)
    return figure


def image_sizes(sizes):
    """Every size of photo as a disc whose area says how many have it, and the most frequent ones as bars."""
    figure = _figure(9, 4.2)
    scatter, bars = figure.subplots(1, 2, width_ratios=(1, 1.1))
    counts = Counter(sizes).most_common()
    _style(scatter, f"{len(sizes):,} photos in {len(counts):,} size{'s' * (len(counts) != 1)}", "width, pixels")
    scatter.set_ylabel("height, pixels", color=MUTED, fontsize=9)
    scatter.grid(axis="both", color=RULE, linewidth=.8)
    if counts:
        points, areas = np.array([size for size, _ in counts]), np.array([count for _, count in counts])
        scatter.scatter(*points.T, s=6 + 300 * areas / areas.max(), color=AFTER, alpha=.5, linewidths=0)
        largest = 1.12 * points.max()
        scatter.set(xlim=(0, largest), ylim=(0, largest), aspect="equal")
    _bars(bars, [(f"{width} × {height}", count) for (width, height), count in counts[:_MOST_FREQUENT_SIZES]],
          AFTER, "most frequent sizes")
    return figure


def _bars(axis, entries, colour, title):
    """Horizontal bars of (name, count) entries, the first on top, each with its number."""
    places = np.arange(len(entries))
    axis.barh(places, [count for _, count in entries], height=.78, color=colour)
    for place, (_, count) in zip(places, entries):
        axis.annotate(f"{count:,}", (count, place), xytext=(4, 0), textcoords="offset points", va="center",
                      fontsize=8, color=MUTED)
    _style(axis, title, "")
    axis.set_yticks(places, [name for name, _ in entries], color=INK, fontsize=9, parse_math=False)
    axis.set_ylim(max(len(entries), 5) - .4, -.6)
    axis.set_xticks([])
    axis.grid(False)
    axis.margins(x=.16)
    axis.spines["bottom"].set_visible(False)


def _figure(width, height):
    """An empty figure of `width` × `height` inches."""
    return Figure(figsize=(width, height), dpi=120, layout="constrained", facecolor="white")


def _thousands():
    """Ticks as 1,000 and never as 10³."""
    return FuncFormatter(lambda value, _: f"{value:,.0f}")


def _style(axis, title, label):
    """The house's panel: title at the left, quiet ticks, horizontal rules, no frame."""
    axis.set_title(title, fontsize=11, loc="left", color=INK, fontweight="bold", parse_math=False)
    axis.set_xlabel(label, color=MUTED, fontsize=9)
    axis.grid(axis="y", color=RULE, linewidth=.8)
    axis.set_axisbelow(True)
    axis.tick_params(colors=MUTED, labelsize=9, length=0)
    for side, spine in axis.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(RULE)
