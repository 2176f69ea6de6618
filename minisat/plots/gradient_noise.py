"""The variance of hard attention's gradient in the course of a training, one line a baseline."""

from matplotlib.figure import Figure

from minisat.files import whole_file

INK, MUTED, RULE = "#1f2937", "#6b7280", "#e5e7eb"
COLOURS = ("#9ca3af", "#ea580c", "#2563eb", "#0b5c50")


def gradient_noise_figure(steps, noise, path):
    """Draw variances over training steps on a logarithmic scale; write to `path` (.png, .pdf, .svg).

    steps: the steps at which was measured; noise: {name: variance at each of them}, in the order of the legend.
    """
    figure = Figure(figsize=(6.4, 3.8), dpi=120, layout="constrained", facecolor="white")
    axis = figure.subplots()
    for (name, values), colour in zip(noise.items(), COLOURS):
        axis.semilogy(steps, values, color=colour, linewidth=2, marker="o", markersize=3.5, label=name)
    axis.set_title("Variance of the gradient, by baseline", fontsize=11, loc="left", color=INK, fontweight="bold")
    axis.set_xlabel("training steps", color=MUTED, fontsize=9)
    axis.set_ylabel("E ‖g − E g‖²", color=MUTED, fontsize=9)
    axis.legend(frameon=False, fontsize=9)
    axis.grid(axis="y", color=RULE, linewidth=0.8)
    axis.set_axisbelow(True)
    axis.tick_params(which="both", colors=MUTED, labelsize=9, length=0)
    for side, spine in axis.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(RULE)
    with whole_file(path) as temporary:
        figure.savefig(temporary, format=str(path).rpartition(".")[2])
