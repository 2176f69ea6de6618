"""What a captioner sees, in plain facts: which features come in, where they lie, what of an encoder is left to run.

Stored features are an encoder of which nothing is left to run; behind a store that ends in the middle of one some
stages are; photos need all of them. So there is one way to see, told by where it begins (`after`) and ends (`grid`).
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from minisat.errors import UserError
from minisat.vision.encoders import build, cells_of
from minisat.vision.photo_inputs import PhotoInputs
from minisat.vision.preprocess import Preprocessing
from minisat.vision.store import FeatureStore, check_compatible
from minisat.vision.tuning import tuned_blocks
from minisat.vision.weights import file_hash

_SEEN = ("encoder", "grid", "weights_hash", "preprocessing")  # what says which features they are


@dataclass(frozen=True)
class View:
    """The facts of a sight, as a run's config.json holds them."""

    encoder: str
    grid: str                      # the map that the captioner sees
    L: int
    D: int
    preprocessing: Preprocessing
    weights: str | None            # the file that the encoder starts from; None: drawn at random
    weights_hash: str | None
    store: str | None = None       # where stored features lie; None: photos
    after: str | None = None       # the stage whose features come in; None: photos; `grid`: nothing is left to run
    tune: tuple | None = None      # names of the blocks that learn
    encoder_seed: int | None = None  # what an encoder without weights is drawn from; None: the recipe's seed

    # -- three ways to see

    @classmethod
    def of_store(cls, path):
        """Features from the store at `path`, as they are."""
        header = FeatureStore.open(path).header
        facts = {"inputs": "features", "features": _absolute(path)}
        return cls.from_dict(facts | {key: header[key] for key in (*_SEEN, "L", "D", "weights")})

    @classmethod
    def of_photos(cls, name, grid=None, weights=None, blocks="all"):
        """Photos, through the encoder `name`, of which `blocks` learn, as `tuned_blocks` reads it.

        `grid`: which of its maps (its own choice unless given); `weights`: file to start from (random unless given).
        """
        encoder = build(name)
        grid = encoder.check_grid(grid)
        L, D = encoder.grid_shape(grid)
        return cls(name, grid, L, D, encoder.preprocessing, _absolute(weights), weights and file_hash(weights),
                   tune=tuple(tuned_blocks(encoder, blocks, grid)))

    @classmethod
    def behind_store(cls, path, blocks, grid=None, weights=None):
        """As `of_photos`, but what does not learn is taken from the store at `path`, which ends where it ends.

        The encoder is the store's, and so are its weights, which may have moved to `weights`. UserError when the store
        does not end before the blocks that learn.
        """
        store = FeatureStore.open(path)
        header, after = store.header, store.header["grid"]
        view = cls.of_photos(header["encoder"], grid, weights or header["weights"], blocks)
        view = replace(view, store=_absolute(path), after=after, encoder_seed=0)
        view.check_store(store, "The encoder")
        names = [name for _, name, _ in build(view.encoder).stages_between(grid=view.grid)]
        before = names[:names.index(view.tune[0])] if view.tune else names
        if after not in before:
            cure = f"make a store with --grid {before[-1]}" if before else "train on the photos, with --encoder"
            raise UserError(f"{path} holds the grid {after}, which does not lie before what shall learn "
                            f"({', '.join(view.tune) or 'nothing'}): {cure}.")
        return view

    # -- what follows from it

    @property
    def complete(self):
        """Whether what comes in is what the captioner sees: nothing is left to run."""
        return self.after == self.grid

    @property
    def whole(self):
        """The same from photos on: what a captioner with stages of its own sees when it captions a photo."""
        return self if self.complete else replace(self, after=None)

    @property
    def cells(self):
        """Where the places lie that the captioner attends to: CellGrid."""
        return cells_of(self.to_dict())

    def check_store(self, store, what):
        """UserError in one sentence when `store` does not hold what comes in here; `what` owns this view."""
        wanted = {key: value for key, value in self.to_dict().items()
                  if key in _SEEN or self.complete and key in ("L", "D")}
        store.check_compatible(wanted | {"grid": self.after}, what)

    def difference(self, other):
        """The first thing in which two captioners that see as this View and `other` see photos differently, or None.

        Stages of their own may differ: each runs its own.
        """
        if self.complete != other.complete:
            return "what comes in, stored features or photos"
        names = _SEEN if self.complete else ("preprocessing",)
        return next((name for name in names if getattr(self, name) != getattr(other, name)), None)

    def check_alike(self, other, what):
        """UserError in one sentence when the captioner of the View `other`, which `what` owns, sees something else."""
        theirs = other.to_dict()
        check_compatible(self.to_dict(), {key: theirs[key] for key in _SEEN}, what)

    def open_store(self, what):
        """The FeatureStore that holds what comes in, None for photos. UserError when it holds something else."""
        if self.store is None:
            return None
        store = FeatureStore.open(self.store)
        self.check_store(store, what)
        return store

    def inputs(self, photos, store=None):
        """(gather, rows): `gather(some of rows) → (N, …)` float32, what comes in for `photos`, row by row.

        From `store`, or from the photos' files. UserError for a photo that is not there.
        """
        if store is None:
            return PhotoInputs([photo.path for photo in photos], self.preprocessing).gather, np.arange(len(photos))
        rows = store.rows([photo.name for photo in photos])
        store.verify(rows)
        return store.gather, rows

    # -- config.json

    def to_dict(self):
        """As the part of config.json that says it."""
        facts = {"inputs": "features" if self.complete else "photos", "encoder": self.encoder, "grid": self.grid,
                 "L": self.L, "D": self.D, "weights": self.weights, "weights_hash": self.weights_hash,
                 "preprocessing": self.preprocessing.to_dict()}
        if self.store is not None:
            facts["features"] = self.store
        if not self.complete:
            facts["tune"] = list(self.tune)
            facts |= {key: getattr(self, key) for key in ("after", "encoder_seed") if getattr(self, key) is not None}
        return facts

    @classmethod
    def from_dict(cls, facts):
        """The View of a config.json. Runs of earlier versions may lack L, and `tune`: all blocks learn there."""
        complete, tuned = facts["inputs"] == "features", facts.get("tune")
        if not complete and tuned is None:
            tuned = tuned_blocks(build(facts["encoder"]), "all", facts["grid"])
        L = facts["L"] if "L" in facts else build(facts["encoder"]).grid_shape(facts["grid"])[0]
        return cls(facts["encoder"], facts["grid"], L, facts["D"],
                   Preprocessing.from_dict(facts["preprocessing"]), facts["weights"], facts["weights_hash"],
                   facts.get("features"), facts["grid"] if complete else facts.get("after"),
                   None if complete else tuple(tuned), facts.get("encoder_seed"))


def _absolute(path):
    return path and str(Path(path).resolve())
