"""`minisat demo`: the whole job on the toy world, with nothing to download."""

import sys
import time
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import numpy as np

from minisat.captioner import read_recipe
from minisat.cli import main as command_line
from minisat.cli.answer import Answer
from minisat.cli.browser import add_open_flag, show
from minisat.cli.colour import bold
from minisat.cli.demo_page import demo_page
from minisat.cli.exit_codes import INTERRUPTED
from minisat.cli.setting_flags import SEED
from minisat.cli.shell import command as in_shell
from minisat.cli.train import Display, draw_curves
from minisat.data.toy_world import ToyWorld, oracle_captions, things_named, write_flickr8k
from minisat.errors import UserError
from minisat.evaluation import pointing_game, score_captions
from minisat.files import read_json, write_json
from minisat.teaching.desk import Desk
from minisat.teaching.mine import described, own_layers, put_in
from minisat.teaching.shelf import all_lessons
from minisat.teaching.showing import WORK
from minisat.trained import Decoding, TrainedCaptioner
from minisat.training import Run, prepare

HELP = ("Draw a toy world of coloured things, train a CNN and a captioner with soft attention on it from scratch, end "
        "to end, caption scenes never seen before, and score both the words and where the captioner looked.")
EXAMPLE = "minisat demo --out runs/demo"

SCENES = {"train": 2500, "dev": 100, "test": 300}
FIGURES = 3  # attention figures drawn
MARK = "mine.json"  # beside a run with layers of the learner's: which they were
DRAWS = 5    # times that the perfect speaker captions the split


def add_arguments(parser):
    """The verb's flags."""
    parser.add_argument("--out", metavar="DIR",
                        help="folder for everything (default runs/demo, with --mine runs/demo-mine)")
    parser.add_argument("--mine", nargs="?", const=WORK, metavar="FOLDER",
                        help="train with your own backward passes, those of every exercise that you have solved (in "
                             f"FOLDER, default {WORK}); it takes far longer")
    parser.add_argument("--seed", type=SEED, default=0, help="of the world and of the training (default 0)")
    add_open_flag(parser, "its page, which leads to all that it made,")


def run(arguments):
    """Draw, train, caption, score, show; a demo that was interrupted goes on where it was."""
    started = time.monotonic()
    folder = Path(arguments.out or ("runs/demo-mine" if arguments.mine else "runs/demo"))
    layers = yield from own(arguments.mine) if arguments.mine else ()
    data, trained, recipe = folder / "data", folder / "run", folder / "recipe.json"
    world = ToyWorld(arguments.seed)
    if recipe.exists() and read_json(recipe, {}).get("seed") != arguments.seed:
        raise UserError(f"{folder} holds a demo of another seed: choose another folder with --out.")
    if Run.exists(trained) and (folder / MARK).exists() != bool(layers):
        raise UserError(f"{folder} holds a demo with{'out' * bool(layers)} layers of yours: choose another folder with "
                        "--out.")
    if not recipe.exists():  # written last, so the scenes before it are complete
        yield f"Drawing {sum(SCENES.values())} scenes, in Flickr8k's own format, into {data} ..."
        write_flickr8k(data, world, SCENES)
        write_json(recipe, read_recipe("demo") | {"seed": arguments.seed})

    photos = sorted((data / "Images").glob("test_*"))[:FIGURES]
    for command in (["data", "check", data],
                    ["train", data, "--encoder", "toy_cnn_v2", "--recipe", recipe, "--run", trained, "--resume",
                     "--no-neighbours"],
                    ["evaluate", trained, data, "--split", "test", "--beam", 3, "--gallery"],
                    ["caption", trained, *photos, "--attention", folder / "attention"],
                    ["run", "page", trained, "--out", folder / "captioner.html"],
                    ["trace", "record", "--run", trained, "--captions", 1, "--no-checks", "--out",
                     folder / "step.json"]):
        words = [str(word) for word in command]
        if layers and command[0] == "train":
            if (yield from train_with(layers, data, trained, recipe)) == "interrupted":
                return Answer(code=INTERRUPTED)
            continue
        yield bold(f"\n$ {in_shell(*words)}")
        if code := command_line.main(words):
            return Answer(code=code)
    found = judged(TrainedCaptioner(trained, device="cpu"), world.scenes("test", SCENES["test"]), arguments.seed)
    yield f"\n{report(found)}"
    following = {in_shell(*words): what for words, what in {
        ("serve", trained, "--open"): f"drop photos on a page, such as those in {data / 'Images'}",
        ("trace", "record", "--run", trained): "hold every call of a training step against numbers",
        ("lesson", "open"): "learn how it works"}.items()}
    page = folder / "index.html"
    demo_page(page, found, sorted((folder / "attention").glob("*.png"))[:FIGURES], following)
    width = max(map(len, following))
    yield (f"\n{show(page) if arguments.open else f'Open {page} in a browser: it leads to all that was made.'}\n"
           f"All this took {time.monotonic() - started:.0f} s. {bold('What next?')}")
    yield "\n".join(f"  {command:<{width}}  {what}" for command, what in following.items())


def own(folder):
    """The Layers of a learner's folder; says which lessons were solved and no longer are. UserError without any."""
    lessons, desk = all_lessons(), Desk(folder)
    layers, broken = own_layers(lessons, desk)
    for lesson in broken:
        yield (f"Lesson {lesson.number} was solved, and is not any more (minisat lesson check {lesson.number}): "
               "minisat's layers are used.")
    if not layers:
        raise UserError(f"There is no solved exercise in {folder} yet: minisat lesson check says when one is.")
    return layers


def train_with(layers, data, folder, recipe):
    """Train with a learner's Layers in the objective; says whose each is, and returns how the training ended."""
    shares = []

    def change(objective):
        changed, *found = put_in(objective, layers)
        shares.extend(found)
        return changed
    with closing(Display(sys.stdout)) as display:
        trainer = prepare(data, folder, read_recipe(str(recipe)), resume=True, device="cpu", encoder="toy_cnn_v2",
                          change=change, report=display, draw=draw_curves).trainer
        yield f"\nTraining, layer by layer, by\n{described(*shares)}"
        write_json(folder.parent / MARK, {layer.cls.__name__: f"lesson {layer.number}" for layer in shares[0]})
        return trainer.fit().reason


class Judged(NamedTuple):
    """Words and looks of a captioner, each beside its yardstick."""

    scenes: int       # how many
    reached: float    # BLEU-4
    ceiling: float    # of a perfect speaker
    game: tuple       # of `pointing_game`


def judged(captioner, scenes, seed):
    """Caption `scenes` and judge the captions: Judged."""
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
    return Judged(len(scenes), reached, ceiling, game)


def report(found):
    """What was Judged, as a text of a few lines."""
    reached, ceiling, game = found[1:]
    return (f"On {found.scenes} scenes it has never seen:\n"
            f"  words: BLEU-4 {reached:.3f}; a perfect speaker of the grammar gets {ceiling:.3f}: "
            f"{reached / ceiling:.2f} of that ceiling\n"
            f"         (a speaker varies; who always says the likeliest caption can pass it)\n"
            f"  looks: the attention of {game.score:.2f} of the {game.counted} nouns and colours peaks on the thing "
            f"they name\n"
            f"         (pointing game: the cell touches it; looking anywhere: {game.chance:.2f}), and of "
            f"{game.middle_score:.2f} the cell's\n"
            f"         middle lies on it (anywhere: {game.middle_chance:.2f})")
