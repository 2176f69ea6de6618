"""From an empty file, solved: a captioner that looks where it speaks, every line of it written here.

    python lessons/capstone/solution.py     # learns 1,500 scenes, captions scenes it has never seen

Yours may look quite different: only the names of the functions, what goes in and what comes out are agreed. One
captioner is two things: `p`, a dict of its arrays by name, and `words`, a list whose places are the ids.

Shapes: N photos, L places with D features each, T words, M entries of a word's vector, A of a key, H of the memory, V
words in all.
"""

from collections import Counter

import numpy as np

from minisat.teaching.toy_captioner import ToyPhotos

# %% 1. Words and batches

END, UNKNOWN = 0, 1  # <end> begins and ends every caption, and fills up the short ones


def build_words(captions, at_least=1):
    """captions (lists of words) → every word that occurs `at_least` so often, after <end> and <unknown>."""
    counts = Counter(word for caption in captions for word in caption)
    return ["<end>", "<unknown>", *sorted(word for word, count in counts.items() if count >= at_least)]


def encode(captions, words):
    """captions (N lists of words) → ids (N, longest + 2): <end>, the words, and <end> to the end of the row."""
    place = {word: i for i, word in enumerate(words)}
    ids = np.full((len(captions), max(map(len, captions)) + 2), END)
    for row, caption in zip(ids, captions):
        row[1:len(caption) + 1] = [place.get(word, UNKNOWN) for word in caption]
    return ids


def decode(ids, words):
    """ids (T,) of what was said → its words, up to the first <end>."""
    said = []
    for i in ids:
        if i == END:
            break
        said.append(words[i])
    return said


def batches(count, size, rng):
    """Yield the numbers 0 … count − 1, each once, shuffled, `size` at a time (the last may be fewer)."""
    order = rng.permutation(count)
    for start in range(0, count, size):
        yield order[start:start + size]


# %% 2. A memory, a look, and the way back

def new_parameters(V, seed=0, D=16, M=24, A=24, H=32):
    """The arrays of a captioner that has learnt nothing."""
    rng = np.random.default_rng(seed)

    def matrix(rows, columns):
        return rng.standard_normal((rows, columns)) / np.sqrt(rows)  # a sum of `rows` things stays as large as one

    p = {"E": 0.1 * rng.standard_normal((V, M)),
         "W_k": matrix(D, A), "W_q": matrix(H, A), "b_q": np.zeros(A), "v": matrix(A, 1)[:, 0],
         "W_x": matrix(M + D, 4 * H), "W_h": matrix(H, 4 * H), "b": np.zeros(4 * H),
         "W_o": matrix(H + D, V), "b_o": np.zeros(V)}
    p["b"][H:2 * H] = 1.0  # a fresh memory keeps what it holds
    return p


def sigmoid(a):
    """1 / (1 + exp(−a)), which here never overflows."""
    return 0.5 + 0.5 * np.tanh(0.5 * a)


def lstm(x, h, c, p):
    """x (N, M + D), h and c (N, H) → the new h and c, the cache. Gates in the order i, f, g, o."""
    a = x @ p["W_x"] + h @ p["W_h"] + p["b"]
    a_i, a_f, a_g, a_o = np.split(a, 4, axis=1)
    i, f, g, o = sigmoid(a_i), sigmoid(a_f), np.tanh(a_g), sigmoid(a_o)
    tanh_c = np.tanh(f * c + i * g)
    return o * tanh_c, f * c + i * g, (x, h, c, i, f, g, o, tanh_c)


def lstm_back(dh, dc, cache, p, grads):
    """dh and dc (N, H) of the new state → dx, dh and dc of the old one; adds to grads."""
    x, h, c, i, f, g, o, tanh_c = cache
    dc = dc + dh * o * (1 - tanh_c**2)                       # h = o tanh(c)
    da = np.concatenate([dc * g * i * (1 - i),               # c_new = f c + i g, and the slope of each bend
                         dc * c * f * (1 - f),
                         dc * i * (1 - g**2),
                         dh * tanh_c * o * (1 - o)], axis=1)
    grads["W_x"] += x.T @ da                                 # a = x W_x + h W_h + b
    grads["W_h"] += h.T @ da
    grads["b"] += da.sum(axis=0)
    return da @ p["W_x"].T, da @ p["W_h"].T, dc * f


