"""What every encoder has in common: named stages, and grids taken from them."""

from math import isqrt
from typing import NamedTuple

from minisat.backend import get_array_module
from minisat.errors import UserError, did_you_mean
from minisat.nn import Buffer, Conv2d, Grid, Linear, Sequential, freeze, init
from minisat.nn.grid import GridCache
from minisat.nn.module import Module
from minisat.vision.cells import CellGrid, Cells, cells_behind
from minisat.vision.encoders.torchvision_weights import TorchvisionWeights
from minisat.vision.preprocess import Preprocessing


def classifier_layer(D_in, D_out):
    """A linear layer of an ImageNet classifier. It is zero until weights are loaded: it is never trained here."""
    return Linear(D_in, D_out, weight_init=lambda rng, shape: init.zeros(shape))


class EncoderCache(NamedTuple):
    """What backward remembers."""

    first: int     # the stage that the first cache belongs to: those before it are frozen
    caches: tuple  # of the stages that learn, in forward order
    shape: tuple   # (N, D, h, w) of the map that became the grid
    pooled: bool   # whether its locations were averaged


class Encoder(TorchvisionWeights):
    """A CNN cut into stages, whose feature maps are offered as grids.

    A subclass sets `name`, `preprocessing`, `grid_names` (torchvision's module names, in forward order) and
    `default_grid`, and assigns its layers under torchvision's names in the order in which they run. Built with
    its classifier, it lists in `head` what leads from the last map to the classes. The grid called "global" is
    the mean of the last grid over its locations, (N, 1, D); any other stage's name is a grid too.

    The stages before `first_tuned` are frozen (`tune`): forward runs them as inference, backward stops
    behind them.
    """

    name = ""
    preprocessing = Preprocessing()
    grid_names = ()
    default_grid = ""
    first_tuned = 0  # the stages before this one are frozen
    merged = ()      # stages of a fast copy (vision/fast_inference.py) that are no grids any more

    def stages(self):
        """[(name, Module)], first to last: the layers as they were assigned, lists entry by entry, but the head."""
        head, stages = {id(layer) for layer in self.head}, []
        for name, value in vars(self).items():
            if isinstance(value, list):
                stages += [(f"{name}.{i}", layer) for i, layer in enumerate(value)]
            elif isinstance(value, Module):
                stages.append((name, value))
        return [(name, layer) for name, layer in stages if id(layer) not in head]

    def check_grid(self, grid=None):
        """`grid`, or the default one for None; UserError when this encoder has none of that name."""
        if grid is None:
            return self.default_grid
        if grid != "global" and (grid in self.merged or grid not in (name for name, _ in self.stages())):
            raise UserError(f"{self.name} has no grid {grid!r}: choose {', '.join((*self.grid_names, 'global'))}."
                            f"{did_you_mean(grid, [*dict(self.stages()), 'global'])}")
        return grid

    def stages_between(self, after=None, grid=None):
        """[(index, name, Module)] of the stages behind the one called `after` (None: from the first) up to `grid`."""
        grid, stages = self.check_grid(grid), self.stages()
        names = [name for name, _ in stages]
        first = 0 if after is None else names.index(after) + 1
        last = names.index(self.grid_names[-1] if grid == "global" else grid)
        return [(i, *stages[i]) for i in range(first, last + 1)]

    def forward(self, images, grid=None, rng=None, after=None):
        """images (N, 3, h, w), preprocessed → features (N, L, D), locations row by row.

        With `after`, the name of a stage, `images` are that stage's features (N, L', D') of square photos, and
        the rest of the network runs.
        """
        x, caches = self._map(images, after), []
        for i, _, stage in self.stages_between(after, grid):
            if i < self.first_tuned:
                x = stage(x)
                continue
            x, cache = stage.forward(x, rng=rng) if stage.takes_rng else stage.forward(x)
            caches.append(cache)
        return self._features(x, grid), EncoderCache(self.first_tuned, tuple(caches), x.shape, grid == "global")

    def __call__(self, images, grid=None, rng=None, after=None):
        """Inference: each stage's cache is dropped at once, so that memory holds one map and not all of them."""
        x = self._map(images, after)
        for _, _, stage in self.stages_between(after, grid):
            x = stage(x, rng=rng) if stage.takes_rng else stage(x)
        return self._features(x, grid)

    def backward(self, dfeatures, cache):
        """dfeatures (N, L, D) → dimages (N, 3, h, w); None where the first stages are frozen."""
        first, caches, (N, D, h, w), pooled = cache
        if pooled:                                     # global = Σ grid / L  ⇒  dgrid = dglobal / L
            dfeatures = get_array_module(dfeatures).broadcast_to(dfeatures / (h * w), (N, h * w, D))
        dx = Grid().backward(dfeatures, GridCache((N, D, h, w)))
        for (_, stage), stage_cache in reversed(list(zip(self.stages()[first:], caches))):
            dx = stage.backward(dx, stage_cache)
        return None if first else dx

    @staticmethod
    def _map(images, after):
        """The images, or features (N, L, D) of square photos, as a map (N, D, √L, √L)."""
        if after is None:
            return images
        N, L, D = images.shape
        return images.reshape(N, isqrt(L), isqrt(L), D).transpose(0, 3, 1, 2)

    @staticmethod
    def _features(x, grid):
        """The map x (N, D, h, w) → (N, h·w, D), or (N, 1, D) for "global"."""
        features = Grid()(x)
        return features.mean(axis=1, keepdims=True) if grid == "global" else features

    def grids(self, images, names=None):
        """Grids of images (N, 3, h, w) from one pass: {name: (N, L, D)}; every named one and "global", or `names`."""
        names = (*self.grid_names, "global") if names is None else [self.check_grid(name) for name in names]
        stage_of = {name: self.grid_names[-1] if name == "global" else name for name in names}
        found, x = {}, images
        for stage_name, stage in self.stages():
            x = stage(x)
            found |= {name: self._features(x, name) for name in names if stage_of[name] == stage_name}
            if len(found) == len(stage_of):
                break
        return {name: found[name] for name in names}

    def logits(self, images, rng=None, after=None):
        """images (N, 3, h, w) → (N, 1000), one number for each ImageNet class; `after` as in `forward`.

        UserError when built without the classifier. `rng` is for dropout, which evaluation mode switches off.
        """
        if not self.head:
            raise UserError(f"This {self.name} was built without its classifier.")
        x = self._map(images, after)
        for layer in (*(stage for _, _, stage in self.stages_between(after, "global")), *self.head):
            x = layer(x, rng=rng) if layer.takes_rng else layer(x)
        return x

    def tune(self, names, grid=None, batchnorm="frozen"):
        """Freeze all but the blocks `names` (as `tuned_blocks` gives them), up to `grid`; returns this encoder.

        The rest stays as it is, bit for bit. `batchnorm` is for the blocks that learn: "frozen" keeps the running
        statistics and normalises by them in training too (right for a pretrained encoder and small batches); "live"
        measures each batch (a random encoder needs that). gamma and beta learn either way. To be done before an
        optimiser is built.
        """
        numbers = {name: i for i, name, _ in self.stages_between(grid=grid)}
        self.first_tuned = numbers[names[0]] if names else len(numbers)
        for i, (_, stage) in enumerate(self.stages()):
            if not self.first_tuned <= i < len(numbers):
                freeze(stage)
            elif batchnorm == "frozen":
                freeze(stage, Buffer)
        first = self.stages()[self.first_tuned][1] if names else None
        while isinstance(first, Sequential):
            first = first.layers[0]
        if isinstance(first, Conv2d):  # it alone sees what comes in, and nobody wants the gradient of that
            first.stop_gradient()
        return self

    def grid_shape(self, grid=None, size=None):
        """(L, D) of a grid for photos of `size` × `size` pixels (the preprocessing's size unless given)."""
        size = size or self.preprocessing.size
        like = next(iter(self.state_dict().values()))
        blank = get_array_module(like).zeros((1, 3, size, size), dtype=like.dtype)
        return self(blank, grid=grid).shape[1:]

    def cells(self, grid=None, size=None):
        """Where a grid's cells lie in photos of `size` × `size` pixels (the preprocessing's size unless given).

        A CellGrid, read off the kernels, strides and paddings of the layers up to it; "global" is one cell over the
        whole photo.
        """
        size = size or self.preprocessing.size
        if self.check_grid(grid) == "global":
            return CellGrid.even(1, 1, size, size)
        found = CellGrid(*2 * (Cells.even(size, size),))  # every pixel is a cell
        for _, _, stage in self.stages_between(grid=grid):
            found = cells_behind(stage, found)
        return found
