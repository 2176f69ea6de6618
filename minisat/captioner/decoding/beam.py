"""Beam search over many photos at once: keep the `width` likeliest beginnings of each caption.

The rows of the batch are the live beginnings ("hypotheses") of all photos, one photo's side by side, best
first. A hypothesis that says END leaves the batch and its place is not refilled: a photo has `width`
hypotheses in all, and once they have ended it costs nothing more. Per step the device finds the few best
words of each row; only those travel to the host, where each photo's beam is chosen.
"""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.captioner.decoding.best_words import best_words
from minisat.captioner.decoding.caption import build_caption, no_probability, on_host
from minisat.text import END, START


class _Step(NamedTuple):
    """What was chosen at one time step, entry by entry: all that tracing a caption back needs."""

    words: np.ndarray     # (entries,) ids
    logprobs: np.ndarray  # (entries,) log p of these words
    rows: np.ndarray      # (entries,) the row of the batch that the word continues
    parents: np.ndarray   # (entries,) that row's own last word: an entry of the step before
    alpha: object         # (rows, L) on the model's device, or None
    beta: object          # (rows,) on the model's device, or None


def beam(model, inputs, width=5, max_words=40, n_best=1, normalise=True):
    """The `n_best` captions of each photo, best first: a list of N lists of Captions.

    inputs (N, ...) is what `model.start` takes; `max_words` bounds T (END counts). `normalise` ranks by
    Σ log p / T; the bare Σ log p favours short captions and costs a point of BLEU-4 or more. Finished
    captions come first; unfinished ones only fill up a list that would stay shorter, so there is always a
    caption. Ties go to the better beginning, then to the smaller id.

    A photo is done when all its hypotheses have ended, or sooner when `n_best` finished ones are safe: log p
    is never positive, so what goes on from Σ log p = s cannot end above s, nor its mean above s / max_words.
    ValueError when n_best is not in 1..width; UserError when the model's probabilities are not numbers.
    """
    if not 1 <= n_best <= width:
        raise ValueError(f"n_best must be between 1 and the beam's width {width}, not {n_best}.")
    xp, count = get_array_module(inputs), len(inputs)
    if count == 0:
        return []
    steps = []
    ended = [[] for _ in range(count)]   # per photo: (score, t, entry of steps[t]) of each finished caption
    owner = np.arange(count)             # the photo of each row, rising
    totals = np.zeros(count)             # Σ log p of each row, float64
    parents = np.full(count, -1)         # the entry of the step before that each row continues
    state, ids = model.start(inputs), xp.full(count, START)
    for t in range(max_words):
        log_probs, state, alpha, beta = model.step(state, ids)
        first = END + 1 if t == 0 else END  # smaller ids are PAD, UNK and START: never said
        logprobs, words = best_words(log_probs[:, first:], width)
        places = width - np.array([len(captions) for captions in ended])
        rows, columns = _best_continuations(owner, totals[:, None] + logprobs, places)
        words, logprobs = words[rows, columns] + first, logprobs[rows, columns]
        owner, totals = owner[rows], totals[rows] + logprobs
        steps.append(_Step(words, logprobs, rows, parents[rows], alpha, beta))

        scores = totals / (t + 1) if normalise else totals
        for entry in np.flatnonzero(words == END):
            ended[owner[entry]].append((scores[entry], t, entry))
        live = np.flatnonzero(words != END)
        if t + 1 == max_words:
            break
        live = live[_can_still_win(owner[live], totals[live] / (max_words if normalise else 1), ended, n_best)]
        if not len(live):
            break
        going_on = xp.asarray(np.stack([rows[live], words[live]]))
        ids, state, owner, totals, parents = (
            going_on[1], model.select(state, going_on[0]), owner[live], totals[live], live)

    unfinished = [[] for _ in range(count)]
    for entry in live:
        unfinished[owner[entry]].append((scores[entry], t, entry))
    alphas, betas = (on_host([getattr(step, name) for step in steps]) for name in ("alpha", "beta"))
    steps = [step._replace(alpha=alpha, beta=beta) for step, alpha, beta in zip(steps, alphas, betas)]
    chosen = [(sorted(first, key=_best_first) + sorted(then, key=_best_first))[:n_best]
              for first, then in zip(ended, unfinished)]
    if not all(chosen):
        raise no_probability(inputs)
    return [[_trace_back(steps, t, entry) for _, t, entry in entries] for entries in chosen]


def _best_continuations(owner, scores, places):
    """Each photo's best entries of scores (rows, columns), at most `places[photo]`: (row, column) of each.

    `owner` (rows,) rises. The result is ordered by photo, then best first, ties by row and column.
    """
    owner, width = np.repeat(owner, scores.shape[1]), scores.shape[1]
    scores = scores.ravel()
    order = np.lexsort((-scores, owner))
    rank = np.arange(len(order)) - np.searchsorted(owner, owner)
    return np.divmod(order[(rank < places[owner]) & (scores[order] > -np.inf)], width)


def _can_still_win(owner, bounds, ended, n_best):
    """Which live hypotheses (bool) belong to a photo whose list of `n_best` can still change.

    `bounds` holds the highest score that each may reach. A photo's hypotheses stay or leave together, so
    that stopping early never changes what is found.
    """
    needed = {photo: sorted(ended[photo], key=_best_first)[n_best - 1][0]
              for photo in set(owner.tolist()) if len(ended[photo]) >= n_best}
    open_photos = {photo for photo, bound in zip(owner.tolist(), bounds) if bound > needed.get(photo, -np.inf)}
    return np.array([photo in open_photos for photo in owner.tolist()], dtype=bool)


def _best_first(entry):
    """Sorting key: the higher score first; equals stay in the order in which they were found."""
    return -entry[0]


def _trace_back(steps, t, entry):
    """The Caption whose last word is `entry` of steps[t], read off backwards."""
    ids, logprobs, alphas, betas = [], [], [], []
    for step in reversed(steps[:t + 1]):
        row = step.rows[entry]
        ids.append(int(step.words[entry]))
        logprobs.append(step.logprobs[entry])
        alphas.append(None if step.alpha is None else step.alpha[row])
        betas.append(None if step.beta is None else step.beta[row])
        entry = step.parents[entry]
    return build_caption(ids[::-1], logprobs[::-1], alphas[::-1], betas[::-1], END)
