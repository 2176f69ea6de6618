"""Names beside the points of a figure, none on another."""

from matplotlib.backends.backend_agg import FigureCanvasAgg

from minisat.plots.labels import draw_labels
from minisat.plots.svg import RULE


def name_points(axis, points, names, colour, size=8):
    """Write each of `names` beside its point (n, 2) of `axis`; "" leaves a point without. All limits must be final."""
    FigureCanvasAgg(axis.figure).draw()  # so that it is known where in the figure the axis lies
    draw_labels(axis, points, names, [colour] * len(names), size, RULE)
