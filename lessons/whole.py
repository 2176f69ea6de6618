"""The whole thing on one page: a captioner that looks where it speaks, from pixels to words and back.

    python lessons/whole.py            # two minutes on one core; writes whole.png here

Draw a world, build the captioner from layers, walk forwards and backwards through it, learn, caption a picture that it
has never seen, draw where it looked. The layers come from `minisat.nn` (each is a page of its own); everything that
makes a captioner of them stands here. Set a breakpoint anywhere and step.
"""

import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from minisat import nn
from minisat.data.toy_world import ToyWorld
from minisat.optim import Adam, FlatParameters, clip_norm

# Shapes: N pictures, L = 64 places with D features each, T words of a caption, M entries of a word vector, A of a key,
# H of the memory, V words in all.
D, M, A, H = 64, 48, 64, 96
END = 0  # the word that begins and ends every caption, and fills up the short ones


def read(split, count, words=None, seed=0):
    """`count` scenes → pictures (count, 3, 64, 64) in -1..1, captions (count, 5, T + 1) of ids, the list of words."""
    scenes = ToyWorld(seed).scenes(split, count)
    said = [[caption.split() for caption in scene.captions] for scene in scenes]
    words = words or ["<end>", *sorted({word for captions in said for caption in captions for word in caption})]
    longest = max(len(caption) for captions in said for caption in captions)
    ids = np.full((count, 5, longest + 2), END)
    for i, captions in enumerate(said):
        for k, caption in enumerate(captions):
            ids[i, k, 1:len(caption) + 1] = [words.index(word) for word in caption]
    pictures = np.stack([scene.image for scene in scenes]).transpose(0, 3, 1, 2) / np.float32(127.5) - np.float32(1)
    return pictures, ids, words


class Eye(nn.Sequential):
    """Pictures (N, 3, 64, 64) → features (N, 64, D): one row for each place of an 8 × 8 grid."""

    def __init__(self, rng):
        layers, channels = [], [3, 16, 32, D]
        for C_in, C_out in zip(channels, channels[1:]):
            layers += [nn.Conv2d(C_in, C_out, 4, stride=2, padding=1, bias=False, rng=rng),
                       nn.BatchNorm2d(C_out), nn.ReLU()]
        super().__init__(*layers, nn.Conv2d(D, D, 3, padding=1, rng=rng), nn.ReLU(), nn.Grid())


class Captioner(nn.Module):
    """Show, Attend and Tell: for each word look at the picture, remember what was seen, say the next word."""

    def __init__(self, V, rng):
        self.eye = Eye(rng)
        self.keys = nn.Linear(D, A, bias=False, rng=rng)   # what each place offers
        self.embedding = nn.Embedding(V, M, rng=rng)
        self.score = nn.AdditiveScore(A, H, rng=rng)       # how well each place fits what the memory asks for
        self.softmax = nn.Softmax()
        self.look = nn.WeightedSum()
        self.join = nn.Concatenate()
        self.memory = nn.LSTMCell(M + D, H, rng=rng)
        self.say = nn.Linear(H + D, V, rng=rng)

    def step(self, word, features, keys, state):
        """One word: word (N, M), state (h, c) of (N, H) → logits (N, V), the new state, alpha (N, L), the caches."""
        scores, score = self.score.forward(keys, state[0])
        alpha, softmax = self.softmax.forward(scores)
        seen, look = self.look.forward(alpha, features)
        x, join = self.join.forward(word, seen)
        state, memory = self.memory.forward(x, state)
        both, join_both = self.join.forward(state[0], seen)
        logits, say = self.say.forward(both)
        return logits, state, alpha, (score, softmax, look, join, memory, join_both, say)

    def step_back(self, dlogits, dstate, caches):
        """The same from its last line up: → dword, dfeatures, dkeys, and dstate for the word before."""
        score, softmax, look, join, memory, join_both, say = caches
        dh, dseen = self.join.backward(self.say.backward(dlogits, say), join_both)
        dx, dstate = self.memory.backward((dstate[0] + dh, dstate[1]), memory)   # h was used twice: gradients add
        dword, dseen_too = self.join.backward(dx, join)
        dalpha, dfeatures = self.look.backward(dseen + dseen_too, look)
        dkeys, dh_asked = self.score.backward(self.softmax.backward(dalpha, softmax), score)
        return dword, dfeatures, dkeys, (dstate[0] + dh_asked, dstate[1])

    def forward(self, pictures, ids):
        """pictures (N, 3, 64, 64), ids (N, T) → logits (N, T, V): after word t, what will word t + 1 be?"""
        features, eye = self.eye.forward(pictures)
        keys, keys_cache = self.keys.forward(features)
        words, embedding = self.embedding.forward(ids)
        state, logits, steps = self.memory.zero_state(len(ids), features), [], []
        for t in range(ids.shape[1]):
            logits_t, state, _, caches = self.step(words[:, t], features, keys, state)
            logits.append(logits_t)
            steps.append(caches)
        return np.stack(logits, axis=1), (eye, keys_cache, embedding, steps)

    def backward(self, dlogits, cache):
        """dlogits (N, T, V) → dpictures: backpropagation through time, then through the eye."""
        eye, keys_cache, embedding, steps = cache
        dstate = self.memory.zero_state(len(dlogits), dlogits)
        dfeatures, dkeys, dwords = 0, 0, []
        for t in reversed(range(len(steps))):
            dword, dfeatures_t, dkeys_t, dstate = self.step_back(dlogits[:, t], dstate, steps[t])
            dfeatures, dkeys, dwords = dfeatures + dfeatures_t, dkeys + dkeys_t, [dword, *dwords]
        self.embedding.backward(np.stack(dwords, axis=1), embedding)
        return self.eye.backward(dfeatures + self.keys.backward(dkeys, keys_cache), eye), None


