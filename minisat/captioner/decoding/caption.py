"""A decoded caption: its words, how sure the model was of each, and where it looked."""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module, to_numpy
from minisat.errors import UserError


class Caption(NamedTuple):
    """One caption. T counts END when END was said, so T is `len(ids)` or, finished, one more.

    All arrays are NumPy, wherever the model lives.
    """

    ids: tuple            # the words, without START and END
    logprob: float        # Σ log p, END included
    logprobs: np.ndarray  # (T,) log p of each word
    alphas: np.ndarray    # (T, L) attention of each word; None when the model has none
    betas: np.ndarray     # (T,) gate of each word, or 1 − the sentinel's share; None when the model has none

    @property
    def finished(self):
        """Whether the caption ends with END (and not because the words ran out)."""
        return len(self.logprobs) > len(self.ids)

    @property
    def mean_logprob(self):
        """Σ log p / T: what beams are compared by when lengths differ."""
        return self.logprob / len(self.logprobs)


def sentinel_share(alpha):
    """What the places (alpha, (L,)) left to a sentinel, in 0..1; None where they have it all."""
    left = 1.0 - float(np.sum(alpha, dtype=np.float64))
    return left if left > 1e-3 else None


def gate_label(alpha, beta):
    """How much one word let in of what it saw, in words: "β 0.73", or "sentinel 27 %"."""
    share = sentinel_share(alpha)
    return f"β {beta:.2f}" if share is None else f"sentinel {100 * share:.0f} %"


def build_caption(ids, logprobs, alphas, betas, end):
    """A Caption from lists over time; `ids` may close with `end`, alphas and betas may hold None."""
    said = ids[:-1] if ids[-1] == end else ids
    return Caption(ids=tuple(said), logprob=float(sum(logprobs)), logprobs=np.array(logprobs, dtype=np.float32),
                   alphas=None if alphas[0] is None else np.stack(alphas),
                   betas=None if betas[0] is None else np.array(betas, dtype=np.float32))


def on_host(steps):
    """Arrays (rows, …) of some time steps, or None for each → the same on the host, brought there in one copy."""
    if steps[0] is None or get_array_module(steps[0]) is np:
        return steps
    whole = to_numpy(get_array_module(steps[0]).concatenate(steps))
    return np.split(whole, np.cumsum([len(step) for step in steps[:-1]]))


def no_probability(inputs):
    """The UserError of a model that gives words no probabilities; `inputs` (N, …) is what it looked at."""
    culprit = "its weights" if get_array_module(inputs).isfinite(inputs).all() else "the features (or photos) it sees"
    return UserError(f"The model gives no word a probability: {culprit} are not finite numbers.")
