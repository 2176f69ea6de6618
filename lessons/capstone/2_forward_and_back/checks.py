"""What stage 2 is checked on: the memory and the look beside minisat's, their backward passes, and a whole sentence."""

import numpy as np

from minisat.nn import AdditiveScore, LSTMCell, Softmax, WeightedSum
from minisat.teaching.asking import Pair, agree, fixed, parts, wrong_unless

QUICK = True
D, M, A, H, V = 3, 2, 4, 2, 6
SHAPES = {"E": (V, M), "W_k": (D, A), "W_q": (H, A), "b_q": (A,), "v": (A,), "W_x": (M + D, 4 * H), "W_h": (H, 4 * H),
          "b": (4 * H,), "W_o": (H + D, V), "b_o": (V,)}
MEMORY, LOOK = ("W_x", "W_h", "b"), ("W_q", "b_q", "v")


def cases(work):
    """Yield what gradcheck is to hold against numbers, and a sentence for each thing that is right."""
    rng = np.random.default_rng(2)
    p = {name: 0.7 * rng.standard_normal(shape) for name, shape in SHAPES.items()}
    yield from _parameters(work)
    yield from _memory(work, rng, p)
    yield from _look(work, rng, p)
    yield from _sentence(work, rng, p)


def _parameters(work):
    p = work.new_parameters(V, seed=0, D=D, M=M, A=A, H=H)
    for name, shape in SHAPES.items():
        wrong_unless(name in p, f"new_parameters has no {name}.")
        wrong_unless(np.shape(p[name]) == shape, f"{name} of new_parameters has the shape {np.shape(p[name])} and "
                     f"should have {shape}, with V = {V}, D = {D}, M = {M}, A = {A}, H = {H}.")
        wrong_unless(np.asarray(p[name]).dtype == float, f"{name} of new_parameters is to be float64.")
    for name in ("E", "W_k", "W_q", "v", "W_x", "W_h", "W_o"):
        wrong_unless(len(np.unique(p[name])) > 1, f"{name} of new_parameters is the same number everywhere: then all "
                     "its columns would learn the same. Draw it.")
    other = work.new_parameters(V, seed=1, D=D, M=M, A=A, H=H)
    wrong_unless(not np.array_equal(p["W_x"], other["W_x"]), "new_parameters draws the same W_x for seeds 0 and 1.")
    yield "new_parameters: ten arrays of the right shapes"


def _memory(work, rng, p):
    x, h, c = (rng.standard_normal((3, size)) for size in (M + D, H, H))
    cell = LSTMCell(M + D, H).astype("float64")
    cell.W_x.data[...], cell.W_h.data[...], cell.b.data[...] = (p[name] for name in MEMORY)
    (right_h, right_c), _ = cell.forward(x, (h, c))
    found_h, found_c, _ = parts("lstm", work.lstm(*fixed((x, h, c)), fixed(p)), 3)
    gates = ", which is sigmoid(i) tanh(g) + sigmoid(f) c, with the gates in the order i, f, g, o"
    agree(f"c of lstm{gates if _off(found_c, right_c) else ''}", found_c, right_c)
    agree("h of lstm, which is sigmoid(o) tanh(c),", found_h, right_h)
    with np.errstate(all="ignore"):
        far, _, _ = parts("lstm", work.lstm(1e4 * x, h, c, p), 3)
    wrong_unless(np.isfinite(far).all(), "lstm gives numbers that are not finite where x is large: exp of a large "
                 "number overflows, so write sigmoid(a) as 0.5 + 0.5 tanh(a / 2).")
    yield "lstm: the same h and c as minisat's"
    yield "lstm_back", Pair("lstm", work.lstm, work.lstm_back, {name: p[name] for name in MEMORY}, answers=2,
                            gates=4), (x, h, c), {}
    yield "lstm_back: agrees with the numbers"


def _look(work, rng, p):
    features, keys, h = (rng.standard_normal(shape) for shape in ((3, 5, D), (3, 5, A), (3, H)))
    right_seen, right_alpha = _right_look(features, keys, h, p)
    seen, alpha, _ = parts("attend", work.attend(*fixed((features, keys, h)), fixed(p)), 3)
    agree("alpha of attend, softmax(tanh(keys + h W_q + b_q) v), each photo's adding up to 1,", alpha, right_alpha)
    agree("What attend has seen, the sum of alpha_i times the features of place i,", seen, right_seen)
    with np.errstate(all="ignore"):
        _, sharp, _ = parts("attend", work.attend(features, keys, h, p | {"v": 1e4 * p["v"]}), 3)
    wrong_unless(np.isfinite(sharp).all(), "alpha of attend is not finite where scores are large: subtract the largest "
                 "score of each photo before exp.")
    yield "attend: sees what minisat's layers see"

    def forward(keys, h, p):
        seen, _, cache = work.attend(features, keys, h, p)
        return seen, cache
    yield "attend_back", Pair("attend", forward, work.attend_back, {name: p[name] for name in LOOK}), (keys, h), {}
    yield "attend_back: agrees with the numbers"


def _sentence(work, rng, p):
    features, ids = rng.standard_normal((3, 4, D)), np.array([[0, 2, 3, 2], [0, 4, 2, 0], [0, 2, 2, 5]])
    right_logits, right_alphas = _right_sentence(features, ids, p)
    logits, alphas, _ = parts("forward", work.forward(*fixed((features, ids)), fixed(p)), 3)
    agree("logits of forward", logits, right_logits)
    agree("alphas of forward", alphas, right_alphas)
    yield "forward: the same logits as a captioner of minisat's layers"

    def forward(ids, p):
        logits, _, cache = work.forward(features, ids, p)
        return logits, cache

    def backward(dlogits, cache, p, grads):
        found = work.backward(dlogits, cache, p)
        wrong_unless(isinstance(found, dict), "backward is to return a dict: the gradient of every array of p by name.")
        for name in SHAPES:
            wrong_unless(name in found, f"backward returns no gradient of {name}.")
            wrong_unless(np.shape(found[name]) == SHAPES[name], f"backward returns a gradient of {name} of the shape "
                         f"{np.shape(found[name])}; it should be {SHAPES[name]}.")
            grads[name] += found[name]
    yield "backward", Pair("forward", forward, backward, p), (ids,), {}
    yield "backward: ten gradients agree with the numbers"


def _off(found, wanted):
    return np.shape(found) == wanted.shape and not np.allclose(found, wanted)


def _right_look(features, keys, h, p):
    score = AdditiveScore(A, H).astype("float64")
    score.W_h.data[...], score.b.data[...], score.v.data[...] = p["W_q"], p["b_q"], p["v"]
    alpha = Softmax()(score(keys, h))
    return WeightedSum()(alpha, features), alpha


def _right_sentence(features, ids, p):
    """What a captioner of minisat's layers says: it looks, remembers, says."""
    cell = LSTMCell(M + D, H).astype("float64")
    cell.W_x.data[...], cell.W_h.data[...], cell.b.data[...] = (p[name] for name in MEMORY)
    state, logits, alphas = cell.zero_state(len(ids), features), [], []
    for t in range(ids.shape[1]):
        seen, alpha = _right_look(features, features @ p["W_k"], state[0], p)
        state = cell(np.concatenate([p["E"][ids[:, t]], seen], axis=1), state)
        logits.append(np.concatenate([state[0], seen], axis=1) @ p["W_o"] + p["b_o"])
        alphas.append(alpha)
    return np.stack(logits, axis=1), np.stack(alphas, axis=1)
