"""Does a word hang on the place where the captioner looked for it? Set the place to zero and watch log p of the word.

Occlusion (Zeiler and Fergus 2014) on the features instead of the pixels: exact, and only the decoder runs. By how much
log p falls without each place is ranked against alpha (as Jain and Wallace 2019, "Attention is not Explanation", did
for text): a correlation of 1 says that what is looked at more matters more, 0 that the look tells nothing of it.

A place is taken away in two ways. From the *photo*, before the first word: no look, no memory and no mean has seen it.
This tests what the picture of a look claims, that the word comes from there. Or from this word's *look* alone: the
memory is that of the undisturbed run, and only now the place is gone, from the keys and from what is seen. This tests
what the look adds to what was known; a place without weight can hardly be missed there, whatever the photo shows.

The words are the captioner's own, since a look is its account of what it says.
"""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module, to_numpy
from minisat.evaluation.bootstrap import mean_interval
from minisat.text import END, FUNCTION_WORDS, START

WAYS = ("photo", "look")  # what a place is taken from


class Falls(NamedTuple):
    """Of one caption, float64: where it looked, and by how many nats log p of each word falls without each place."""

    alphas: np.ndarray  # (T, L), with the photo whole
    photo: np.ndarray   # (T, L): the place gone from the photo
    look: np.ndarray    # (T, L): the place gone from this word's look


def falls_without_places(model, features, captions):
    """The Falls of N captions (ids, neither `<start>` nor `<end>`), one for each photo of features (N, L, D).

    `model` speaks the decoding protocol, and its state says in `photo` which photo each row looks at. All run together:
    N (2L + 1) rows a step.
    """
    xp, (N, L, _) = get_array_module(features), features.shape
    places = xp.arange(L)
    photos = xp.repeat(features, L + 1, axis=0).reshape(N, L + 1, *features.shape[1:])
    photos[:, 1 + places, places] = 0  # of each photo 0 is the whole, 1 + i lacks place i
    # The rows of a step: the whole photo's; then for each place two that look at the photo without it, one that
    # remembers this photo and one that remembers the whole.
    seen, remembered = xp.zeros((N, 2 * L + 1), int), xp.zeros((N, 2 * L + 1), int)
    seen[:, 1::2] = seen[:, 2::2] = remembered[:, 1::2] = 1 + places
    first = xp.arange(N)[:, None]
    seen, remembered = (((L + 1) * first + of_one).ravel() for of_one in (seen, remembered))
    goes_on = ((2 * L + 1) * first + xp.concatenate([xp.zeros(1, int), 1 + 2 * places])).ravel()

    ids = np.full((N, 1 + max(map(len, captions))), END)
    for n, words in enumerate(captions):
        ids[n, :1 + len(words)] = START, *words
    state, alphas, log_p = model.start(photos.reshape(-1, *features.shape[1:])), [], []
    for said, asked in zip(ids.T, ids.T[1:]):
        state = model.select(state, remembered)._replace(photo=seen)
        log_probs, state, alpha, _ = model.step(state, xp.asarray(np.repeat(said, 2 * L + 1)))
        state = model.select(state, goes_on)
        asked = xp.asarray(np.repeat(asked, 2 * L + 1))
        log_p.append(to_numpy(log_probs[xp.arange(len(asked)), asked]).reshape(N, 2 * L + 1))
        alphas.append(to_numpy(alpha[::2 * L + 1]))
    log_p = np.stack(log_p, axis=1).astype(np.float64)
    falls, alphas = log_p[..., :1] - log_p[..., 1:], np.stack(alphas, axis=1).astype(np.float64)
    return [Falls(*(x[n, :len(words)] for x in (alphas, falls[..., ::2], falls[..., 1::2])))
            for n, words in enumerate(captions)]


def spearman(x, y):
    """Spearman's rank correlation of each row of x (…, L) with that of y (…, L): (…). Ties share their mean rank.

    Where a row is constant it is 0: what is alike everywhere tells nothing.
    """
    x, y = (ranks - ranks.mean(axis=-1, keepdims=True) for ranks in (_ranks(x), _ranks(y)))
    size = np.sqrt((x * x).sum(axis=-1) * (y * y).sum(axis=-1))
    return (x * y).sum(axis=-1) / np.where(size == 0, 1, size)


def _ranks(x):
    """(…, L) → (…, L): 1 for the smallest."""
    smaller, equal = x[..., None] > x[..., None, :], x[..., None] == x[..., None, :]
    return smaller.sum(axis=-1) + (equal.sum(axis=-1) + 1) / 2


def occlusion_figures(names, captions, falls):
    """What Falls of many captions say, ready for JSON. names, captions (lists of words), falls: one a photo.

    For each of WAYS the Spearman correlation of the falls with alpha, mean over a photo's words and then over photos,
    with its interval: of the "own" look, its "content" and "function" words; and of looks that cannot know it, which
    are chance plus whatever places have in common: "another_word" of the same caption (half a caption on) and
    "another_photo". "fall": mean nats at the place looked at most ("peak") and over all places ("mean"). "per_image":
    {name: {way: correlation of its own looks}}.
    """
    found = {way: [] for way in WAYS}
    for k, (words, of_photo) in enumerate(zip(captions, falls)):
        T, other = len(words), falls[(k + 1) % len(falls)].alphas
        function = np.array([word in FUNCTION_WORDS for word in words])
        for way in WAYS:
            fall = getattr(of_photo, way)
            own = spearman(of_photo.alphas, fall)
            looks = {"own": own, "content": own[~function], "function": own[function],
                     "another_word": spearman(np.roll(of_photo.alphas, T // 2, axis=0), fall) if T > 1 else [],
                     "another_photo": spearman(other[np.arange(T) % len(other)], fall) if len(falls) > 1 else [],
                     "peak": fall[np.arange(T), of_photo.alphas.argmax(axis=1)][of_photo.alphas.any(axis=1)],
                     "mean": fall}
            found[way].append({key: float(np.mean(values)) for key, values in looks.items() if len(values)})
    result = {"photos": len(names), "words": sum(map(len, captions))}
    for way in WAYS:
        keys = "own", "content", "function", "another_word", "another_photo", "peak", "mean"
        means = {key: mean_interval([of_photo[key] for of_photo in found[way] if key in of_photo]) for key in keys}
        peak, mean = means.pop("peak"), means.pop("mean")
        result[way] = {**means, "fall": {"peak": peak and peak["mean"], "mean": mean["mean"]}}
    result["per_image"] = {name: {way: found[way][k]["own"] for way in WAYS} for k, name in enumerate(names)}
    return result