def attend(features, keys, h, p):
    """features (N, L, D), keys (N, L, A), h (N, H) → what was seen (N, D), alpha (N, L), the cache."""
    hidden = np.tanh(keys + (h @ p["W_q"] + p["b_q"])[:, None, :])
    scores = hidden @ p["v"]
    alpha = np.exp(scores - scores.max(axis=1, keepdims=True))
    alpha /= alpha.sum(axis=1, keepdims=True)
    seen = (alpha[:, None, :] @ features)[:, 0]
    return seen, alpha, (features, h, hidden, alpha)


def attend_back(dseen, cache, p, grads):
    """dseen (N, D) → dkeys (N, L, A), dh (N, H); adds to grads. (The features are given: nobody asks for theirs.)"""
    features, h, hidden, alpha = cache
    dalpha = (features @ dseen[:, :, None])[:, :, 0]                         # seen = Σ_i alpha_i a_i
    dscores = alpha * (dalpha - (alpha * dalpha).sum(axis=1, keepdims=True))  # alpha = softmax(scores)
    return scores_back(dscores, h, hidden, p, grads)


def scores_back(dscores, h, hidden, p, grads):
    """dscores (N, L) → dkeys (N, L, A), dh (N, H); adds to grads."""
    grads["v"] += (dscores[:, :, None] * hidden).sum(axis=(0, 1))            # scores = hidden · v
    dkeys = dscores[:, :, None] * p["v"] * (1 - hidden**2)                   # hidden = tanh(keys + query)
    dquery = dkeys.sum(axis=1)                                               # the query was added at every place
    grads["W_q"] += h.T @ dquery
    grads["b_q"] += dquery.sum(axis=0)
    return dkeys, dquery @ p["W_q"].T


def step(ids, features, keys, h, c, p, look=attend):
    """One word: the words read (N,), the state before → logits (N, V) of the next, the state, alpha, the caches."""
    seen, alpha, looked = look(features, keys, h, p)
    h, c, memory = lstm(np.concatenate([p["E"][ids], seen], axis=1), h, c, p)
    both = np.concatenate([h, seen], axis=1)
    return both @ p["W_o"] + p["b_o"], h, c, alpha, (ids, looked, memory, both)


def forward(features, ids, p, look=attend):
    """features (N, L, D), ids (N, T) → logits (N, T, V): what comes after word t? Alphas (N, T, L), the cache."""
    keys = features @ p["W_k"]
    h = c = np.zeros((len(ids), len(p["W_h"])))
    logits, alphas, steps = [], [], []
    for t in range(ids.shape[1]):
        logits_t, h, c, alpha, cache = step(ids[:, t], features, keys, h, c, p, look)
        logits.append(logits_t)
        alphas.append(alpha)
        steps.append(cache)
    return np.stack(logits, axis=1), np.stack(alphas, axis=1), (features, steps)


def backward(dlogits, cache, p, look_back=attend_back):
    """dlogits (N, T, V) → the gradient of every array of p, by its name: through time, from the last word up."""
    features, steps = cache
    grads = {name: np.zeros_like(array) for name, array in p.items()}
    H, M = len(p["W_h"]), p["E"].shape[1]
    dh = dc = np.zeros((len(dlogits), H))
    dkeys = 0.0
    for t in reversed(range(len(steps))):
        ids, looked, memory, both = steps[t]
        grads["W_o"] += both.T @ dlogits[:, t]               # logits = [h, seen] W_o + b_o
        grads["b_o"] += dlogits[:, t].sum(axis=0)
        dboth = dlogits[:, t] @ p["W_o"].T
        dx, dh, dc = lstm_back(dh + dboth[:, :H], dc, memory, p, grads)   # h was used twice: gradients add
        np.add.at(grads["E"], ids, dx[:, :M])                             # the same word may stand in two rows
        dkeys_t, dh_asked = look_back(dx[:, M:] + dboth[:, H:], looked, p, grads)
        dkeys, dh = dkeys + dkeys_t, dh + dh_asked
    grads["W_k"] = np.tensordot(features, dkeys, axes=([0, 1], [0, 1]))   # keys = features W_k
    return grads


# %% 3. A loss, a mask, and steps downhill

def asked_for(targets):
    """targets (N, T) → true for every word up to the first <end>, itself included; what fills up is not asked for."""
    return np.cumsum(targets == END, axis=1) - (targets == END) == 0   # no <end> before it


