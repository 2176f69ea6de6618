"""`minisat bench`: how fast the main steps are on this machine, so that a training can be planned."""

import time
from functools import partial
from statistics import median

import numpy as np

from minisat.backend import keep_freed_memory, resolve_device, to_device, to_numpy
from minisat.captioner import Recipe, build_captioner, build_objective, fast_decoder
from minisat.captioner.decoding import beam
from minisat.cli.answer import Answer
from minisat.cli.setting_flags import number
from minisat.data.batches import caption_batch
from minisat.optim import Adam, FlatParameters, clip_norm
from minisat.vision import build, fast_inference, features_of
from minisat.word2vec import Settings, train

HELP = ("Time the main steps on this machine: features of photos, training, captioning, word vectors. Weights, photos "
        "and words are drawn at random, so nothing is needed.")
EXAMPLE = "minisat bench --device cpu"
JSON = "print the figures as JSON"

GRIDS = {"mobilenet_v2": (49, 1280), "squeezenet1_1": (169, 512)}  # encoder: (L, D) of its default grid
V, LENGTH, CAPTIONS, PHOTOS = 2500, 11, 64, 16    # words of the vocabulary and of a caption; in a batch
FLICKR8K = {"photos": 8000, "words": 30000 * (LENGTH + 1), "captions": 1000}  # an epoch's words, one split's captions


def add_arguments(parser):
    """The verb's flags."""
    parser.add_argument("--seconds", type=number(above=0), default=3.0, metavar="S", help="for each step (default 3)")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"), help="where to compute")


def run(arguments):
    """Time one step after the other, a line for each."""
    device = resolve_device(arguments.device)
    keep_freed_memory()
    found = []
    for what, unit, make in steps(device):
        step, amount = make()
        speed = amount / seconds_of(step, arguments.seconds)
        found.append({"step": what, "unit": unit, "per_second": speed, "device": device})
        yield f"{what:<40} {speed:>10,.0f} {f'{unit}/s':<12} {FLICKR8K[unit] / speed / 60:6.1f} min"
    return Answer(found, f"\nOn {device}. Minutes are for Flickr8k: its 8,000 photos, one epoch of its 30,000 training "
                         "captions, captions of the 1,000 photos of a split.")


def steps(device):
    """Yield (what, unit, make); `make()` gives (step to be timed, how many units it does)."""
    for name in GRIDS:
        yield f"features of photos, {name}", "photos", partial(features_step, name, device)
    for name, shape in GRIDS.items():
        yield f"training, soft attention on {name}", "words", partial(training_step, *shape, device)
    for width in (1, 5):
        yield f"captions, beam {width}", "captions", partial(caption_step, *GRIDS["mobilenet_v2"], width, device)
    yield "word vectors, skip-gram", "words", word_vectors_step


def seconds_of(step, budget):
    """The median seconds of `step` in what fits into `budget` seconds, after one to warm up; at least three."""
    step()
    times, started = [], time.perf_counter()
    while len(times) < 3 or time.perf_counter() - started < budget:
        begin = time.perf_counter()
        step()
        times.append(time.perf_counter() - begin)
    return median(times)


def features_step(name, device):
    """The encoder's default grid of PHOTOS random photos, as `features` extracts it."""
    encoder = build(name, rng=0)
    size = encoder.preprocessing.size
    images = np.random.default_rng(0).standard_normal((PHOTOS, 3, size, size)).astype(np.float32)
    encoder = fast_inference(encoder.to(device), encoder.default_grid)
    return lambda: features_of(encoder, images), PHOTOS


def random_features(L, D, count, device):
    """features (count, L, D) like those after a ReLU."""
    drawn = np.random.default_rng(0).standard_normal((count, L, D), np.float32)
    return to_device(np.maximum(drawn, 0), device)


def training_step(L, D, device):
    """Forward, backward, clipping and Adam of the default recipe, as `train` does them."""
    recipe, rng = Recipe(), np.random.default_rng(0)
    captioner = build_captioner(recipe, V, D).to(device)
    objective = build_objective(recipe, captioner)
    flat = FlatParameters(captioner.parameters())
    optimizer = Adam(flat, recipe.learning_rate)
    features = random_features(L, D, CAPTIONS, device)
    batch = caption_batch(np.arange(CAPTIONS), rng.integers(4, V, (CAPTIONS, LENGTH)).tolist())

    def step():
        flat.zero_grad()
        _, cache = objective.forward(features, batch.ids, batch.lengths, rng=rng)
        objective.backward(1.0, cache)
        clip_norm(flat, recipe.clip_norm)
        optimizer.step()
        to_numpy(flat.data[:1])  # waits for a GPU
    return step, int(batch.lengths.sum())


def caption_step(L, D, width, device):
    """Beam search over PHOTOS photos by a captioner that never learnt to stop: LENGTH words a caption."""
    captioner = fast_decoder(build_captioner(Recipe(), V, D).to(device).eval())
    features = random_features(L, D, PHOTOS, device)
    return lambda: beam(captioner, features, width=width, max_words=LENGTH), PHOTOS


def word_vectors_step():
    """One epoch of skip-gram with negative sampling, on the CPU, over words as frequent as those of a language."""
    frequencies = 1 / np.arange(1, V + 1)
    drawn = np.random.default_rng(0).choice(V, (2000, LENGTH), p=frequencies / frequencies.sum())
    sentences = [[str(word) for word in sentence] for sentence in drawn]
    settings = Settings(method="skip-gram", epochs=1)
    return lambda: train(sentences, settings), drawn.size
