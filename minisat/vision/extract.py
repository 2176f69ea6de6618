"""From photos to a feature store: decoded by threads ahead of the computation, resumable at any moment."""

import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
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
    home = get_array_module(encoder.parameters()[0].data)
    return to_numpy(encoder(home.asarray(images), grid=grid))


def extract(photos, encoder, out, *, grid=None, weights=None, weights_hash=None, batch_size=32, on_error="stop",
            threads=2, progress=None, warn=None):
    """Write the grid of every photo into the store `out`, going on where an earlier run stopped → FeatureStore.

    `photos`: entries with `name`, `path` and `split`, in the order of the rows. The scale is measured over the
    training photos (over all, if there are none). `weights` and `weights_hash` say in the header what the encoder
    was loaded with. A photo that cannot be read raises UserError with `on_error="stop"`; with "skip" it
    is reported, its row stays zero and the header lists it. `progress(done, total)` and `warn(sentence)` are told.
    """
    grid = encoder.check_grid(grid)
    encoder = fast_inference(encoder, grid)
    L, D = encoder.grid_shape(grid)
    names = [photo.name for photo in photos]
    has_train = any(photo.split == "train" for photo in photos)
    header = {"encoder": encoder.name, "grid": grid, "weights": weights and str(Path(weights).resolve()),
              "weights_hash": weights_hash, "preprocessing": encoder.preprocessing.to_dict(), "names": names,
              "L": L, "D": D}
    with StoreWriter(out, header) as writer:
        committed = time.monotonic()
        for batch, arrays in _decoded(photos[writer.done:], encoder.preprocessing, batch_size, threads):
            skipped = {photo.name: str(array) for photo, array in zip(batch, arrays) if isinstance(array, UserError)}
            if skipped and on_error == "stop":
                raise next(array for array in arrays if isinstance(array, UserError))
            for sentence in skipped.values():
                (warn or (lambda text: None))(sentence)
            good = [k for k, array in enumerate(arrays) if not isinstance(array, UserError)]
            features = np.zeros((len(batch), L, D), np.float32)
            if good:
                features[good] = features_of(encoder, np.stack([arrays[k] for k in good]), grid)
            counted = [photo.name not in skipped and (photo.split == "train" or not has_train) for photo in batch]
            writer.append(features, counted, skipped)
            if time.monotonic() - committed > SECONDS_BETWEEN_COMMITS:
                writer.commit()
                committed = time.monotonic()
            if progress:
                progress(writer.done, len(photos))
    return FeatureStore.open(out)
