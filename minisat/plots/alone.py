"""A page on which the toy world's captioner runs by itself: draw a scene, see CNN, looks and words.

One file, opened from a disk, without a server or a network: `alone.html` beside this file has the captioner in some
hundred lines of JavaScript, and the weights stand in the page.
"""

import base64
import json

import numpy as np

from minisat.backend import to_numpy
from minisat.captioner import ShowAttendTell
from minisat.captioner.attention_step import AttentionStep
from minisat.data.toy_world import COLOURS
from minisat.data.toy_world.drawing import BACKGROUNDS
from minisat.data.toy_world.things import DRAWINGS, tones
from minisat.errors import UserError
from minisat.nn import AdditiveScore, LSTMCell, Softmax
from minisat.plots.page import page_text
from minisat.text import END, START
from minisat.vision import fold_batchnorm
from minisat.vision.store import as_stored

TITLE = "A captioner in this page"
ABOUT = ("Choose a thing and a colour, and tap the picture to put it there: a small convolutional network and a "
         "captioner with attention, trained from scratch on drawn scenes like these, say what they see. All of it runs "
         "in this page.")


def alone(captioner, words, longest, title=TITLE, about=ABOUT):
    """The page as text. `captioner`: a Captioned with the toy world's CNN and soft attention, as `minisat demo` trains;
    `words`: its vocabulary's; `longest`: how many it may say. UserError for a captioner of another kind.
    """
    arrays = _weights(captioner)
    view = captioner.sight.view
    numbers = b"".join(np.ascontiguousarray(array, "<f4").tobytes() for array in arrays.values())
    grey = np.arange(256, dtype=np.uint8)[:, None, None, None].repeat(3, axis=-1)     # what a colour of 0..255 becomes
    levels = as_stored(view.preprocessing.normalise(grey))[:, :, 0, 0].T              # of red, green, blue: (3, 256)
    model = {"shapes": [[name, *array.shape] for name, array in arrays.items()],
             "numbers": base64.b64encode(numbers).decode(), "words": list(words), "START": START, "END": END,
             "longest": longest, "levels": levels.tolist(),
             "scale": float(captioner.captioner.scale.scale.data), "grid": view.cells, "drawings": DRAWINGS,
             "colours": {colour: tones(colour) for colour in COLOURS}, "backgrounds": BACKGROUNDS}
    return page_text("alone", title, about=about, model=json.dumps(model))


def _weights(captioner):
    """{name: array} as the page's program calls them, BatchNorm folded into the convolutions."""
    sight, speaker = captioner.sight, captioner.captioner
    step = getattr(speaker, "attend", None)
    fits = (sight.encoder is not None and sight.view.encoder == "toy_cnn_v2" and type(speaker) is ShowAttendTell
            and type(step) is AttentionStep and speaker.normalise is None and step.query is None)
    if not fits or [type(part) for part in (step.score, step.softmax, step.cell)] != [AdditiveScore, Softmax, LSTMCell]:
        raise UserError("The page that runs alone is for a captioner as `minisat demo` trains it: the toy world's CNN, "
                        "soft attention, additive score, LSTM.")
    encoder = fold_batchnorm(sight.encoder)
    found = {}
    for name in ("conv1", "conv2", "conv3", "conv4"):
        convolution = getattr(encoder, name)
        found |= {f"{name}.W": convolution.W.data, f"{name}.b": convolution.b.data}
    for name, layer in {"init_h": speaker.init_h, "init_c": speaker.init_c, "keys": speaker.keys, "L_h": speaker.L_h,
                        "L_z": speaker.L_z, "L_o": speaker.L_o, "f_beta": step.f_beta,
                        "embedding": speaker.embedding}.items():
        found[f"{name}.W"] = layer.W.data
        if getattr(layer, "b", None) is not None:
            found[f"{name}.b"] = layer.b.data
    found |= {"score.W": step.score.W_h.data, "score.b": step.score.b.data, "score.v": step.score.v.data,
              "cell_x.W": step.cell.W_x.data, "cell_x.b": step.cell.b.data, "cell_h.W": step.cell.W_h.data}
    return {name: to_numpy(array) for name, array in found.items()}
