"""`minisat features`: the grid features of a data set's photos, extracted once into a store."""

import json
import time

from minisat.backend import keep_freed_memory, resolve_device
from minisat.cli.progress import progress
from minisat.data import read_dataset
from minisat.errors import UserError
from minisat.vision import ENCODERS, build, extract, file_hash, load_weights, rows_done

HELP = ("Extract the feature grid of every photo of a data set into a store, which `minisat train --features` uses. "
        "A run that was stopped goes on where it was when started again.")
EXAMPLE = "minisat features Flickr8k --encoder squeezenet1_1 --weights squeezenet1_1.safetensors --out store"


def add_arguments(parser):
    """The verb's flags."""
    parser.add_argument("data", metavar="DATA", help="the data set (see `minisat data check`)")
    parser.add_argument("--encoder", required=True, choices=sorted(ENCODERS), help="the CNN")
    parser.add_argument("--weights", metavar="FILE", help="its pretrained weights (.safetensors, torchvision's names); "
                                                          "without it the CNN is untrained")
    parser.add_argument("--grid", metavar="NAME", help="which feature map, or `global`; default: the encoder's own")
    parser.add_argument("--out", required=True, metavar="STORE", help="the store's folder")
    parser.add_argument("--batch", type=int, default=32, metavar="N", help="photos at a time (default 32)")
    parser.add_argument("--on-error", default="stop", choices=("stop", "skip"),
                        help="what to do when a photo cannot be read (default stop)")
    parser.add_argument("--threads", type=int, default=2, metavar="N", help="threads that decode photos (default 2)")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"), help="where to compute")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(arguments):
    """Extract, and say what came of it."""
    if arguments.batch < 1 or arguments.threads < 1:
        raise UserError("--batch and --threads must be at least 1.")
    device = resolve_device(arguments.device)
    keep_freed_memory()
    dataset = read_dataset(arguments.data)
    encoder = build(arguments.encoder, rng=0)
    encoder.check_grid(arguments.grid)
    if arguments.weights:
        load_weights(encoder, arguments.weights)
    start, total = time.monotonic(), len(dataset.photos)
    with progress(arguments.encoder, "photo", total, rows_done(arguments.out)) as display:
        if not arguments.weights:
            display.write(f"No --weights: the features come from an untrained {encoder.name}.")
        store = extract(dataset.photos, encoder.to(device), arguments.out, grid=arguments.grid,
                        weights=arguments.weights,
                        weights_hash=arguments.weights and file_hash(arguments.weights),
                        batch_size=arguments.batch, on_error=arguments.on_error, threads=arguments.threads,
                        progress=lambda done, _: display.update_to(done), warn=display.write)
    (L, D), seconds = store.shape, time.monotonic() - start
    if arguments.json:
        print(json.dumps({"store": arguments.out, "photos": total, "skipped": store.skipped, "L": L, "D": D,
                          "grid": store.header["grid"], "scale": store.scale, "seconds": seconds},
                         indent=1, ensure_ascii=False))
        return
    print(f"{arguments.out}: {total} photos, {L} locations × {D} features ({store.header['grid']}), "
          f"scale {store.scale:.4g}, in {seconds:.0f} s.")
    if store.skipped:
        print(f"{len(store.skipped)} photos were left out: {', '.join(sorted(store.skipped)[:5])}"
              + (", …" if len(store.skipped) > 5 else "") + ".")
