"""Section speed: encoders over photos that wait in memory, JPEG files on the way to them, captions by beam search."""

import sys
import tempfile
import time
from pathlib import Path

import cupy
import numpy as np
from measured import SHORT, Measured
from PIL import Image

from minisat.captioner import Recipe, build_captioner, fast_decoder
from minisat.captioner.decoding import beam, greedy
from minisat.cli.main import main as minisat
from minisat.vision import build, fast_inference, features_of

ENCODERS = ("toy_cnn",) if SHORT else ("mobilenet_v2", "squeezenet1_1", "resnet50", "vgg16")
PHOTOS, JPEGS, V, SIZE = (2, 4, 40, 16) if SHORT else (32, 2000, 2500, 512)
L, D = (5, 8) if SHORT else (49, 1280)


def seconds_of(step, times=2 if SHORT else 8):
    """The median wall time of `step`, the GPU's work done."""
    taken = []
    for _ in range(times + 2):
        begin = time.perf_counter()
        step()
        cupy.cuda.Device().synchronize()
        taken.append(time.perf_counter() - begin)
    return float(np.median(taken[2:]))


def encoder(name):
    """Photos a second, the photos being on the host as arrays."""
    network = build(name, rng=0)
    size = network.preprocessing.size
    images = np.random.default_rng(0).standard_normal((PHOTOS, 3, size, size)).astype(np.float32)
    network = fast_inference(network.to("cuda"), network.default_grid)
    return PHOTOS / seconds_of(lambda: features_of(network, images))


def jpegs(threads):
    """Photos a second from JPEG files to a store."""
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        photos = Path(folder, "data", "Images")
        photos.mkdir(parents=True)
        lines = ["image,caption"]
        for i in range(JPEGS):
            pixels = rng.integers(0, 256, (12, 16, 3), dtype=np.uint8)
            Image.fromarray(pixels).resize((500, 375), Image.Resampling.BICUBIC).save(photos / f"{i:05}.jpg")
            lines.append(f"{i:05}.jpg,a photo of something .")
        (photos.parent / "captions.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        begin = time.perf_counter()
        code = minisat(["features", str(photos.parent), "--encoder", ENCODERS[0], "--out", f"{folder}/store",
                        "--device", "cuda", "--threads", str(threads)])
        if code:
            raise RuntimeError(f"features ended with {code}")
        return JPEGS / (time.perf_counter() - begin)


def captions(width, photos):
    """Captions a second by a captioner that never learnt to stop."""
    recipe = Recipe(embedding_size=SIZE, hidden_size=SIZE, attention_size=SIZE)
    decoder = fast_decoder(build_captioner(recipe, V, D).to("cuda").eval())
    features = cupy.asarray(np.maximum(np.random.default_rng(0).standard_normal((photos, L, D), np.float32), 0))
    search = (lambda: greedy(decoder, features, max_words=12)) if width == 1 else (
        lambda: beam(decoder, features, width=width, max_words=12))
    return photos / seconds_of(search, 2 if SHORT else 4)


def main(out):
    found = Measured(out, "speed")
    for name in ENCODERS:
        speed = found.attempt(name, encoder, name)
        if speed:
            found.row(f"{name}, {PHOTOS} photos at once", speed, "photos/s")
    for width in (1, 5):
        for photos in (1, 2) if SHORT else (1, 64):
            speed = found.attempt("captions", captions, width, photos)
            if speed:
                found.row(f"captions, beam {width}, {photos} photos at once", speed, "captions/s")
    for threads in (1,) if SHORT else (2, 16):
        speed = found.attempt("JPEG files to a store", jpegs, threads)
        if speed:
            found.row(f"JPEG files to a store, {ENCODERS[0]}, {threads} threads", speed, "photos/s")


if __name__ == "__main__":
    main(sys.argv[1])
