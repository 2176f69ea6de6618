"""Sliding windows: how many fit, how an image is padded for them, and what one kernel entry sees."""

from minisat.backend import get_array_module


def pair(value):
    """A number for both directions, or (vertical, horizontal), as a pair of ints."""
    return (int(value[0]), int(value[1])) if isinstance(value, (tuple, list)) else (int(value),) * 2


def output_size(size, kernel, stride, padding, ceil_mode=False):
    """How many windows fit along an axis of `size` entries with `padding` more on either side.

    With `ceil_mode` a last window may hang over the end, if it starts inside the input or the left padding
    (torch's rule). ValueError when not even one window fits.
    """
    room = size + 2 * padding - kernel
    count = (-(-room // stride) if ceil_mode else room // stride) + 1
    if ceil_mode and (count - 1) * stride >= size + padding:
        count -= 1
    if count < 1:
        raise ValueError(f"no window of {kernel} fits into {size} entries with padding {padding}")
    return count


def padded(x, kernel, stride, padding, counts, value=0.0):
    """x (N, C, h, w) with `value` around it, as far as `counts` windows reach; x itself when nothing is needed.

    The memory is channels-last or channels-first, as x's is.
    """
    (top, left), (h, w) = padding, x.shape[2:]
    reach = [(count - 1) * s + k for count, s, k in zip(counts, stride, kernel)]
    height, width = max(reach[0], top + h), max(reach[1], left + w)
    if (height, width) == (h, w):
        return x
    xp = get_array_module(x)
    if x.strides[1] <= x.strides[3]:
        wide = xp.full((len(x), height, width, x.shape[1]), value, dtype=x.dtype).transpose(0, 3, 1, 2)
    else:
        wide = xp.full((len(x), x.shape[1], height, width), value, dtype=x.dtype)
    wide[:, :, top:top + h, left:left + w] = x
    return wide


def seen_by(i, j, wide, stride, counts, first_row=0):
    """The view (N, C, *counts) of the padded images that entry (i, j) of the kernel meets, window by window.

    Views of `wide` may be written to: that is how gradients are added back. `first_row` skips rows of windows.
    """
    (sh, sw), (rows, columns) = stride, counts
    i += first_row * sh
    return wide[:, :, i:i + (rows - 1) * sh + 1:sh, j:j + (columns - 1) * sw + 1:sw]


def strip(x, first, count, left, width):
    """Rows first … first + count − 1 of the images x (N, C, h, w), zeros standing for what lies outside.

    `first` may be negative; `left` zeros come before each row (a negative `left` cuts as many off), and as many after
    it as make `width`. Returns (N, C, count, width), a copy with the channels last in memory.
    """
    xp, (N, C, h, w) = get_array_module(x), x.shape
    rows = xp.empty((N, count, width, C), dtype=x.dtype)
    top, bottom = min(count, max(0, -first)), max(0, min(count, h - first))
    start, stop = max(0, left), min(width, left + w)
    rows[:, :top], rows[:, bottom:] = 0, 0
    rows[:, top:bottom, :start], rows[:, top:bottom, stop:] = 0, 0
    inside = x[:, :, first + top:first + bottom, start - left:stop - left]
    rows[:, top:bottom, start:stop] = inside.transpose(0, 2, 3, 1)
    return rows.transpose(0, 3, 1, 2)
