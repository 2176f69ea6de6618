"""What exercise 20b is checked on: no photo in two splits, the shares, the draw."""

from collections import Counter

import numpy as np

from minisat.teaching.asking import wrong_unless


class Name(str):
    """A name whose hash has a salt that can be changed, as another run of Python has another one."""

    salt = 0

    def __hash__(self):
        return hash((str(self), Name.salt))


PHOTOS = [f"{(7 * row) % 20:02}.jpg" for row in range(100)]
SHARES = {"train": 0.7, "dev": 0.15, "test": 0.15}


def cases(exercise):
    """Yield a sentence for each thing that is right."""
    found = exercise.split(list(PHOTOS), dict(SHARES), np.random.default_rng(0))
    wrong_unless(isinstance(found, dict) and list(found) == list(SHARES), f"split returns a dict of {list(SHARES)}.")
    rows = Counter(row for some in found.values() for row in some)
    wrong_unless(sorted(rows) == list(range(100)), f"Every row belongs to a split; of 100, {100 - len(rows)} do not.")
    wrong_unless(max(rows.values()) == 1, "Some rows are in two splits.")
    homes = {photo: {name for name, some in found.items() for row in some if PHOTOS[row] == photo} for photo in PHOTOS}
    torn = sum(len(names) > 1 for names in homes.values())
    wrong_unless(not torn, f"{torn} of 20 photos have captions in two splits: what is tested was learnt. Draw photos, "
                 "not captions.")
    yield "all captions of a photo are in one split"
    sizes = {name: len({PHOTOS[row] for row in some}) for name, some in found.items()}
    wrong_unless(sizes == {"train": 14, "dev": 3, "test": 3}, f"Of 20 photos the splits get {sizes}; with {SHARES} "
                 "they should get 14, 3 and 3.")
    odd = exercise.split(["a", "b", "c", "d", "e"], {"train": 0.5, "test": 0.5}, np.random.default_rng(0))
    wrong_unless(len(odd["train"]) + len(odd["test"]) == 5, "Of five photos in two halves one is lost or doubled: the "
                 "last split gets what is left.")
    yield "the shares are of photos"
    again = exercise.split(list(PHOTOS), dict(SHARES), np.random.default_rng(0))
    for salt in range(4):
        Name.salt = salt
        run = exercise.split([Name(photo) for photo in PHOTOS], dict(SHARES), np.random.default_rng(0))
        wrong_unless(run == found, "In another run of Python the same seed would give another split: a set of strings "
                     "has another order each time. Sort it.")
    other = [exercise.split(list(PHOTOS), dict(SHARES), np.random.default_rng(seed)) for seed in (1, 2)]
    wrong_unless(again == found, "The same seed gives another split: draw from the rng alone, and put the photos in an "
                 "order of their own first (a set has none).")
    wrong_unless(other[0] != found or other[1] != found, "Every seed gives the same split: draw.")
    yield "drawn, the same for the same seed"
