"""What stage 7 is checked on: places are drawn as alpha says, and a draw's gradient is that of its log-probability."""

import numpy as np

from minisat.teaching.asking import Pair, agree, fixed, parts, wrong_unless

N, L, D, A, H, DRAWS = 4, 3, 2, 3, 2, 3000
SHAPES = {"W_q": (H, A), "b_q": (A,), "v": (A,)}


def cases(work):
    """Yield what gradcheck is to hold against numbers, and a sentence for each thing that is right."""
    rng = np.random.default_rng(7)
    p = {name: rng.standard_normal(shape) for name, shape in SHAPES.items()}
    features, keys, h = (rng.standard_normal(shape) for shape in ((N, L, D), (N, L, A), (N, H)))
    _, right, _ = work.attend(features, keys, h, p)
    seen, alpha, _ = parts("pick", work.pick(*fixed((features, keys, h)), fixed(p), np.random.default_rng(0)), 3)
    agree("alpha of pick, the same as that of attend,", alpha, right)
    agree("What pick has seen, the features of one place,", seen, features[np.arange(N), _places(features, seen)])
    again, _, _ = work.pick(features, keys, h, p, np.random.default_rng(0))
    wrong_unless(np.array_equal(seen, again), "pick draws other places from a generator of the same seed: draw from "
                 "the rng that it is given, and from nothing else.")
    alike = [np.repeat(each[:1], 60, axis=0) for each in (features, keys, h)]
    wrong_unless(len(np.unique(_places(alike[0], work.pick(*alike, p, np.random.default_rng(2))[0]))) > 1, "Of sixty "
                 "photos that are alike pick takes the same place: each photo needs a draw of its own.")
    generator, counts = np.random.default_rng(1), np.zeros((N, L))
    for _ in range(DRAWS):
        counts[np.arange(N), _places(features, work.pick(features, keys, h, p, generator)[0])] += 1
    photo, place = np.unravel_index(np.abs(counts / DRAWS - right).argmax(), right.shape)
    share, wanted = counts[photo, place] / DRAWS, right[photo, place]
    wrong_unless(abs(share - wanted) < 5 * np.sqrt(0.25 / DRAWS), f"Of {DRAWS} draws pick takes a place {share:.3f} of "
                 f"the time whose alpha is {wanted:.3f}.")
    yield "pick: places are drawn with the probabilities alpha"

    place = _places(features, seen)

    def forward(keys, h, p):
        alpha = work.attend(features, keys, h, p)[1]
        return np.log(alpha[np.arange(N), place]), work.pick(features, keys, h, p, np.random.default_rng(0))[2]

    yield "pick_back", Pair("pick", forward, work.pick_back, p), (keys, h), {}
    yield "pick_back: the gradient of cost · log alpha of the place that was drawn"


def _places(features, seen):
    """Which place's features each row of `seen` is nearest to."""
    return np.abs(features - np.asarray(seen)[:, None, :]).sum(axis=2).argmin(axis=1)
