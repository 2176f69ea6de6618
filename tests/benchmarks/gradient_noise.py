"""How noisy the gradient of drawn attention is: the figure that REINFORCE's baselines are there to lower,
and its course in a training as a picture."""

from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from minisat.backend import to_numpy
from minisat.files import whole_file

INK, MUTED, RULE = "#1f2937", "#6b7280", "#e5e7eb"
COLOURS = ("#9ca3af", "#ea580c", "#2563eb", "#0b5c50")


class GradientNoise(NamedTuple):
    """Of the gradient of all parameters as one vector g, over the draws."""

    variance: float  # E ‖g − E g‖², the sum of its entries' variances
    signal: float    # ‖E g‖², estimated without the noise that the mean still has


def gradient_noise(objective, batch, draws, seed=0):
    """Draw the gradient of `objective` on one batch (features, ids, lengths) so many times → GradientNoise.

    Parameters and baseline stay as they are; draw k is the same for every objective of one captioner, so that
    baselines are compared on the same paths. At least two draws.
    """
    total, squares = 0.0, 0.0
    for draw in range(draws):
        objective.zero_grad()
        _, cache = objective.forward(*batch, rng=np.random.default_rng([seed, draw]))
        objective.backward(1.0, cache)
        gradient = np.concatenate([to_numpy(p.grad).ravel() for p in objective.parameters()]).astype(np.float64)
        total, squares = total + gradient, squares + gradient @ gradient
    mean = total / draws
    variance = (squares - draws * mean @ mean) / (draws - 1)
    return GradientNoise(float(variance), float(mean @ mean - variance / draws))


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
