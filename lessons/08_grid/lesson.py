# %% [markdown]
# # 8. Where L × D comes from
#
# *The question:* a captioner that looks needs places to look at: $L$ of them, each described by $D$ numbers. Where do
# these come from, and what has each place really seen of the photo?
#
# You need lessons 1 and 7. Twenty-five minutes.

# %% [markdown]
# ## A stack of filters
#
# Lesson 7 had one layer of filters. Put another on its maps, and its filters combine strokes to corners; another, and
# corners make windows and wheels. Between the layers, max-pooling halves the maps again and again. Here is such a
# **CNN** (convolutional neural network) for photos of 64 × 64, in the style of VGG (Simonyan & Zisserman 2015): only
# 3 × 3 filters with padding 1, a ReLU after each, and more filters where the maps are smaller.

# %%
import numpy as np

from minisat.data.toy_world import ToyWorld
from minisat.nn import Conv2d, Grid, MaxPool2d, MeanOverLocations, ReLU, Sequential
from minisat.nn.windows import output_size
from minisat.teaching import ACCENT, CARD, PALETTE, mosaic, panels, rounds, show
from minisat.vision import build

rng, layers, channels = np.random.default_rng(0), [], 3
for D in (8, 16, 32):
    layers += [Conv2d(channels, D, 3, padding=1, rng=rng), ReLU(), Conv2d(D, D, 3, padding=1, rng=rng), ReLU(),
               MaxPool2d(2)]
    channels = D
layers += [Conv2d(32, 32, 3, padding=1, rng=rng), ReLU()]
cnn = Sequential(*layers).astype("float64")
scenes = ToyWorld(seed=0).scenes("train", rounds(20, short=2))
photos = np.stack([scene.image for scene in scenes]).transpose(0, 3, 1, 2) / 127.5 - 1
maps, caches = cnn.forward(photos)
print("photos", photos.shape, "become maps", maps.shape)

# %% [markdown]
# ## From maps to places
#
# 32 filters have each left a map of 8 × 8. Read it the other way: at each of 64 *places* stand 32 numbers, one from
# each filter, and together they describe that place. That is all there is to $L \times D$:
#
# $$
# a_{n,\,l,\,d} = \mathrm{map}_{n,\,d,\,r,\,s} \qquad \text{with } l = r \cdot w + s
# $$
#
# for maps of $h$ rows and $w$ columns: $L = h w$ places, row by row, of $D$ features each. We shall call $a$, of shape
# $(N, L, D)$, the **grid**, or the features. Nothing is computed, so the way back computes nothing either: each number
# of $da$ goes back to the place it came from.
#
# But beware. The maps are $(N, D, h, w)$: filter by filter. A plain `reshape` to $(N, L, D)$ gives the right shape
# and the wrong content, "places" that hold numbers of one filter from all over the photo. The axes have to be swapped
# first.

# %%
small = np.array([[["a1", "a2"], ["a3", "a4"]], [["b1", "b2"], ["b3", "b4"]]])[None]  # filters a and b, places 1 to 4
print("right, axes swapped first:", Grid()(small)[0].tolist())
print("wrong, only reshaped:     ", small.reshape(1, 4, 2)[0].tolist())
features = Grid()(maps)
print("N, L, D:", features.shape)

# %% [markdown]
# ## What can a place have seen?
#
# Count. After some layers, let two neighbouring places be $J$ pixels of the photo apart (the *jump*), and let each
# see a square of $F$ pixels (its **receptive field**). At the start each pixel sees itself: $J = F = 1$. Now comes a
# layer with windows of $k$ and stride $S$.
#
# * Its window covers $k$ neighbouring places. The first and the last are $(k-1)J$ apart, from middle to middle, and
#   each sees half of $F$ beyond its middle. So $F' = F + (k-1)\,J$.
# * Its windows are $S$ places apart. So $J' = S\,J$.
#
# Padding changes neither; nor does a ReLU. Pooling counts like any window.


