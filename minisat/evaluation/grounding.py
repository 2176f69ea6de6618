"""Do looks fall into the boxes that people drew round what a phrase names? On people's own captions of real photos.

Attention correctness is the share of a look that lies in the box (Liu et al. 2017, "Attention Correctness in Neural
Image Captioning"; they take the best word of a phrase, here it is the phrase's last, mostly its noun). Pointing asks
whether the middle of the cell looked at most lies in it (see `pointing`). The captioner reads the caption word by word
(teacher forcing), so that every photo counts, and nothing is judged by a word that is wrong.

A score means little without what looks reach that know nothing of the word: even ones (chance: the area of the box),
the photo's middle, where photographers put things, the captioner's own mean look, and the one place that is best for
all words together.
"""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module, to_numpy
from minisat.evaluation.bootstrap import mean_interval
from minisat.evaluation.looks import shares
from minisat.text import START

MEASURES = ("mass", "pointing")
RIVALS = ("even", "middle", "mean_look", "best_place")  # looks that do not know the word


class Grounded(NamedTuple):
    """The words of one photo's captions that name something in a box, and where the captioner looked for each."""

    alphas: np.ndarray   # (K, L)
    inside: np.ndarray   # (K, L) share of each cell's pixels that lie in the box
    centred: np.ndarray  # (K, L) bool: the cell's middle lies in it


def teacher_forced_looks(model, inputs, owners, captions):
    """alpha (T, L) of each caption (T ids, without `<start>` and `<end>`), which the model reads as it would its own.

    inputs (N, ...) is what `model.start` takes; owners: of each caption its photo's number.
    """
    xp = get_array_module(inputs)
    running = [number for number in range(len(captions)) if captions[number]]
    looks = [[] for _ in captions]
    state = model.select(model.start(inputs), xp.asarray([owners[number] for number in running], int))
    t = 0
    while running:
        read = [captions[number][t - 1] if t else START for number in running]
        _, state, alpha, _ = model.step(state, xp.asarray(read))
        for number, look in zip(running, to_numpy(alpha)):
            looks[number].append(look)
        t += 1
        going = [row for row, number in enumerate(running) if t < len(captions[number])]
        if len(going) < len(running):
            state, running = model.select(state, xp.asarray(going, int)), [running[row] for row in going]
    return [np.array(of_one) for of_one in looks]


def grounding_figures(names, found, middle):
    """What Grounded words say, ready for JSON. names: of the photos; found: the Grounded of each; middle: place number.

    For both MEASURES the mean over a photo's words and then over photos, with its interval: of the "own" look and of
    RIVALS: "even" ones, always the place `middle`, always the "mean_look" of all these words, always the "best_place",
    which is chosen on these photos with the boxes known. "per_image": {name: {measure: own}}. A word that looks
    nowhere, as beside a sentinel it may, and a photo without a word are left out.
    """
    seen = [(name, shares(one.alphas), one) for name, one in zip(names, found)]
    seen = [(name, alphas[kept], one.inside[kept], one.centred[kept]) for name, alphas, one in seen
            if (kept := alphas.any(axis=1)).any()]
    if not seen:
        return None
    names, alphas, inside, centred = zip(*seen)
    mean_look = np.mean(np.vstack(alphas), axis=0)
    result = {"photos": len(names), "words": sum(map(len, alphas))}
    of_photos = {
        "mass": (np.array([of_one.mean(axis=0) for of_one in inside]), mean_look,
                 [(alpha * own).sum(axis=1).mean() for alpha, own in zip(alphas, inside)]),
        "pointing": (np.array([of_one.mean(axis=0) for of_one in centred]), np.eye(len(mean_look))[mean_look.argmax()],
                     [np.take_along_axis(own, alpha.argmax(axis=1)[:, None], 1).mean()
                      for alpha, own in zip(alphas, centred)])}
    for measure, (by_place, mean_look, own) in of_photos.items():
        values = {"own": own, "even": by_place.mean(axis=1), "middle": by_place[:, middle],
                  "mean_look": by_place @ mean_look, "best_place": by_place[:, by_place.mean(axis=0).argmax()]}
        result[measure] = {key: mean_interval(of_photo) for key, of_photo in values.items()}
    result["per_image"] = {name: {measure: float(of_photos[measure][2][k]) for measure in MEASURES}
                           for k, name in enumerate(names)}
    return result
