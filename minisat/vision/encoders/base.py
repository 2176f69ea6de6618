"""What every encoder has in common: named stages, grids taken from them, and torchvision's names for weights."""

from abc import ABC, abstractmethod
from typing import NamedTuple

from minisat.backend import get_array_module
from minisat.errors import UserError
from minisat.nn.module import Module
from minisat.vision.preprocess import Preprocessing

# The one place for foreign names: the last part of ours → torchvision's.
_FOREIGN = {"W": "weight", "b": "bias", "gamma": "weight", "beta": "bias"}


class EncoderCache(NamedTuple):
    """What backward remembers."""

    caches: tuple  # of the stages that ran, in forward order
    shape: tuple   # (N, D, h, w) of the map that became the grid
    pooled: bool   # whether its locations were averaged


class Encoder(Module, ABC):
    """A CNN cut into stages, whose feature maps are offered as grids.

    A subclass sets `name`, `preprocessing`, `grid_names` (torchvision's module names, in forward order) and
    `default_grid`, and returns its `stages()`: (torchvision's name, Module) pairs, first to last. The grid
    called "global" is the mean of the last grid over its locations, (N, 1, D).
    """

    name = ""
    preprocessing = Preprocessing()
    grid_names = ()
    default_grid = ""
    unused_weights = ("num_batches_tracked",)  # parts of foreign names that a file may have and we do not need

    @abstractmethod
    def stages(self):
        """[(name, Module)], first to last."""

    def check_grid(self, grid=None):
        """`grid`, or the default one for None; UserError when this encoder has none of that name."""
        if grid is None:
            return self.default_grid
        if grid not in (*self.grid_names, "global"):
            raise UserError(f"{self.name} has no grid {grid!r}: choose {', '.join((*self.grid_names, 'global'))}.")
        return grid

    def forward(self, images, grid=None, rng=None):
        """images (N, 3, h, w), preprocessed → features (N, L, D), locations row by row."""
        grid = self.check_grid(grid)
        last, x, caches = self.grid_names[-1] if grid == "global" else grid, images, []
        for name, stage in self.stages():
            x, cache = stage.forward(x, rng=rng) if stage.takes_rng else stage.forward(x)
            caches.append(cache)
            if name == last:
                break
        features = self._as_grid(x)
        if grid == "global":
            features = features.mean(axis=1, keepdims=True)
        return features, EncoderCache(tuple(caches), x.shape, grid == "global")

    def backward(self, dfeatures, cache):
        """dfeatures (N, L, D) → dimages (N, 3, h, w)."""
        caches, (N, D, h, w), pooled = cache
        if pooled:                                     # global = Σ grid / L  ⇒  dgrid = dglobal / L
            dfeatures = get_array_module(dfeatures).broadcast_to(dfeatures / (h * w), (N, h * w, D))
        dx = dfeatures.reshape(N, h, w, D).transpose(0, 3, 1, 2)
        for (_, stage), stage_cache in reversed(list(zip(self.stages(), caches))):
            dx = stage.backward(dx, stage_cache)
        return dx

    @staticmethod
    def _as_grid(x):
        """(N, D, h, w) → (N, h·w, D)."""
        return x.transpose(0, 2, 3, 1).reshape(len(x), -1, x.shape[1])

    def grids(self, images):
        """Every grid of images (N, 3, h, w) from one pass: {name: (N, L, D)}, "global" included."""
        found, x = {}, images
        for name, stage in self.stages():
            x = stage(x)
            if name in self.grid_names:
                found[name] = self._as_grid(x)
            if name == self.grid_names[-1]:
                break
        return {**found, "global": found[self.grid_names[-1]].mean(axis=1, keepdims=True)}

    def grid_shape(self, grid=None, size=None):
        """(L, D) of a grid for photos of `size` × `size` pixels (the preprocessing's size unless given)."""
        size = size or self.preprocessing.size
        like = self.parameters()[0].data
        blank = get_array_module(like).zeros((1, 3, size, size), dtype=like.dtype)
        return self(blank, grid=grid).shape[1:]

    def load_state_dict(self, state):
        """Take over weights under torchvision's names and layouts (linear layers there are (out, in)).

        UserError naming what is missing, unexpected or misshapen; nothing is changed then. An encoder built
        without its classifier ignores a classifier's weights.
        """
        own, foreign = self.state_dict(), {}
        for name, array in own.items():
            stem, _, last = name.rpartition(".")
            foreign[f"{stem}.{_FOREIGN.get(last, last)}"] = (array, last == "W" and array.ndim == 2)
        problems = [f"{name} is missing" for name in foreign if name not in state]
        problems += [f"{name} is unexpected" for name in state
                     if name not in foreign and not any(part in name for part in self.unused_weights)]
        for name, (array, linear) in foreign.items():
            wanted = array.shape[::-1] if linear else array.shape
            if name in state and tuple(state[name].shape) != wanted:
                problems.append(f"{name} has shape {tuple(state[name].shape)} instead of {wanted}")
        if problems:
            more = f" (and {len(problems) - 5} more)" if len(problems) > 5 else ""
            raise UserError(f"These are not the weights of {self.name}: {'; '.join(problems[:5])}{more}.")
        for name, (array, linear) in foreign.items():
            values = get_array_module(array).asarray(state[name])
            array[...] = values.T if linear else values
