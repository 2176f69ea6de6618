"""An eye that went to another school: the toy CNN taught to name single things, as pretrained networks were.

ImageNet in miniature: a million photos of one thing each become some hundred little pictures of one toy each, and a
thousand classes become eight kinds and six colours. The classifier is then thrown away, and what stays is the grid.
"""

import numpy as np
from safetensors.numpy import save

from minisat.data.toy_world import COLOURS, NOUNS, Thing
from minisat.data.toy_world.drawing import draw_scene
from minisat.files import whole_file
from minisat.nn import CrossEntropy, Linear, Module, commit_statistics
from minisat.optim import Adam, FlatParameters, schedules
from minisat.vision import build

SIZE, SIDES = 32, (20, 28)  # of a picture and of the thing in it, pixels: things are as large as in a scene
PICTURES, BATCH, RATE, WARMUP = 600, 32, 0.01, 20
KINDS = len(NOUNS)


def single_things(count, seed):
    """`count` little pictures with one thing in each: uint8 (count, 32, 32, 3), and what it is.

    That is int (count, 2): its kind and its colour, places in NOUNS and COLOURS.
    """
    rng = np.random.default_rng(seed)
    pictures, names = [], np.stack([rng.integers(KINDS, size=count), rng.integers(len(COLOURS), size=count)], axis=1)
    for kind, colour in names:
        side = int(rng.integers(*SIDES))
        x, y = rng.uniform(side / 2, SIZE - side / 2, 2)
        thing = Thing(list(NOUNS)[kind], "", list(COLOURS)[colour], (), x, y, side, None)
        pictures.append(draw_scene([thing], SIZE, rng)[0])
    return np.stack(pictures), names


class NamingEye(Module):
    """The toy CNN with a classifier behind it: the mean over its grid, one affine layer, a kind and a colour.

    In float64, so that it learns the same on every machine.
    """

    def __init__(self, seed=0):
        self.encoder = build("toy_cnn", rng=seed)
        self.channels = self.encoder.conv4.W.shape[0]  # the grid's last two entries only say where
        self.classify = Linear(self.channels, KINDS + len(COLOURS), rng=seed)
        self.astype("float64")

    def names(self, features):
        """Kinds and colours (int, (N, 2)) read off features (N, L, D): each location speaks, the mean is heard."""
        logits = self.classify(features[:, :, :self.channels].mean(axis=1))
        return np.stack([logits[:, :KINDS].argmax(axis=1), logits[:, KINDS:].argmax(axis=1)], axis=1)

    def look(self, pictures):
        """uint8 pictures (N, h, w, 3), as the encoder wants them preprocessed → features (N, L, D)."""
        return self.encoder(self.encoder.preprocessing.normalise(pictures).astype("float64"))

    def learn(self, steps, seed=0):
        """Train for so many steps on single things; returns itself, ready to look."""
        pictures, names = single_things(min(PICTURES, BATCH * steps), seed)
        images = self.encoder.preprocessing.normalise(pictures).astype("float64")
        surprise, optimizer = CrossEntropy(), Adam(FlatParameters(self.parameters()), RATE)
        rate, rng = schedules.cosine(steps, WARMUP), np.random.default_rng(seed)
        for step in range(steps):
            batch = rng.integers(len(images), size=BATCH)
            grid, grid_cache = self.encoder.forward(images[batch])
            logits, cache = self.classify.forward(grid[:, :, :self.channels].mean(axis=1))
            self.zero_grad()
            parts = (logits[:, :KINDS], names[batch, 0]), (logits[:, KINDS:], names[batch, 1])
            dlogits = np.concatenate([surprise.backward(1.0, surprise.forward(*part)[1])[0] for part in parts], axis=1)
            dgrid = np.zeros_like(grid)
            dgrid[:, :, :self.channels] = self.classify.backward(dlogits, cache)[:, None] / grid.shape[1]
            self.encoder.backward(dgrid, grid_cache)
            commit_statistics(grid_cache)
            optimizer.learning_rate = RATE * rate(step)
            optimizer.step()
        return self.eval()

    def save(self, path):
        """Write the encoder's weights without the classifier, as pretrained files hold them: .safetensors, float32."""
        state = {name: np.asarray(array, np.float32, order="C")
                 for name, array in self.encoder.torchvision_state().items()}
        with whole_file(path) as temporary:
            temporary.write_bytes(save(state))
