"""Scheduled sampling: ever more of the words that a captioner reads in training are its own (Bengio et al. 2015).

With teacher forcing it reads what people wrote, with captions of its own what it said itself, mistakes included. So in
training each word that is read is, with a probability that grows, drawn from the captioner's own prediction instead.
The words that it is asked for stay those of the caption, and drawing has no gradient (section 2.4).
"""

import math

import numpy as np

from minisat.backend import get_array_module, to_numpy
from minisat.captioner.decoding.sampling import draw, likelier
from minisat.text import END, PAD, START

STEEPNESS = 10.0  # of the inverse sigmoid: 0.7 % of the way at the start, 99.3 % at the end


def own_share(progress, last, schedule):
    """The probability of reading an own word, at `progress` 0..1 of training; `last` is that at the end.

    "linear" rises steadily, "inverse-sigmoid" slowly first and last, half way at half the training
    (section 2.4, 1 − ε_i: there ε is the probability of reading the caption's word).
    """
    if schedule == "linear":
        return last * progress
    return last / (1.0 + math.exp(-STEEPNESS * (progress - 0.5)))


def words_read(model, inputs, ids, share, rng):
    """What the captioner reads at each step: ids[:, :-1] with a `share` of the words its own; (N, T) on the host.

    `model` speaks the decoding protocol (in evaluation mode: no dropout) from `inputs` (N, ...); ids (N, T+1) as a
    CaptionBatch holds them; `rng`, a NumPy Generator, draws. <start> stays, and PAD, START and END are never drawn:
    nothing reads them later on.
    """
    said = np.array(ids[:, :-1])
    own = rng.random(said.shape) < share
    own[:, 0] = False
    state = model.start(inputs)
    xp = get_array_module(inputs)
    for t in range(said.shape[1] - 1):
        log_probs, state, *_ = model.step(state, xp.asarray(said[:, t]))
        if own[:, t + 1].any():
            weights = likelier(log_probs)
            weights[:, [PAD, START, END]] = 0
            said[:, t + 1] = np.where(own[:, t + 1], to_numpy(draw(weights, rng)), said[:, t + 1])
        if not own[:, t + 2:].any():
            break
    return said
