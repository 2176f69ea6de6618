"""What exercise 8b is checked on: the lesson's way to find a field, a gradient sent back and looked for."""

import numpy as np

from minisat.nn import Conv2d, Sequential
from minisat.teaching.asking import wrong_unless

LESSON = [(3, 1, 1), (3, 1, 1), (2, 2, 0)] * 3 + [(3, 1, 1)]
NETWORKS = (("one layer of 3 × 3, without padding", [(3, 1, 0)], 6),
            ("one layer with padding", [(3, 1, 1)], 6),
            ("the lesson's CNN", LESSON, 64),
            ("a layer that leaves a pixel over, and one with padding after it", [(2, 3, 0), (3, 1, 1)], 6),
            ("windows of 5, two apart, with padding 2, twice", [(5, 2, 2)] * 2, 15),
            ("windows with gaps between them", [(2, 3, 0), (1, 2, 0)], 12))


def cases(work):
    """Yield a sentence for each thing that is right."""
    measured = {name: _sees(layers, size) for name, layers, size in NETWORKS}
    for name, layers, size in NETWORKS:
        for place, seen in enumerate(measured[name]):
            wanted = tuple(int(row) for row in np.flatnonzero(seen)[[0, -1]])
            found = _ends(work.pixels(place, list(layers), size))
            wrong_unless(found == wanted, f"pixels({place}, …) of {name} ({_told(layers)}, {size} rows) is {found}. A "
                         f"gradient sent back from there arrives in rows {wanted[0]} to {wanted[1]}.")
    yield "pixels: where the gradient of each place arrives, in six networks"
    for name, layers, size in NETWORKS:
        for pixel, moves in enumerate(measured[name].T):
            wanted = tuple(int(row) for row in np.flatnonzero(moves)[[0, -1]]) if moves.any() else None
            found = _ends(work.places(pixel, list(layers), size))
            wrong_unless(found == wanted, f"places({pixel}, …) of {name} ({_told(layers)}, {size} rows) is {found}. "
                         + (f"A nudge of that pixel moves the places {wanted[0]} to {wanted[1]}." if wanted else
                            "No window sees that pixel: it should be None."))
    yield "places: what a nudge of each pixel moves"


def _sees(layers, size):
    """(places, size), true where a place of the last map has seen a pixel: found by a gradient, as in the lesson."""
    network = Sequential(*(Conv2d(1, 1, (k, 1), stride=(S, 1), padding=(P, 0)) for k, S, P in layers)).astype("float64")
    for parameter in network.parameters():
        parameter.data[...] = 1.0  # no path cancels another
    photo = np.zeros((1, 1, size, 1))
    maps, cache = network.forward(photo)
    rows = maps.shape[2]
    return np.array([network.backward(row.reshape(1, 1, rows, 1), cache)[0, 0, :, 0] > 0 for row in np.eye(rows)])


def _ends(found):
    if found is None:
        return None
    wrong_unless(isinstance(found, (tuple, list)) and len(found) == 2, "pixels and places return two rows, the first "
                 "and the last.")
    return tuple(int(row) for row in found)


def _told(layers):
    return "k, S, P: " + "; ".join(", ".join(map(str, layer)) for layer in layers) if len(layers) < 3 else \
        f"{len(layers)} layers"
