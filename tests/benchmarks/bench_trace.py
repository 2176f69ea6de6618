"""What it costs to record a training step, and that it costs nothing afterwards.

    python tests/benchmarks/bench_trace.py [--rounds 31]

Forward and backward of a captioner with its CNN, on toy scenes: the small one that `minisat trace record` shows (two
captions, H=16), each kind of captioner, and the one of `minisat demo` (32 captions, H=96). Interleaved rounds in one
process each, CPU time of one thread; ratios are to the plain step of the same objective made of layer calls.
"described" makes the page's document of the recording as well, without checks. "once recorded" is a plain step of an
objective that has been recorded before: 1, if nothing stays behind. "as trained" is the fast twin, never recorded.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from duel import duel, print_table, set_threads  # noqa: E402

HOWS = ("plain", "recorded", "described", "once recorded", "as trained")
KINDS = ("soft-attention", "hard-attention", "show-and-tell", "gru-notebook")


def demo_captioner():
    """(objective, photos, CaptionBatch) with the sizes of `minisat demo`, float32."""
    import numpy as np

    from minisat.captioner import Recipe, Through, build_captioner, build_objective, read_recipe
    from minisat.data.batches import caption_batch
    from minisat.data.toy_world import ToyWorld
    from minisat.text import Vocabulary, tokenize
    from minisat.vision import Sight, build

    recipe = Recipe(**read_recipe("demo"))
    scenes = ToyWorld(0).scenes("train", 200)
    told = [tokenize(scene.captions[0]) for scene in scenes]
    vocabulary = Vocabulary.build(told, 1)
    N = recipe.batch_size
    encoder = build("toy_cnn", rng=0)
    captioner = build_captioner(recipe, len(vocabulary), encoder.grid_shape()[1])
    objective = Through(Sight.of_encoder(encoder), build_objective(recipe, captioner, input_gradient=True))
    batch = caption_batch(np.arange(N), [vocabulary.encode(words) for words in told[:N]])
    photos = encoder.preprocessing.normalise(np.stack([scenes[row].image for row in batch.photos]))
    return objective, photos, batch


def make_step(model, how):
    """The step of one candidate: `how` is one of HOWS."""
    import numpy as np

    from minisat.backend import keep_freed_memory
    from minisat.trace import demo_step, record_step, trace

    keep_freed_memory()  # or whoever has used much memory before is faster
    objective, photos, batch = demo_captioner() if model == "demo" else demo_step(model)[:3]
    objective = (objective if how == "as trained" else objective.reference()).train()

    def plain():
        loss, cache = objective.forward(photos, batch.ids, batch.lengths, rng=np.random.default_rng(0))
        objective.backward(1.0, cache)
        return float(loss)

    def recorded():
        with trace(objective):
            return plain()

    def described():
        record_step(objective, photos, batch, checks=())

    if how in ("recorded", "described"):
        return recorded if how == "recorded" else described
    if how == "once recorded":
        recorded()
        modules = (("the objective", objective), *objective.named_modules())
        left = [path for path, module in modules if {"forward", "backward"} & set(vars(module))]
        assert not left, f"still wrapped: {left}"
    return plain


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=31)
    arguments = parser.parse_args()
    set_threads(1)
    for model in (*KINDS, "demo"):
        results = duel({how: (make_step, (model, how)) for how in HOWS}, arguments.rounds, 1)
        print_table(f"a step of {'the captioner of minisat demo' if model == 'demo' else model}", results, "plain", 1)


if __name__ == "__main__":
    main()
