"""What stage 3 is checked on: the surprise of a word and its gradient with a mask, and Adam, beside minisat's."""

import numpy as np

from minisat.nn import CrossEntropy, Linear
from minisat.optim import Adam, FlatParameters
from minisat.teaching.asking import agree, fixed, parts, wrong_unless

QUICK = True


def cases(work):
    """Yield a sentence for each thing that is right."""
    yield from _surprise(work)
    yield from _adam(work)


def _surprise(work):
    rng = np.random.default_rng(3)
    loss, _ = parts("surprise", work.surprise(np.zeros((1, 2, 7)), np.array([[3, 0]])), 2)
    agree("The loss of surprise, where all 7 words are equally likely (log 7),", loss, np.log(7))
    logits, full = rng.standard_normal((2, 3, 5)), np.array([[2, 4, 0], [1, 1, 0]])
    padded = np.array([[2, 0, 0], [3, 4, 0]])
    for targets, real in ((full, np.ones((2, 3))), (padded, np.array([[1, 1, 0], [1, 1, 1]]))):
        layer = CrossEntropy()
        right, cache = layer.forward(logits, targets, mask=real)
        right_slope, _ = layer.backward(1.0, cache)
        loss, slope = parts("surprise", work.surprise(fixed(logits), fixed(targets)), 2)
        unmasked, _ = layer.forward(logits, targets, mask=np.ones(real.shape))
        why = ""
        if not real.all() and abs(float(loss) - float(unmasked)) < 1e-9:
            why = " (every word counts, the padding too: of targets [2, 0, 0] the second 0 is not asked for)"
        elif not real.all() and abs(float(loss) * real.size - float(right) * real.sum()) < 1e-9:
            why = " (the sum is right; divide by how many words are asked for, not by N T)"
        agree(f"The loss of surprise{why}", loss, right)
        agree("The gradient that surprise returns", slope, right_slope, masks=(real,))
    with np.errstate(all="ignore"):
        loss, slope = parts("surprise", work.surprise(1e4 * logits, full), 2)
    wrong_unless(np.isfinite(loss) and np.isfinite(slope).all(), "surprise is not finite where logits are large: "
                 "subtract the largest logit, and take log p as logit − log Σ exp, not as the log of a p.")
    yield "surprise: the same loss and gradient as minisat's, padding left out"


def _adam(work):
    rng = np.random.default_rng(4)
    layer = Linear(3, 2, rng=0).astype("float64")
    p = {"W": layer.W.data.copy(), "b": layer.b.data.copy()}
    handed, memory, right = dict(p), {}, Adam(FlatParameters(layer.parameters()), 0.1)
    for step in range(1, 4):
        grads = {"W": rng.standard_normal((3, 2)), "b": rng.standard_normal(2)}
        layer.W.grad[...], layer.b.grad[...] = grads["W"], grads["b"]
        right.step()
        work.adam(p, fixed(grads), memory, 0.1)
        wrong_unless(step > 1 or memory, "adam leaves nothing in memory: the running means have to be there the next "
                     "time. (memory = … inside a function makes a new name; memory[name] = … fills the dict.)")
        for name, wanted in (("W", layer.W.data), ("b", layer.b.data)):
            moved = np.abs(p[name] - handed[name]).max() if step == 1 and p[name] is not handed[name] else 1.0
            wrong_unless(moved > 0, "adam changes nothing: put the new numbers into p.")
            again = step > 1 and "; the first step was right: are the running means kept, and is t counted?" or ""
            agree(f"{name} after step {step} of adam{again}", p[name], wanted)
    yield "adam: three steps, the same numbers as minisat's"
