"""`minisat features`: the grid features of a data set's photos, extracted once into a store."""

import math
import time
from pathlib import Path

from minisat.backend import keep_freed_memory, resolve_device
from minisat.cli.answer import Answer
from minisat.cli.progress import progress
from minisat.cli.setting_flags import COUNT
from minisat.data import read_dataset
from minisat.room import check_room, readable
from minisat.vision import ENCODERS, build, extract_grids, file_hash, load_weights, rows_done

HELP = ("Extract the feature grid of every photo of a data set into a store, which `minisat train --features` uses. "
        "A run that was stopped goes on where it was when started again.")
EXAMPLE = "minisat features Flickr8k --encoder squeezenet1_1 --weights squeezenet1_1.safetensors --out store"
JSON = "print the result as JSON"


def add_arguments(parser):
    """The verb's flags."""
    parser.add_argument("data", metavar="DATA", help="the data set (see `minisat data check`)")
    parser.add_argument("--encoder", required=True, choices=sorted(ENCODERS), help="the CNN")
    parser.add_argument("--weights", metavar="FILE", help="its pretrained weights (see `minisat weights`); without it "
                                                          "the CNN is untrained")
    parser.add_argument("--grid", metavar="NAMES",
                        help="which feature map: one of the encoder's grids, the output of any of its stages, or "
                             "`global`; several between commas give a store each; default: its own")
    parser.add_argument("--out", required=True, metavar="STORE",
                        help="the store's folder (of several grids: the folder of the stores, which bear their names)")
    parser.add_argument("--batch", type=COUNT, default=32, metavar="N", help="photos at a time (default 32)")
    parser.add_argument("--on-error", default="stop", choices=("stop", "skip"),
                        help="what to do when a photo cannot be read (default stop)")
    parser.add_argument("--threads", type=COUNT, default=2, metavar="N", help="threads that decode photos (default 2)")
    parser.add_argument("--precision", default="float32", choices=("float32", "float64"),
                        help="the numbers to compute in; stores keep float16 (default float32)")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"), help="where to compute")


def run(arguments):
    """Extract, and say what came of it."""
    device = resolve_device(arguments.device)
    keep_freed_memory()
    dataset = read_dataset(arguments.data)
    encoder = build(arguments.encoder, rng=0).astype(arguments.precision)
    grids = [encoder.check_grid(grid) for grid in (arguments.grid.split(",") if arguments.grid else [None])]
    outs = {grid: Path(arguments.out, grid) for grid in grids} if len(grids) > 1 else {grids[0]: Path(arguments.out)}
    if arguments.weights:
        load_weights(encoder, arguments.weights)
    start, total = time.monotonic(), len(dataset.photos)
    done = min(rows_done(out) for out in outs.values())
    size = sum(2 * (total - rows_done(out)) * math.prod(encoder.grid_shape(grid)) for grid, out in outs.items())
    check_room("The store" if len(outs) == 1 else "The stores", arguments.out, size)
    with progress(arguments.encoder, "photo", total, done) as display:
        display.write(f"{total - done} photos to do, {readable(size)} of disk in {arguments.out}.")
        if not arguments.weights:
            display.write(f"No --weights: the features come from an untrained {encoder.name}.")
        stores = extract_grids(dataset.photos, encoder.to(device), outs, weights=arguments.weights,
                               weights_hash=arguments.weights and file_hash(arguments.weights),
                               batch_size=arguments.batch, on_error=arguments.on_error, threads=arguments.threads,
                               progress=lambda row, _: display.update_to(row), warn=display.write)
    seconds = time.monotonic() - start
    results = [{"store": str(outs[grid]), "photos": total, "extracted": total - done, "skipped": store.skipped,
                "L": store.shape[0], "D": store.shape[1], "grid": grid, "scale": store.scale, "seconds": seconds}
               for grid, store in stores.items()]
    lines = [f"{one['store']}: {total} photos, {one['L']} locations × {one['D']} features ({one['grid']}), scale "
             f"{one['scale']:.4g}." for one in results]
    lines.append(f"{total - done} photos in {seconds:.0f} s, {(total - done) / seconds:.1f} a second.")
    if skipped := sorted(results[0]["skipped"]):
        lines.append(f"{len(skipped)} photos were left out: {', '.join(skipped[:5])}{', …' * (len(skipped) > 5)}.")
    return Answer(results if len(results) > 1 else results[0], "\n".join(lines))
