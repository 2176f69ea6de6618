"""From photos to a feature store: decoded by threads ahead of the computation, resumable at any moment."""

import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from minisat.backend import get_array_module, to_numpy
from minisat.errors import UserError
from minisat.vision.fast_inference import fast_inference
from minisat.vision.store import FeatureStore, StoreWriter

SECONDS_BETWEEN_COMMITS = 5.0


def _decoded(photos, preprocessing, batch_size, threads):
    """Yield (photos, arrays or UserErrors) batch by batch, the next two batches being decoded meanwhile."""
    def load(photo):
        try:
            return preprocessing.load(photo.path)
        except UserError as error:
            return error

    with ThreadPoolExecutor(threads) as pool:
        ahead = deque()
        try:
            for start in range(0, len(photos), batch_size):
                batch = photos[start:start + batch_size]
                ahead.append((batch, [pool.submit(load, photo) for photo in batch]))
                if len(ahead) > 2:
                    batch, futures = ahead.popleft()
                    yield batch, [future.result() for future in futures]
            for batch, futures in ahead:
                yield batch, [future.result() for future in futures]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def features_of(encoder, images, grid=None):
    """float32 images (N, 3, h, w) in NumPy → the encoder's grid (N, L, D) in NumPy, wherever the encoder lives."""
    return grids_of(encoder, images, [encoder.check_grid(grid)])[encoder.check_grid(grid)]


def grids_of(encoder, images, names):
    """The same for several grids in one pass: {name: (N, L, D)}."""
    like = encoder.parameters()[0].data
    images = get_array_module(like).asarray(images, dtype=like.dtype)
    return {name: to_numpy(features) for name, features in encoder.grids(images, names).items()}


def extract(photos, encoder, out, *, grid=None, **options):
    """Write the grid of every photo into the store `out`, going on where an earlier run stopped → FeatureStore.

    Arguments as those of `extract_grids`.
    """
    grid = encoder.check_grid(grid)
    return extract_grids(photos, encoder, {grid: out}, **options)[grid]


def extract_grids(photos, encoder, outs, *, weights=None, weights_hash=None, batch_size=32, on_error="stop",
                  threads=2, progress=None, warn=None):
    """Write grids of every photo into stores, `outs` {grid: folder}, in one pass → {grid: FeatureStore}.

    Goes on where an earlier run stopped. `photos`: entries with `name`, `path` and `split`, in the order of the
    rows. The scale is measured over the training photos (over all, if there are none). `weights` and `weights_hash`
    say in the header what the encoder was loaded with. A photo that cannot be read raises UserError with
    `on_error="stop"`; with "skip" it is reported, its row stays zero and the header lists it. `threads` decode
    the next batches while one is computed. `progress(done, total)` and `warn(sentence)` are told.
    """
    fast = fast_inference(encoder, list(outs))
    blank = np.zeros((1, 3, encoder.preprocessing.size, encoder.preprocessing.size), np.float32)
    shapes = {grid: features.shape[1:] for grid, features in grids_of(fast, blank, list(outs)).items()}
    has_train = any(photo.split == "train" for photo in photos)
    header = {"encoder": encoder.name, "weights": weights and str(Path(weights).resolve()),
              "weights_hash": weights_hash, "preprocessing": encoder.preprocessing.to_dict(),
              "names": [photo.name for photo in photos]}
    with ExitStack() as stack:
        writers = {grid: stack.enter_context(StoreWriter(out, {**header, "grid": grid, "L": L, "D": D}))
                   for (grid, out), (L, D) in zip(outs.items(), shapes.values())}
        row, committed = min(writer.done for writer in writers.values()), time.monotonic()
        for batch, arrays in _decoded(photos[row:], encoder.preprocessing, batch_size, threads):
            skipped = {photo.name: str(array) for photo, array in zip(batch, arrays) if isinstance(array, UserError)}
            if skipped and on_error == "stop":
                raise next(array for array in arrays if isinstance(array, UserError))
            for sentence in skipped.values():
                (warn or (lambda text: None))(sentence)
            good = [k for k, array in enumerate(arrays) if not isinstance(array, UserError)]
            found = grids_of(fast, np.stack([arrays[k] for k in good]), list(outs)) if good else {}
            counted = [photo.name not in skipped and (photo.split == "train" or not has_train) for photo in batch]
            for grid, writer in writers.items():
                features = np.zeros((len(batch), *shapes[grid]), np.float32)
                if good:
                    features[good] = found[grid]
                new = max(writer.done - row, 0)  # a store that had come further keeps what it has
                writer.append(features[new:], counted[new:],
                              {photo.name: skipped[photo.name] for photo in batch[new:] if photo.name in skipped})
            row += len(batch)
            if time.monotonic() - committed > SECONDS_BETWEEN_COMMITS:
                for writer in writers.values():
                    writer.commit()
                committed = time.monotonic()
            if progress:
                progress(row, len(photos))
    stores = {grid: FeatureStore.open(out) for grid, out in outs.items()}
    for store in stores.values():
        store.check_varied()
    return stores
