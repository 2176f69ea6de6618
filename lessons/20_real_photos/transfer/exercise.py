"""Exercise 20b: a data set split by photo, which a popular notebook does by caption.

Replace the line that returns, then run: minisat lesson check 20b
"""


def split(photos, shares, rng):
    """{name of a split: the rows that belong to it, a list}.

    photos: for each row (a caption) the name of its photo; one photo has several rows, which need not stand together.
    shares {name of a split: share of the *photos*}; they add up to 1. Which photos go where is drawn with `rng`. All
    rows of a photo are in one split. Of P photos, the splits but the last get round(share · P), the last what is left.
    """
    return {name: [] for name in shares}
