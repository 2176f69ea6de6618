"""Exercise 20b, solved: a data set split by photo.

Two ways to get it wrong:

* Shuffling rows. Then a photo's captions are in both splits, and the network is asked about photos that it has learnt.
* `set(photos)` as the order to shuffle: Python orders the strings of a set anew in each run, and the seed says nothing.
"""


def split(photos, shares, rng):
    """{name of a split: the rows that belong to it, a list}, all rows of a photo in one of them."""
    names = sorted(set(photos))
    order = [names[i] for i in rng.permutation(len(names))]
    home, start = {}, 0
    for place, (name, share) in enumerate(shares.items()):
        end = len(names) if place == len(shares) - 1 else start + round(share * len(names))
        home.update(dict.fromkeys(order[start:end], name))
        start = end
    return {name: [row for row, photo in enumerate(photos) if home[photo] == name] for name in shares}
