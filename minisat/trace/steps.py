"""One training step of a captioner, recorded: of a small demo captioner in the toy world, or of any objective."""

import base64
import copy
import io
from math import isqrt

import numpy as np
from PIL import Image

from minisat.captioner import Recipe, Through, build_captioner, build_objective
from minisat.data.batches import caption_batch
from minisat.data.toy_world import ToyWorld
from minisat.gradcheck import input_names
from minisat.nn import Embedding
from minisat.nn.cell import Cell
from minisat.text import Vocabulary, tokenize
from minisat.trace.document import describe
from minisat.trace.pushing import nudges, update
from minisat.trace.recording import trace
from minisat.trace.story import story
from minisat.trace.tensors import short
from minisat.trace.walking import born
from minisat.vision import CellGrid, Sight, build

SIZES = {"embedding_size": 12, "hidden_size": 16, "attention_size": 12, "heads": 2, "min_count": 1}
SCENES = 40  # whose captions make the vocabulary
SHOWN = 8    # captions at most on the page
WORDS_TOLD = 20_000  # of a vocabulary, at most
WORDS = (6, 7)  # which the demo's captions have, by turns: where all are equally long nothing is padded


def record_step(objective, inputs, batch, vocabulary=None, photos=None, *, rng=0, checks=("local", "global"),
                about=None, given=None, cells=None, channels=None):
    """(document, arrays) of one training step, forward and backward, of `objective` made of layer calls.

    `inputs` (N, …) and the CaptionBatch are those of `objective.forward`; `photos` are (N) Pillow images or None;
    `rng` (a seed or a Generator) draws dropout and locations, `given` is what else forward takes by name. `cells` says
    where the locations lie in the photo (CellGrid); default as the sight of a Through has it; `channels` what the
    features of a location are called, where they have names. With checks, single weights are nudged too. The advantage
    of REINFORCE, a constant to its gradient, is held still, so that numbers can be compared. The parameters' gradients
    are overwritten.
    """
    objective, given = objective.reference(), given or {}
    arguments = inputs, batch.ids, batch.lengths
    rng = np.random.default_rng(rng)
    with np.errstate(all="ignore"):
        noise = given | _held(objective.forward(*arguments, rng=copy.deepcopy(rng), **given)[1])
    objective.zero_grad()
    before = copy.deepcopy(rng)
    with np.errstate(all="ignore"), trace(objective) as recording:
        loss, cache = objective.forward(*arguments, rng=rng, **noise)
        objective.backward(1.0, cache)
    facts = {"loss": short(loss), "captions": len(batch.ids), "time steps": batch.ids.shape[1] - 1}
    if cells is None and hasattr(objective, "sight"):
        cells = objective.sight.view.cells
    captions = _captions(recording, batch, vocabulary, photos, cells) if vocabulary else ()
    document, arrays = describe(recording, facts | (about or {}), captions, checks)
    document["sizes"] = _sizes(recording, batch)
    if vocabulary and len(vocabulary) <= WORDS_TOLD:
        document["words"] = list(vocabulary.words)
    if channels:
        document["channels"] = list(channels)

    def again():
        """The loss of the same step, with the same noise, for the weights as they are now."""
        with np.errstate(all="ignore"):
            return objective.forward(*arguments, rng=copy.deepcopy(before), **noise)[0]
    document["update"] = update(objective, again, loss)
    if checks:
        document["nudges"] = nudges(objective, again)
    document["story"] = [] if born(document) else story(document, arrays)  # of numbers that are none nothing is told
    return document, arrays


def _sizes(recording, batch):
    """{letter: size} of the shapes: N, T, and what the calls tell of L, D, A, H, M, V."""
    sizes = {"N": len(batch.ids), "T": batch.ids.shape[1] - 1}
    for call in recording.calls:
        if call.phase == "backward":
            continue
        if isinstance(call.module, Embedding):
            sizes["V"], sizes["M"] = call.module.W.shape
        elif isinstance(call.module, Cell):
            sizes["H"] = call.module.H
        elif call.path.endswith("captioner") and np.ndim(call.inputs[0]) == 3:
            _, sizes["L"], sizes["D"] = call.inputs[0].shape
        elif input_names(call.module, 1) == ["keys"] and np.ndim(call.inputs[0]) == 3:
            sizes["A"] = call.inputs[0].shape[2]
    return {letter: int(size) for letter, size in sizes.items()}


def _held(cache):
    """{"advantage": (N,)} of a step with hard attention, {} of others."""
    reinforce = getattr(cache, "objective", cache).reinforce
    return {} if reinforce is None else {"advantage": reinforce.advantage}


def demo_step(model="soft-attention", captions=2, seed=0, dtype="float64"):
    """(objective, inputs, batch, vocabulary, photos): a small fresh captioner and encoder, and toy scenes to see.

    A step shows an error only in what it exercises: so captions differ in length, and features are divided by their
    root mean square, as a pretrained encoder's are.
    """
    scenes = ToyWorld(seed).scenes("train", max(SCENES, captions))
    told = [[tokenize(text) for text in scene.captions] for scene in scenes]
    vocabulary = Vocabulary.build([words for texts in told for words in texts], 1)
    chosen = {}  # {row of a scene: its caption}
    for n in range(captions):
        free = ((row, words) for row, texts in enumerate(told) if row not in chosen for words in texts)
        row, words = min(free, key=lambda pair: abs(len(pair[1]) - WORDS[n % 2]))
        chosen[row] = words
    batch = caption_batch(list(chosen), [vocabulary.encode(words) for words in chosen.values()])
    encoder = build("toy_cnn_v2", rng=seed)
    images = encoder.preprocessing.normalise(np.stack([scenes[row].image for row in batch.photos]))
    recipe = Recipe(model=model, seed=seed, dropout=0.2, **SIZES)
    scale = float(np.sqrt(np.mean(np.square(encoder(images)))))
    captioner = build_captioner(recipe, len(vocabulary), encoder.grid_shape()[1], feature_scale=scale)
    objective = build_objective(recipe, captioner, input_gradient=True)
    objective = Through(Sight.of_encoder(encoder), objective).astype(dtype)
    photos = [Image.fromarray(scenes[row].image) for row in batch.photos]
    return objective, images.astype(dtype), batch, vocabulary, photos


def _captions(recording, batch, vocabulary, photos, cells):
    """What the page says and shows of each caption: its words, its photo, where the model looked."""
    alphas = next((value for call in recording.calls if call.phase == "forward"
                   for name, value in call.fields if name == "alphas" and not isinstance(value, str)), None)
    grid = None if alphas is None else cells or _even(alphas.shape[2])
    rounds = max((t for t in recording.time_steps() if t is not None), default=-1) + 1
    found = []
    for n, (ids, length) in enumerate(zip(batch.ids[:SHOWN], batch.lengths)):
        words = [vocabulary.words[i] for i in ids[:length + 1]]
        looked = [] if alphas is None else alphas[n, :length].tolist()
        found.append({"words": words[:-1], "said": words[1:], "lead": max(rounds - batch.ids.shape[1] + 1, 0),
                      "photo": _uri(photos[n]) if photos else None, "grid": grid, "alphas": looked})
    return found


def _even(L):
    """An even grid of L cells: a square, or where L is none one row."""
    side = isqrt(L)
    return CellGrid.even(side, side) if side * side == L else CellGrid.even(1, L)


def _uri(photo, size=224):
    """A small copy of the photo as a data URI."""
    photo = photo.convert("RGB")
    photo.thumbnail((size, size))
    buffer = io.BytesIO()
    photo.save(buffer, "JPEG", quality=85)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
