"""Exercise 8b, solved: from a place to its pixels, and from a pixel to the places that it moves.

Two ways to get it wrong:

* Cutting off padding at the photo alone. A map ends where it ends; what a window sees beyond has no pixels, even if
  counting on would find some.
* Rounding both divisions down. A window that ends before the pixel is then counted as one that sees it.
"""


def rows_of(layers, size):
    """The rows of the photo and of each map after it, a list. layers: (k, S, P) of each, the photo's first."""
    rows = [size]
    for k, S, P in layers:
        rows.append((rows[-1] + 2 * P - k) // S + 1)
    return rows


def pixels(place, layers, size):
    """The first and the last row of a photo of `size` rows that `place`, a row of the last map, has seen."""
    first = last = place
    for (k, S, P), rows in zip(layers[::-1], rows_of(layers, size)[-2::-1]):
        first, last = first * S - P, last * S - P + k - 1       # where the first window begins, and the last one ends
        first, last = max(first, 0), min(last, rows - 1)        # padding has no pixels
    return first, last


def places(pixel, layers, size):
    """The first and the last row of the last map that a nudge of `pixel` can move; None where there is no such row."""
    first = last = pixel
    for (k, S, P), rows in zip(layers, rows_of(layers, size)[1:]):
        first, last = -(-(first + P - k + 1) // S), (last + P) // S   # r S − P + k − 1 ≥ first,  r S − P ≤ last
        first, last = max(first, 0), min(last, rows - 1)
        if first > last:
            return None
    return first, last
