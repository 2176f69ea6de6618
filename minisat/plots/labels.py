"""Labels beside points: each where it hides the least, so that a crowded plot can still be read."""

import numpy as np
from matplotlib.font_manager import FontProperties

_GAPS = (5, 14, 26, 40, 58)  # pixels between a point and its label, nearest first
_DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1), (.8, .8), (-.8, .8), (.8, -.8), (-.8, -.8))
_FAR = 20                    # from this gap on, a line leads to the point
_POINT = 4                   # half the side of the square that a point keeps free, pixels


def place_labels(points, sizes, bounds):
    """Where to put labels: the centre of each in pixels (n, 2), and its gap to its point (n,).

    points (n, 2), sizes (n, 2) widths and heights, bounds (x0, y0, x1, y1), all in pixels. One label after the other
    takes the place that covers the least of points and of labels placed before, the nearest of equals.
    """
    points, sizes = np.asarray(points, float), np.asarray(sizes, float)
    taken = np.hstack([points - _POINT, points + _POINT])  # x0, y0, x1, y1
    low, high = np.array(bounds[:2]), np.array(bounds[2:])
    centres, gaps = np.empty_like(points), np.empty(len(points))
    for i, (point, size) in enumerate(zip(points, sizes)):
        steps = [(np.array(direction), gap) for gap in _GAPS for direction in _DIRECTIONS]
        places = np.array([point + direction * (size / 2 + gap) for direction, gap in steps])
        boxes = np.hstack([places - size / 2, places + size / 2])
        others = np.delete(taken, i, axis=0)
        cost = _overlap(boxes, others).sum(axis=1)
        outside = np.maximum(low - boxes[:, :2], 0).sum(axis=1) + np.maximum(boxes[:, 2:] - high, 0).sum(axis=1)
        best = int(np.argmin(cost + 1000 * outside))  # the first of equals: the nearest
        centres[i], gaps[i] = places[best], steps[best][1]
        taken = np.vstack([taken, boxes[best]])
    return centres, gaps


def _overlap(boxes, others):
    """(n, m) areas that `boxes` (n, 4) share with `others` (m, 4), square pixels."""
    wide = np.minimum(boxes[:, None, 2], others[:, 2]) - np.maximum(boxes[:, None, 0], others[:, 0])
    high = np.minimum(boxes[:, None, 3], others[:, 3]) - np.maximum(boxes[:, None, 1], others[:, 1])
    return np.maximum(wide, 0) * np.maximum(high, 0)


def draw_labels(axis, points, texts, colours, size, line_colour):
    """Write `texts` beside `points` (n, 2) of `axis`, whose limits must be final. `size` in points of type."""
    figure = axis.figure
    renderer = figure.canvas.get_renderer()
    font = FontProperties(size=size)
    sizes = [renderer.get_text_width_height_descent(text, font, ismath=False)[:2] for text in texts]
    window = axis.get_window_extent(renderer)
    centres, gaps = place_labels(axis.transData.transform(points), sizes, window.extents)
    for point, text, colour, place, gap in zip(points, texts, colours, axis.transData.inverted().transform(centres),
                                               gaps):
        line = {"arrowstyle": "-", "color": line_colour, "linewidth": .7, "shrinkA": 0, "shrinkB": 3}
        axis.annotate(text, point, place, color=colour, fontproperties=font, ha="center", va="center",
                      parse_math=False, arrowprops=line if gap > _FAR else None)
