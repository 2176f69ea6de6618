"""`minisat demo`: the whole job on the toy world, with nothing to download."""

import time
from pathlib import Path

import numpy as np

from minisat.captioner import read_recipe
from minisat.cli import main as command_line
from minisat.cli.answer import Answer
from minisat.cli.colour import bold
from minisat.cli.setting_flags import SEED
from minisat.cli.shell import command as in_shell
from minisat.data.toy_world import ToyWorld, oracle_captions, things_named, write_flickr8k
from minisat.errors import UserError
from minisat.evaluation import pointing_game, score_captions
from minisat.files import read_json, write_json
from minisat.trained import Decoding, TrainedCaptioner

HELP = ("Draw a toy world of coloured things, train a CNN and a captioner with soft attention on it from scratch, end "
        "to end, caption scenes never seen before, and score both the words and where the captioner looked.")
EXAMPLE = "minisat demo --out runs/demo"

SCENES = {"train": 2500, "dev": 100, "test": 300}
FIGURES = 3  # attention figures drawn
DRAWS = 5    # times that the perfect speaker captions the split


def add_arguments(parser):
    """The verb's flags."""
    parser.add_argument("--out", default="runs/demo", metavar="DIR", help="folder for everything (default runs/demo)")
    parser.add_argument("--seed", type=SEED, default=0, help="of the world and of the training (default 0)")


def run(arguments):
    """Draw, train, caption, score, show; a demo that was interrupted goes on where it was."""
    started = time.monotonic()
    folder = Path(arguments.out)
    data, trained, recipe = folder / "data", folder / "run", folder / "recipe.json"
    world = ToyWorld(arguments.seed)
    if recipe.exists() and read_json(recipe, {}).get("seed") != arguments.seed:
        raise UserError(f"{folder} holds a demo of another seed: choose another folder with --out.")
    if not recipe.exists():  # written last, so the scenes before it are complete
        yield f"Drawing {sum(SCENES.values())} scenes, in Flickr8k's own format, into {data} ..."
        write_flickr8k(data, world, SCENES)
        write_json(recipe, read_recipe("demo") | {"seed": arguments.seed})

    for command in (["data", "check", data],
                    ["train", data, "--encoder", "toy_cnn_v2", "--recipe", recipe, "--run", trained, "--resume",
                     "--no-neighbours"],
                    ["evaluate", trained, data, "--split", "test", "--beam", 3, "--gallery"],
                    ["caption", trained, *sorted((data / "Images").glob("test_*"))[:FIGURES],
                     "--attention", folder / "attention"]):
        words = [str(word) for word in command]
        yield bold(f"\n$ {in_shell(*words)}")
        if code := command_line.main(words):
            return Answer(code=code)
    yield "\n" + report(TrainedCaptioner(trained, device="cpu"), world.scenes("test", SCENES["test"]), arguments.seed)
    following = {f"drop photos on a page, such as those in {data / 'Images'}": ("serve", trained, "--open"),
                 "step through its backprop": ("trace", "record", "--run", trained),
                 "learn how it works": ("lesson", "run", 1)}
    width = max(len(in_shell(*words)) for words in following.values())
    yield (f"\nOpen {trained / 'gallery-test.html'} in a browser, and the pictures in {folder / 'attention'} and "
           f"{trained / 'plots'}.\nAll this took {time.monotonic() - started:.0f} s. {bold('What next?')}")
    yield "\n".join(f"  {in_shell(*words):<{width}}  {what}" for what, words in following.items())


def report(captioner, scenes, seed):
    """Words and looks of `captioner` on `scenes`, each beside its yardstick: a text of a few lines."""
    references = {str(i): list(scene.captions) for i, scene in enumerate(scenes)}
    inputs = captioner.inputs_of([scene.image for scene in scenes])
    captions = [said.captions[0] for said in captioner.decode(inputs, Decoding(beam=3))]
    spoken = [captioner.words(caption) for caption in captions]

    def bleu_4(texts):
        return score_captions(dict(zip(references, texts)), references, "simple")["corpus"]["bleu_4"]
    rng = np.random.default_rng(seed)
    reached = bleu_4([" ".join(words) for words in spoken])
    ceiling = np.mean([bleu_4([oracle_captions(scene, rng) for scene in scenes]) for _ in range(DRAWS)])
    game = pointing_game(spoken, [caption.alphas for caption in captions],
                         lambda i, word: [scenes[i].things[k].mask for k in things_named(word, scenes[i])],
                         captioner.cells)
    return (f"On {len(scenes)} scenes it has never seen:\n"
            f"  words: BLEU-4 {reached:.3f}; a perfect speaker of the grammar gets {ceiling:.3f}: "
            f"{reached / ceiling:.2f} of that ceiling\n"
            f"         (a speaker varies; who always says the likeliest caption can pass it)\n"
            f"  looks: the attention of {game.score:.2f} of the {game.counted} nouns and colours peaks on the thing "
            f"they name\n"
            f"         (pointing game: the cell touches it; looking anywhere: {game.chance:.2f}), and of "
            f"{game.middle_score:.2f} the cell's\n"
            f"         middle lies on it (anywhere: {game.middle_chance:.2f})")
