"""Exercise 8b: from a place to its pixels, and from a pixel to the places that it moves.

The lesson counts the size of a field and asks a gradient where it lies. One can also walk there. Rows alone will do,
columns are alike. At a layer whose windows are k high and S apart, with padding P, window r begins at row r · S − P of
the map before it (a negative row is padding). So one place leads to k rows of the map before, these to more of the map
before that, and so on down to the photo.

Replace the lines that return, then run: minisat lesson check 8b
"""


def rows_of(layers, size):
    """The rows of the photo and of each map after it, a list. layers: (k, S, P) of each, the photo's first."""
    rows = [size]
    for k, S, P in layers:
        rows.append((rows[-1] + 2 * P - k) // S + 1)
    return rows


def pixels(place, layers, size):
    """The first and the last row of a photo of `size` rows that `place`, a row of the last map, has seen.

    Padding is no row, of the photo or of any map.
    """
    return 0, 0


def places(pixel, layers, size):
    """The first and the last row of the last map that a nudge of `pixel`, a row of the photo, can move; None where
    there is no such row."""
    return 0, 0