def log_softmax(logits):
    """logits (…, V) → log p (…, V)."""
    logits = logits - logits.max(axis=-1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


def surprise(logits, targets):
    """logits (N, T, V), targets (N, T) → the mean −log p of the words asked for, and its gradient (N, T, V)."""
    real, log_p, right = asked_for(targets), log_softmax(logits), np.eye(logits.shape[2])[targets]
    loss = -(log_p * right).sum(axis=2)[real].mean()
    return loss, (np.exp(log_p) - right) * real[:, :, None] / real.sum()


def adam(p, grads, memory, rate, keep=0.9, keep_square=0.999):
    """One step of Adam, in place. `memory` is empty before the first step, and what Adam remembers after it."""
    steps = memory["steps"] = memory.get("steps", 0) + 1
    for name, grad in grads.items():
        mean, square = memory.get(name, (0.0, 0.0))
        mean, square = keep * mean + (1 - keep) * grad, keep_square * square + (1 - keep_square) * grad**2
        memory[name] = mean, square
        p[name] -= rate * (mean / (1 - keep**steps)) / (np.sqrt(square / (1 - keep_square**steps)) + 1e-8)


# %% 4 and 5. Eight photos by heart, then fifteen hundred scenes

def lesson(features, ids, p, rng):
    """Teacher forcing: the words so far are read, the next ones asked for → the loss, the gradients of p."""
    logits, _, cache = forward(features, ids[:, :-1], p)
    loss, dlogits = surprise(logits, ids[:, 1:])
    return loss, backward(dlogits, cache, p)


def learn(features, captions, seed=0, steps=3000, batch=32, rate=0.02, lesson=lesson):
    """features (S, L, D), for each photo a list of captions → p and words, after so many lessons."""
    rng = np.random.default_rng(seed)
    words = build_words(caption for told in captions for caption in told)
    owners = np.array([photo for photo, told in enumerate(captions) for _ in told])
    ids = encode([caption for told in captions for caption in told], words)
    p, memory, done = new_parameters(len(words), seed, features.shape[2]), {}, 0
    while True:
        for some in batches(len(ids), batch, rng):
            loss, grads = lesson(features[owners[some]], ids[some], p, rng)
            adam(p, grads, memory, rate * 0.5 * (1 + np.cos(np.pi * done / steps)))
            if done % 100 == 0:
                print(f"step {done:5}: a word surprises by {loss:.3f} nats", flush=True)
            done += 1
            if done == steps:
                return p, words


def describe(features, p, words, longest=20, look=attend):
    """features (N, L, D) → N captions, always the likeliest next word, and for each where it looked, (T, L)."""
    keys = features @ p["W_k"]
    h = c = np.zeros((len(features), len(p["W_h"])))
    ids, said, alphas = np.full(len(features), END), [], []
    for t in range(longest):
        logits, h, c, alpha, _ = step(ids, features, keys, h, c, p, look)
        logits[:, UNKNOWN] = -np.inf                     # a mark, no word: nobody can read it
        if t == 0:
            logits[:, END] = -np.inf                     # no caption is empty
        ids = logits.argmax(axis=1)
        said.append(ids)
        alphas.append(alpha)
    captions = [decode(row, words) for row in np.stack(said, axis=1)]
    return captions, [looks[:len(caption)] for looks, caption in zip(np.stack(alphas, axis=1), captions)]


# %% 6. The best sentence, and is it any good?

def beam(features, p, words, width=3, longest=20):
    """features (L, D) of one photo → its best caption of a beam, and its log p with the <end> counted.

    A beginning that ends leaves the beam, which is narrower from then on; the best mean of log p for each word wins.
    """
    features, H = features[None], len(p["W_h"])
    keys = features @ p["W_k"]
    going, ended = [((), 0.0, np.zeros((1, H)), np.zeros((1, H)))], []   # ids, log p, h, c
    for t in range(longest):
        ways = []
        for said, total, h, c in going:
            logits, h, c, _, _ = step(np.array([said[-1] if said else END]), features, keys, h, c, p)
            log_p = log_softmax(logits[0])
            ways += [((*said, i), total + log_p[i], h, c) for i in range(len(words))
                     if i != UNKNOWN and (t > 0 or i != END)]
        best = sorted(ways, key=lambda way: -way[1])[:width - len(ended)]
        ended += [way for way in best if way[0][-1] == END]
        going = [way for way in best if way[0][-1] != END]
        if not going:
            break
    said, total, _, _ = max(ended or going, key=lambda way: way[1] / len(way[0]))
    return decode(said, words), total


def ngrams(words, n):
    """How often each n-gram occurs in a caption."""
    return Counter(tuple(words[i:i + n]) for i in range(len(words) - n + 1))


def bleu(captions, references):
    """A caption and a list of references for each photo → BLEU-1, 2, 3, 4 of them all, on 0..1.

    Precisions are (matches + 1e-15) / (all + 1e-9), as coco-caption has it.
    """
    matches, totals, length, wanted = np.zeros(4), np.zeros(4), 0, 0
    for caption, told in zip(captions, references):
        for n in range(1, 5):
            most = Counter()
            for reference in told:
                most |= ngrams(reference, n)                     # the most that one reference has of each
            matches[n - 1] += (ngrams(caption, n) & most).total()  # no more than that counts
            totals[n - 1] += max(len(caption) - n + 1, 0)
        length += len(caption)
        wanted += min((abs(len(reference) - len(caption)), len(reference)) for reference in told)[1]
    precisions = (matches + 1e-15) / (totals + 1e-9)
    brevity = min(1.0, np.exp(1 - wanted / max(length, 1e-15)))
    return np.cumprod(precisions) ** (1 / np.arange(1, 5)) * brevity


# %% 7. A branch: pick one place

def pick(features, keys, h, p, rng):
    """As `attend`, but one place of each photo is drawn, with the probabilities alpha, and its features are seen."""
    _, alpha, soft = attend(features, keys, h, p)
    place = (alpha.cumsum(axis=1) < rng.random((len(alpha), 1))).sum(axis=1).clip(max=alpha.shape[1] - 1)
    return features[np.arange(len(place)), place], alpha, (soft, place)


def pick_back(cost, cache, p, grads):
    """cost (N,): by how much a draw was worse than usual → dkeys, dh: the gradient of Σ cost · log alpha(place)."""
    (features, h, hidden, alpha), place = cache
    dscores = cost[:, None] * (np.eye(alpha.shape[1])[place] - alpha)        # ∂ log alpha_s / ∂e = onehot(s) − alpha
    return scores_back(dscores, h, hidden, p, grads)


def pick_likeliest(features, keys, h, p):
    """As `pick`, for captions: the place with the largest share."""
    _, alpha, soft = attend(features, keys, h, p)
    return features[np.arange(len(alpha)), alpha.argmax(axis=1)], alpha, soft


def hard_lesson(keep=0.95):
    """A `lesson` with a place drawn for each word, which answers for the words from there on, beside the usual cost."""
    usual = {}                                           # for each t, a running mean of what the words from t on cost

    def lesson(features, ids, p, rng):
        targets = ids[:, 1:]
        logits, _, cache = forward(features, ids[:, :-1], p, lambda *given: pick(*given, rng))
        loss, dlogits = surprise(logits, targets)
        real, log_p = asked_for(targets), log_softmax(logits)
        costs = -np.take_along_axis(log_p, targets[:, :, None], axis=2)[:, :, 0] * real
        to_come = costs[:, ::-1].cumsum(axis=1)[:, ::-1]
        worse = []
        for t in range(targets.shape[1]):
            mean = to_come[:, t][real[:, t]].mean() if real[:, t].any() else 0.0
            worse.append((to_come[:, t] - usual.get(t, mean)) * real[:, t] / real.sum())
            usual[t] = keep * usual.get(t, mean) + (1 - keep) * mean
        return loss, backward(dlogits, cache, p, lambda dseen, *rest: pick_back(worse.pop(), *rest))

    return lesson


# %% All of it

def main(steps=3000, scenes=1500):
    """Learn, describe unseen scenes, say how good the captions are."""
    photos = ToyPhotos(train=scenes, test=300)
    p, words = learn(photos.train.features, photos.train.references, steps=steps)
    captions, _ = describe(photos.test.features, p, words)
    searched = [beam(features, p, words)[0] for features in photos.test.features]
    for caption, told in list(zip(searched, photos.test.references))[:8]:
        print(f"{' '.join(caption):<55} a person: {' '.join(told[0])}")
    print(f"BLEU-4 greedy {bleu(captions, photos.test.references)[3]:.3f}, "
          f"with a beam of 3 {bleu(searched, photos.test.references)[3]:.3f}")


if __name__ == "__main__":
    main()
