"""Where the demo's attention points: how far its peak lies from the thing that a word names, and in which direction.

    python tests/benchmarks/bench_pointing.py runs/demo-0 runs/demo-1 …

Each argument is a folder of `minisat demo`. On its 300 held-out scenes, counted are the nouns and colours that name
exactly one thing. For each: the middle of the cell with the largest alpha, less the middle of the thing (the mean of
the pixels in which it is seen), in pixels right and down. Twice, for the cells as an even division of the picture draws
them, and where they lie (vision/cells.py). Beside them the pointing game of all nouns and colours.
"""

import argparse
from pathlib import Path

import numpy as np

from minisat.data.toy_world import ToyWorld, things_named
from minisat.evaluation import pointing_game
from minisat.files import read_json
from minisat.trained import Decoding, TrainedCaptioner
from minisat.vision import CellGrid

SCENES = 300


def spoken(captioner, scenes):
    """(words, alphas (T, L)) of each scene's caption, beam 3, as the demo has them."""
    inputs = captioner.inputs_of([scene.image for scene in scenes])
    return [(captioner.words(best), best.alphas) for best, in captioner.decode(inputs, Decoding(beam=3))]


def masks_of(scenes):
    """The pointing game's `named`."""
    return lambda i, word: [scenes[i].things[k].mask for k in things_named(word, scenes[i])]


def displacements(told, scenes, grid):
    """(words, 2): how far right and down of the one thing that a word names the middle of its highest cell lies."""
    across, down, found = grid.across.middles(), grid.down.middles(), []
    for (words, alphas), scene in zip(told, scenes):
        for word, alpha in zip(words, alphas):
            named = things_named(word, scene)
            if len(named) == 1:
                y, x = np.nonzero(scene.things[named[0]].mask)
                row, column = divmod(int(np.argmax(alpha)), len(across))
                found.append((across[column] - x.mean(), down[row] - y.mean()))
    return np.array(found)


def main():
    """Print one row a run, and one for all together."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", help="of `minisat demo`")
    everything = []
    print("| demo | cells | words | right, down (px) | touches | middle on it |")
    print("| --- | --- | --- | --- | --- | --- |")
    for folder in map(Path, parser.parse_args().folders):
        captioner = TrainedCaptioner(folder / "run", device="cpu")
        scenes = ToyWorld(read_json(folder / "recipe.json")["seed"]).scenes("test", SCENES)
        told = spoken(captioner, scenes)
        even = CellGrid.even(*captioner.cells.shape, *scenes[0].image.shape[:2])
        for name, grid in dict([("even", even), ("where they lie", captioner.cells)]).items():
            moved = displacements(told, scenes, grid)
            game = pointing_game(*zip(*told), masks_of(scenes), grid)
            right, down = moved.mean(axis=0)
            print(f"| {folder.name} | {name} | {len(moved)} | {right:+.1f}, {down:+.1f} | {game.score:.3f} | "
                  f"{game.middle_score:.3f} |", flush=True)
        everything.append(moved)
    right, down = np.concatenate(everything).mean(axis=0)
    print(f"| all | where they lie | {sum(map(len, everything))} | {right:+.1f}, {down:+.1f} | | |")


if __name__ == "__main__":
    main()