def learn(captioner, pictures, captions, steps, batch=32, rate=3e-3, seed=0):
    """Teacher forcing: show a picture and the words so far, ask for the next one, `steps` times; returns the losses."""
    rng, surprise = np.random.default_rng(seed), nn.CrossEntropy()
    parameters = FlatParameters(captioner.parameters())
    adam, losses = Adam(parameters, rate), []
    for step in range(steps):
        some, which = rng.integers(len(pictures), size=batch), rng.integers(5, size=batch)
        ids = captions[some, which]
        asked = np.cumsum(ids[:, 1:] == END, axis=1) <= 1          # the first <end> counts, what fills up does not
        logits, cache = captioner.forward(pictures[some], ids[:, :-1])
        loss, loss_cache = surprise.forward(logits, ids[:, 1:], mask=asked)
        parameters.zero_grad()
        dlogits, _ = surprise.backward(1.0, loss_cache)
        captioner.backward(dlogits, cache)
        clip_norm(parameters, 5.0)
        nn.commit_statistics(cache)                                # BatchNorm remembers what is usual
        adam.learning_rate = rate * 0.5 * (1 + np.cos(np.pi * step / steps))
        adam.step()
        losses.append(float(loss))
        if step % 100 == 0 or step == steps - 1:
            print(f"step {step:4}: a word surprises by {np.mean(losses[-100:]):.3f} nats", flush=True)
    return losses


def caption(captioner, picture, words, longest=20):
    """A picture (3, 64, 64) → its caption, always the likeliest next word, and alphas (T, 8, 8): where it looked."""
    features = captioner.eye(picture[None])
    keys, state, word, said, alphas = captioner.keys(features), captioner.memory.zero_state(1, features), END, [], []
    while len(said) < longest:
        logits, state, alpha, _ = captioner.step(captioner.embedding(np.array([word])), features, keys, state)
        word = int(logits.argmax())
        if word == END:
            break
        said.append(words[word])
        alphas.append(alpha.reshape(8, 8))
    return said, np.array(alphas)


def draw(picture, said, alphas, path):
    """The picture, then once for each word with light where the captioner looked."""
    figure = Figure(figsize=(1.5 * (len(said) + 1), 1.8), layout="constrained")
    for axis, word, alpha in zip(figure.subplots(1, len(said) + 1), ["", *said], [None, *alphas]):
        axis.imshow((picture.transpose(1, 2, 0) + 1) / 2, extent=(0, 8, 8, 0))
        if alpha is not None:
            axis.imshow(alpha, cmap="gray", alpha=0.6, extent=(0, 8, 8, 0), interpolation="bicubic")
        axis.set_title(word)
        axis.axis("off")
    figure.savefig(path, dpi=110)


def main(steps=1200, scenes=2000, path="whole.png"):
    """World, captioner, learning, captions, picture."""
    pictures, captions, words = read("train", scenes)
    captioner = Captioner(len(words), np.random.default_rng(0))
    print(f"{len(pictures)} pictures, {len(words)} words, {sum(p.data.size for p in captioner.parameters()):,} numbers")
    learn(captioner, pictures, captions, steps)
    captioner.eval()
    unseen, people, _ = read("test", 8, words)
    for picture, ids in zip(unseen, people):
        said, alphas = caption(captioner, picture, words)
        print(f"{' '.join(said):<55} a person: {' '.join(words[i] for i in ids[0] if i != END)}")
    draw(picture, said, alphas, Path(path))
    print(f"Where it looked for the last one: {path}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
