"""How a training went: the loss on train and dev, and BLEU on dev, epoch by epoch."""

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from minisat.files import whole_file
from minisat.plots.svg import BLUE, GREEN, INK, MUTED, ORANGE, RULE

LOSSES = (("train_loss", "train", BLUE), ("dev_loss", "dev", ORANGE))
BLEUS = (("bleu_1", "BLEU-1", "#99c9bd"), ("bleu_2", "BLEU-2", "#62a89a"), ("bleu_3", "BLEU-3", "#2f8576"),
         ("bleu_4", "BLEU-4", GREEN))
TITLE_PAD = 12  # points above the axis, clear of a name at its upper end


def curves(metrics, path):
    """Draw the loss (nats per word) and BLEU-1..4 (× 100) over epochs; write to `path` (.png, .pdf, .svg).

    metrics: the lines of metrics.jsonl as dictionaries; those without `epoch` are left out, and
    so are the curves of keys that no line has. The epoch with the highest BLEU-4 is marked.
    """
    epochs = [line for line in metrics if "epoch" in line]
    figure = Figure(figsize=(9, 3.6), dpi=120, layout="constrained", facecolor="white")
    left, right = figure.subplots(1, 2)
    draw_lines(left, lines_of(epochs, LOSSES, 1), "loss, nats per word")
    draw_lines(right, lines_of(epochs, BLEUS, 100), "BLEU on dev × 100")
    scored = [line for line in epochs if line.get("bleu_4") is not None]
    if scored:
        best = max(scored, key=lambda line: line["bleu_4"])
        right.axvline(best["epoch"], color=RULE, linewidth=6, zorder=0)
        text = f"best: {100 * best['bleu_4']:.1f} in epoch {best['epoch']}"
        right.set_title(text, fontsize=9, loc="right", color=MUTED, pad=TITLE_PAD)
    with whole_file(path) as temporary:
        figure.savefig(temporary, format=str(path).rpartition(".")[2])


def lines_of(epochs, wanted, scale):
    """(name, colour, points) of each (key, name, colour) that is wanted."""
    return [(name, colour, [(line["epoch"], scale * line[key]) for line in epochs if line.get(key) is not None])
            for key, name, colour in wanted]


def draw_lines(axis, lines, title):
    """One panel over epochs: every (name, colour, [(epoch, value), …]) that has points, its name at its last one."""
    axis.set_title(title, fontsize=11, loc="left", color=INK, fontweight="bold", pad=TITLE_PAD, parse_math=False)
    ends = []
    for name, colour, points in lines:
        if points:
            axis.plot(*zip(*points), color=colour, linewidth=2, marker="o", markersize=3.5, clip_on=False)
            ends.append((points[-1], name, colour))
    ends.sort(key=lambda end: end[0][1])
    for ((x, _), name, colour), height in zip(ends, _apart([y for (_, y), _, _ in ends], *axis.get_ylim())):
        axis.annotate(name, (x, height), xytext=(8, 0), textcoords="offset points", va="center", fontsize=9,
                      color=colour, fontweight="bold", annotation_clip=False, parse_math=False)
    axis.set_xlabel("epoch", color=MUTED, fontsize=9)
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.margins(x=0.04)
    axis.grid(axis="y", color=RULE, linewidth=0.8)
    axis.set_axisbelow(True)
    axis.tick_params(colors=MUTED, labelsize=9, length=0)
    for side, spine in axis.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(RULE)


def _apart(heights, low, high):
    """`heights`, lowest first, so far apart that names there do not overlap, and if possible none above `high`."""
    gap, apart = (high - low) * 0.065, []
    for height in heights:
        apart.append(max(height, apart[-1] + gap) if apart else height)
    for i in range(len(apart) - 1, -1, -1):
        apart[i] = min(apart[i], apart[i + 1] - gap if i + 1 < len(apart) else high)
    return apart