# %%
def walk(layers, size):
    """Yield (layer, rows of its map, jump, receptive field, first place's middle) for photos of size × size."""
    jump, field, middle = 1, 1, 0
    for layer in layers:
        if isinstance(layer, (Conv2d, MaxPool2d)):
            k, stride, padding = layer.kernel[0], layer.stride[0], layer.padding[0]
            middle += ((k - 1) / 2 - padding) * jump  # where the first window has its middle
            size, field, jump = output_size(size, k, stride, padding), field + (k - 1) * jump, stride * jump
            yield layer, size, jump, field, middle


for layer, rows, jump, field, _ in walk(cnn.layers, 64):
    print(f"{type(layer).__name__:<9} {rows:>2} rows, {jump} pixels apart, each sees {field:>2} × {field}")

# %% [markdown]
# ## What has it seen? Ask the gradient
#
# There is a second way to find out, without any counting. A place has seen a pixel if a nudge of the pixel can move it.
# That is what gradients tell us. So send back a gradient that is zero except at *one* place, and look where it arrives.
# We take the place in row 3, column 3, give each of its features a random number, and send it through all the layers to
# 20 photos at once. (A single photo would do but for the ReLUs and the max: they block some paths, different ones in
# each photo.)

# %%
dmaps = np.zeros_like(maps)
dmaps[:, :, 3, 3] = np.random.default_rng(1).standard_normal(maps.shape[:2])
dphotos = np.abs(cnn.backward(dmaps, caches)).sum(axis=(0, 1))  # (64, 64)
seen = dphotos > 1e-9 * dphotos.max()  # rounding leaves some dust of 1e-17 where there should be zeros
rows, columns = (np.flatnonzero(seen.any(axis=axis)) for axis in (1, 0))
print(f"it arrives in rows {rows[0]} to {rows[-1]}: {len(rows)} × {len(columns)} pixels")
share = dphotos / dphotos.sum()
for inner in (52, 36, 24, 12):
    edge = slice(28 - inner // 2, 28 + inner // 2)
    print(f"in the middle {inner} × {inner}, {100 * inner**2 / 52**2:3.0f} % of the field: "
          f"{100 * share[edge, edge].sum():3.0f} % of the gradient")

# %%
figure, (left, right) = panels(1, 2, size=(8, 4.6))
things = 0.4 * np.any([thing.mask for thing in scenes[0].things], axis=0)  # pale, on the page itself
mosaic(left, np.concatenate([scenes[0].image / 255, things[:, :, None]], axis=2), tones=6)
across, down = np.array([[0, 1, 1, 0, 0], [0, 0, 1, 1, 0]])  # the corners of a square
for field, name, colour in ((6, "pool 1", PALETTE[4]), (16, "pool 2", PALETTE[3]),
                            (36, "pool 3", PALETTE[0]), (52, "the end", ACCENT)):
    low = 27.5 - field / 2  # row 3 of the map is rows 24 to 31 of the photo: their middle is 27.5
    left.plot(low + field * across, low + field * down, color=colour, linewidth=1.5)
    left.annotate(f"{field}, {name}", (low, low - 0.9), fontsize=9, color=colour, bbox=CARD)
left.set(title="What a place can see", xlabel="sides in pixels, all drawn round one point")
blocks = share.reshape(32, 2, 32, 2).sum(axis=(1, 3))
mosaic(right, blocks)
for side, colour, name in ((52, ACCENT, "all of it"), (24, PALETTE[1], "half of it")):
    low, side = (27.5 - side / 2) / 2 - 0.25, side / 2
    right.plot(low + side * across, low + side * down, color=colour, linewidth=1.5)
    right.annotate(name, (low, low - 0.45), fontsize=9, color=colour, bbox=CARD)
right.set(title="Where the gradient of one place arrives", xlabel="the bluer, the more")
show(figure, "field", "Left: squares over a picture, the receptive field growing from 6 to 16, 36 and 52 pixels. "
     "Right: the gradient of one place, strong in the middle of that field and fading to nothing at its edge")

# %% [markdown]
# Counting and gradient agree to the pixel: 52 × 52. But the field is not seen evenly. Half of the gradient arrives in
# its middle fifth, for a simple reason: a pixel in the middle reaches the place along many paths, through many windows,
# and one in the corner along a single one. The field that matters, the **effective** receptive field, is a soft blot,
# narrower than the square (Luo et al. 2016). Ours is that of random weights; training widens it, and it stays soft.
#
# So a place knows best what lies at it, and something of what is around it. This is why an attention map laid over a
# photo is honest only roughly: to look at place $l$ is to look at a soft blot round it, and the next place's blot, only
# $J$ pixels further on, overlaps it widely.
#
# ## The famous ones
#
# The same walk through some well-known CNNs, for photos of 224 × 224 (`features.29` is what PyTorch's VGG calls the
# layer whose maps are read):

# %%
for name, grid in rounds((("alexnet", "features.11"), ("alexnet", "features.12"), ("vgg16", "features.29")),
                         short=(("alexnet", "features.11"),)):
    stages = [stage for _, _, stage in build(name).stages_between(None, grid)]
    *_, (_, rows, jump, field, middle) = walk(stages, 224)
    D = [stage for stage in stages if isinstance(stage, Conv2d)][-1].W.shape[0]
    print(f"{name:<9} {grid}: {rows:>2} × {rows:<2} × {D}, so L = {rows * rows:>3}, D = {D}; "
          f"{jump} pixels apart from {middle:g} on, each sees {field} × {field}")
for name in rounds(("googlenet", "resnet50"), short=()):
    _, D = build(name).grid_shape("global", size=64)  # as many for photos of any size
    print(f"{name:<9} the mean over its last grid has {D} numbers")

# %% [markdown]
# VGG's 14 × 14 × 512, before the last pooling, is the grid of *Show, Attend and Tell*: $L = 196$, $D = 512$ (Xu et
# al. 2015, section 4.3). Popular notes have other numbers. AlexNet does not end in 7 × 7 × 512: no layer of it has
# 512 filters, and it ends in 13 × 13 × 256, or 6 × 6 × 256 after a last pooling. VGG's 14 × 14 grid is 512 deep, not
# 256. And GoogLeNet's vector has 1024 numbers; 2048 are ResNet-50's. Such a slip need not even fail: $196 \times 512$
#      numbers can be reshaped to $392 \times 256$ without an error, and the captioner will look at 392 places that do
#      not exist.
#
# Take care when you lay such a grid over a photo: AlexNet's first place lies round pixel 15, and the first of 13 equal
# squares round pixel 8. Each layer moves the middle of the first window by $(k-1)/2 - P$ places, $P$ being its padding,
# and every picture of attention here is drawn by that sum (`Encoder.cells`), which makes equal squares of VGG's places
# and not of AlexNet's.
#
# ## Why not one vector?
#
# GoogLeNet and ResNet end in the **mean** over the places, $\bar a = \frac1L \sum_l a_l$: one vector for the photo.
# It is enough to name what is in it, and a caption can begin with it (lesson 12). But a mean does not know what came
# from where. Exchange places as you like, it stays the same. We exchange the left and the right half of a photo:

# %%
exchanged = np.roll(photos[:1], 32, axis=3)
grid, other = Grid()(cnn(photos[:1])), Grid()(cnn(exchanged))
mean, other_mean = MeanOverLocations()(grid), MeanOverLocations()(other)
print(f"the grids differ by {np.linalg.norm(grid - other) / np.linalg.norm(grid):.2f} of their length, "
      f"the means by {np.linalg.norm(mean - other_mean) / np.linalg.norm(mean):.2f}")

# %% [markdown]
# (Not by 0, since at the borders and the seam the filters see something new.) That one thing lies left of another is
# written in the grid, and almost gone from the mean. And the way back is as blind. A nudge of $a_l$ moves the mean by
# $1/L$ of it, so
#
# $$
# da_l = \frac{1}{L}\, d\bar a \qquad \text{for every place } l
# $$
#
# the same for all. If the word "boat" was a surprise, the boat hears of it no more than the sky. Attention, in lessons
# 13 and 14, puts weights in the place of $1/L$, new ones for each word. For that it needs the grid.
#
# ## Your turn
#
# Write two short backward passes: from the grid to the maps, and from the mean to the grid.
#
# ```
# minisat lesson check 8
# ```
#
# **What remains:** the last maps of a CNN, read place by place, are $L$ vectors of $D$ numbers, and each has seen a
# soft blot of the photo. Pictures are in. Next: sentences are words *in order*, and order needs memory.
