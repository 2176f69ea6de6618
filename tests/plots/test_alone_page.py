"""The page that runs alone: its JavaScript captions scenes as Python does, and draws what can be captioned."""

import base64
import json

import numpy as np
import pytest
from browser import needs_chromium, title_of, with_program
from PIL import Image
from tiny_runs import tiny

from minisat.captioner import Recipe
from minisat.cli.main import main
from minisat.data.toy_world import ToyWorld
from minisat.errors import UserError
from minisat.plots.alone import alone
from minisat.text import SPECIALS
from minisat.trained import Decoding
from minisat.training import RunConfig, build_model
from minisat.vision import View

__all__ = ["tiny"]
WORDS = "a the red green blue yellow ball box house fish boat car tree cup above under and".split()
SCENES = 6

PROGRAM = """
const scenes = {scenes}, wanted = {wanted};
let apart = 0, other = 0, looks = 0;
scenes.forEach((scene, i) => {{
  const {{ said }} = caption(Uint8Array.from(atob(scene), letter => letter.charCodeAt(0)));
  if (said.map(word => word.id).join() !== wanted[i].ids.join()) {{ other++; return; }}
  said.forEach((word, t) => {{
    apart = Math.max(apart, Math.abs(Math.log(word.p) - wanted[i].logprobs[t]));
    word.alpha.forEach((a, k) => {{ looks = Math.max(looks, Math.abs(a - wanted[i].alphas[t][k])); }});
  }});
}});
another();
const words = document.querySelectorAll(".caption button").length;
document.title = `done: ${{other}} other, ${{apart.toExponential(1)}} ${{looks.toExponential(1)}}, ${{words}} words`;
"""


def model_of(seed=0, **fields):
    """An untrained captioner of the demo's kind whose words differ from scene to scene, in evaluation."""
    recipe = Recipe(embedding_size=12, hidden_size=16, attention_size=8, max_words=9, dropout=0.0, **fields)
    model = build_model(RunConfig(View.of_photos("toy_cnn_v2"), recipe, len(SPECIALS) + len(WORDS), 0.7, None, None))
    rng = np.random.default_rng(seed)
    for name, member in model.named_buffers():
        if "running" in name:
            member.data[...] = rng.uniform(0.5, 1.5, member.data.shape)
    model.captioner.L_o.W.data *= 30
    model.captioner.init_h.W.data *= 8
    return model.eval()


def check(model, words, longest, count, folder):
    """What the page's title says of `count` scenes: captions that are others, and how far log p and looks are off."""
    world, decoding = ToyWorld(3), Decoding(beam=1)
    scenes = [scene.image for scene in world.scenes("test", count)]
    inputs = model.sight.of_photos([Image.fromarray(scene) for scene in scenes])
    said = [found[0] for found in decoding.captions(model.fast(), inputs, longest)]
    wanted = [{"ids": [*caption.ids, *([3] if caption.finished else [])], "logprobs": caption.logprobs.tolist(),
               "alphas": caption.alphas.tolist()} for caption in said]
    pixels = [base64.b64encode(np.dstack([scene, np.full((64, 64), 255, np.uint8)]).tobytes()).decode()
              for scene in scenes]
    page = folder / "alone.html"
    page.write_text(with_program(alone(model, words, longest), PROGRAM.format(scenes=json.dumps(pixels),
                                                                              wanted=json.dumps(wanted))))
    return title_of(page.as_uri(), folder / "profile", "done"), said


@needs_chromium
def test_it_captions_as_python_does(tmp_path):
    """Words, log p and looks of scenes of the toy world, from the same pixels, to 1e-4; scenes of its own, too."""
    title, said = check(model_of(), [*SPECIALS, *WORDS], 9, SCENES, tmp_path)
    other, numbers, words = title.removeprefix("done: ").split(", ")
    assert other == "0 other" and all(float(number) < 1e-4 for number in numbers.split())
    assert int(words.split()[0]) > 0 and len({caption.ids for caption in said}) > 1


def test_other_captioners_are_refused():
    for fields in ({"score": "dot"}, {"cell": "gru"}, {"sentinel": True}, {"model": "show-and-tell"},
                   {"attention_function": "sparsemax"}, {"word_in_query": True}):
        with pytest.raises(UserError, match="as `minisat demo` trains it"):
            recipe = Recipe(embedding_size=4, hidden_size=4, attention_size=4, **fields)
            view = View.of_photos("toy_cnn_v2")
            alone(build_model(RunConfig(view, recipe, 6, 1.0, None, None)), [*SPECIALS, "a", "b"], 5)


def test_the_command_writes_it(tiny, tmp_path, capsys):
    """Another captioner is one sentence, and nothing is written."""
    assert main(["run", "page", tiny.along, "--out", str(tmp_path / "page.html")]) == 2
    assert "as `minisat demo` trains it" in capsys.readouterr().err and not (tmp_path / "page.html").exists()
