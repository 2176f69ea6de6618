"""What exercise 17b is checked on: beginnings that win and die out, equals, forbidden words, too few ways."""

import numpy as np

from minisat.teaching.asking import agree, fixed, parts, wrong_unless


def cases(exercise):
    """Yield a sentence for each thing that is right."""
    rng = np.random.default_rng(15)
    totals, log_p = np.array([-1.0, -5.0, -1.5]), np.log(rng.dirichlet(np.ones(6), 3))
    _hold(exercise, "of three beginnings", totals, log_p, 4, "Σ log p of the beginning and log p of the word together")
    yield "the best ways to go on, over all beginnings"
    _hold(exercise, "of one beginning", np.zeros(1), log_p[:1], 3, "the first step has one beginning alone")
    yield "from one beginning"
    level = np.log(np.full((2, 3), 1 / 3))
    _hold(exercise, "of equals", np.zeros(2), level, 4, "the earlier beginning comes first, then the smaller word")
    yield "equals in their order"
    forbidden = np.where(np.arange(6) < 5, -np.inf, log_p[:2])
    _hold(exercise, "where only one word may be said", totals[:2], forbidden, 5, "−inf is no way to go on, even when "
          "the beam is not full")
    yield "no more than there are"


def _hold(exercise, what, totals, log_p, width, why):
    ways = sorted((-float(totals[k] + log_p[k, v]), k, v) for k in range(len(totals)) for v in range(log_p.shape[1])
                   if np.isfinite(log_p[k, v]))[:width]
    parents, words, found = (np.asarray(each) for each in
                             parts("widen", exercise.widen(fixed(totals), fixed(log_p), width), 3))
    wrong_unless(len(parents) == len(words) == len(found) == len(ways), f"widen gives {len(parents)} ways to go on "
                 f"{what}, and should give {len(ways)}: {why}.")
    agree(f"totals of widen {what} ({why})", found, np.array([-total for total, _, _ in ways]))
    agree(f"parents of widen {what} ({why})", parents, np.array([k for _, k, _ in ways]))
    agree(f"words of widen {what} ({why})", words, np.array([v for _, _, v in ways]))
