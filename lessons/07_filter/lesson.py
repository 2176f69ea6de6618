# %% [markdown]
# # 7. What a filter learns
#
# *The question:* a photo of 224 × 224 pixels is 150,528 numbers. How does it get into a network, without a weight for
# every pixel and everything that might be there?
#
# You need lessons 1 to 4. Thirty minutes.

# %% [markdown]
# ## One small question, asked everywhere
#
# An affine map (lesson 1) from all those numbers to 512 features has 77 million weights. That is not the worst of it. A
# stroke at the top left meets other weights than the same stroke at the bottom right, so what is learnt about the one
# is not known about the other. It is the trouble with one-hot words again (lesson 4).
#
# So take a *small* affine map, from a window of $k \times k$ pixels, 3 × 3, say, to one number, and slide it over the
# picture, with the same weights everywhere. The weights are a **filter**. Its numbers at all places, again in rows and
# columns, are a **map**. Several filters side by side are a **convolution** layer. For one picture $x$ with the
# channels $c$ (red, green and blue, or the maps of the layer before), filter $o$ gives at row $r$, column $s$
#
# $$
# y_{o,r,s} = b_o + \sum_c \sum_{i=0}^{k-1} \sum_{j=0}^{k-1} W_{o,c,i,j}\; x_{c,\; rS+i-P,\; sS+j-P}
# $$
#
# The **stride** $S$ is how far the window moves at each step, and the **padding** $P$ is how wide a border of zeros
# lies around the picture. In a picture of $h$ rows, how many windows fit one below the other? The first begins at row
# $-P$, each other one $S$ rows further down, and all $k$ rows of the last must lie within the $h + 2P$ that there are.
# So the window can be moved $(h + 2P - k)/S$ times, rounded down ($\lfloor\;\rfloor$):
#
# $$
# h' = \left\lfloor \frac{h + 2P - k}{S} \right\rfloor + 1
# $$

# %%
import numpy as np

from minisat.data.toy_world import ToyWorld
from minisat.nn import Conv2d, CrossEntropy, Flatten, Linear, MaxPool2d, ReLU, Sequential
from minisat.teaching import PALETTE, mosaic, panels, rounds, show

photo = np.zeros((1, 3, 64, 64))
for k, stride, padding in ((3, 1, 1), (3, 2, 1), (5, 1, 0)):
    maps = Conv2d(3, 8, k, stride, padding, rng=0)(photo)
    print(f"k {k}, stride {stride}, padding {padding}: 64 rows become {maps.shape[2]}; "
          f"by the formula {(64 + 2 * padding - k) // stride + 1}")

# %% [markdown]
# ## The way back
#
# The derivation is lesson 1's, with more indices. Let $n$ count the pictures of the batch.
#
# * Nudge $b_o$. Map $o$ moves by 1 at every place of every picture. So $db_o = \sum_{n,r,s} dY_{n,o,r,s}$.
# * Nudge $W_{o,c,i,j}$. At every place, $y$ moves by the pixel that lies under this entry of the filter there. The
#   weight is the same for all places, so all of them add up:
#
# $$
# dW_{o,c,i,j} = \sum_{n,r,s} dY_{n,o,r,s}\; x_{n,c,\; rS+i-P,\; sS+j-P}
# $$
#
# * Nudge the pixel $x_{c,u,v}$. Which windows see it? The one at row $r$ sees row $u$ with the filter's row $i$ if
#   $rS + i - P = u$, that is $r = (u + P - i)/S$; columns likewise. Each moves by the weight that lies on the pixel,
#   and what they send back adds up:
#
# $$
# dX_{c,u,v} = \sum_o \sum_{i,j} W_{o,c,i,j}\; dY_{o,\; (u+P-i)/S,\; (v+P-j)/S}
# $$
#
# where only rows and columns count that exist: whole numbers, inside the map. Look at $i$: it *rises* in $W$ and
# *falls* in $dY$. For stride 1, read the filter backwards, $i = k-1-i'$. Then the row in $dY$ is $u + i' - (k-1-P)$,
# which rises again, and we are back at the formula of the forward pass. **The way back is a convolution too: of $dY$,
# with the filters turned half round (by 180°), and a padding of $k-1-P$.** Only $o$ and $c$ have changed places: it
# adds up over the filters. (Mathematicians call our forward pass a *correlation*, and keep the word convolution for the
# turned one. As filters are learnt, it does not matter which way round they begin.)
#
# To see all this, let the loss be a single number of the map.

# %%
layer = Conv2d(1, 1, 3, rng=0).astype("float64")
layer.W.data[0, 0] = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
x = np.arange(25.0).reshape(1, 1, 5, 5) + 10
y, cache = layer.forward(x)
dy = np.zeros_like(y)
dy[0, 0, 0, 1] = 1  # the loss is y at row 0, column 1
dx = layer.backward(dy, cache)
print("the picture:\n", x[0, 0].astype(int))
print("dW is what the filter saw there:\n", layer.W.grad[0, 0].astype(int))
print("dx is the filter, laid where it looked:\n", dx[0, 0].astype(int))

turned = Conv2d(1, 1, 3, padding=2, bias=False).astype("float64")  # k - 1 - P = 2
turned.W.data[...] = layer.W.data[:, :, ::-1, ::-1]
dy = np.random.default_rng(0).standard_normal(y.shape)
print("dy through turned filters gives dx:", np.allclose(turned(dy), layer.backward(dy, cache)))

# %% [markdown]
# ## Pooling: is it anywhere around here?
#
# Where a stroke is *exactly* seldom matters. **Max-pooling** cuts the maps into windows and keeps the largest number of
# each. The map gets smaller, and a stroke that moves by a pixel mostly gives the same answer.
#
# Its way back takes one sentence: nudge the largest entry of a window, and the output moves as much; nudge another, and
# nothing moves. So **the gradient goes to the winner alone**.

# %%
pool = MaxPool2d(2)
x = np.array([[1.0, 5, 2, 0], [3, 4, 1, 7], [0, 2, 9, 8], [6, 1, 3, 2]])[None, None]
y, cache = pool.forward(x)
print("largest of each window:\n", y[0, 0])
print("dx for dy =", [10, 20, 30, 40], ":\n", pool.backward(np.array([[[[10.0, 20], [30, 40]]]]), cache)[0, 0])

# %% [markdown]
# ## What it learns
#
# Now a task. In a noisy picture of 12 × 12 pixels lies one stroke: flat, upright, rising or falling. Where it lies, and
# how bright the picture is, is left to chance. The network has four filters of 5 × 5, then a ReLU, which sets what is
# negative to 0, then *one* max over the whole map ("is it anywhere?") and four logits. Beside it, an affine map from
# all pixels to the four logits is trained on the very same pictures.

# %%
STROKES = {"flat": (0, 1), "upright": (1, 0), "rising": (-1, 1), "falling": (1, 1)}  # a step down, a step right


def draw(count, rng):
    """(pictures (count, 1, 12, 12), which stroke is in each (count,))."""
    pictures = 0.4 * rng.standard_normal((count, 1, 12, 12)) + rng.uniform(-2, 2, (count, 1, 1, 1))
    kinds, t = rng.integers(0, 4, count), np.arange(8)  # a stroke is 8 pixels long
    for picture, kind in zip(pictures, kinds):
        down, right = list(STROKES.values())[kind]
        first = {0: (0, 12), 1: (0, 5), -1: (7, 12)}  # where a stroke that steps this way may begin
        row, column = rng.integers(*first[down]), rng.integers(*first[right])
        picture[0, row + down * t, column + right * t] += 1
    return pictures, kinds


def learn(network, steps, rate):
    """Train the network; the share of new pictures that it gets right afterwards."""
    rng, loss = np.random.default_rng(0), CrossEntropy()
    for _ in range(steps):
        pictures, kinds = draw(64, rng)
        logits, caches = network.forward(pictures)
        _, loss_cache = loss.forward(logits, kinds)
        network.zero_grad()
        network.backward(loss.backward(1.0, loss_cache)[0], caches)
        for parameter in network.parameters():
            parameter.data -= rate * parameter.grad
    pictures, kinds = draw(rounds(1000, short=100), rng)
    return (network(pictures).argmax(axis=1) == kinds).mean()


filters = Conv2d(1, 4, 5, rng=6)
network = Sequential(filters, ReLU(), MaxPool2d(8), Flatten(), Linear(4, 4, rng=6)).astype("float64")
affine = Sequential(Flatten(), Linear(144, 4, rng=6)).astype("float64")
before = filters.W.data.copy()
for name, each, rate in (("affine", affine, 0.03), ("filters", network, 0.3)):  # larger steps upset the affine map
    weights = sum(parameter.data.size for parameter in each.parameters())
    print(f"{name:<7} {weights} weights, {100 * learn(each, rounds(600, short=20), rate):.0f} % right")

# %% [markdown]
# A fifth of the weights, and far more right (guessing gets 25 %): a stroke is the same stroke wherever it lies. Now
# look inside: the four filters as they were drawn at random, and as they are now, with positive weights blue and
# negative ones orange. Below them is a house of the toy world. The network has seen nothing of the kind. Purple is
# where each filter answers more than half as loudly as at its loudest place.

# %%
scene = ToyWorld(seed=0, size=32).scenes("train", 14)[-1]
grey = scene.image.mean(axis=2) / 255
answers = np.maximum(filters(3 * (grey - grey.mean())[None, None])[0], 0)  # (4, 28, 28)
figure, axes = panels(3, 4, size=(6.4, 5.2))
for o, column in enumerate(axes.T):
    mosaic(column[0], before[o, 0])
    mosaic(column[1], filters.W.data[o, 0])
    picture = np.repeat(0.42 + 0.5 * grey[:, :, None], 3, axis=2)
    picture[2:-2, 2:-2][answers[o] > answers[o].max() / 2] = (0.6, 0.2, 1.0)  # the middle of a window is at (2, 2)
    mosaic(column[2], picture[4:27, 6:29], tones=6)
    column[0].set_title(f"filter {o + 1}")
for axis, label in zip(axes[:, 0], ("before", "after", "finds")):
    axis.set_ylabel(label, fontsize=10)
for colour, meaning in ((PALETTE[0], "positive weight"), (PALETTE[1], "negative weight"), ("#9933ff", "found here")):
    axes[2, 0].plot([], [], "s", color=colour, label=meaning)
figure.legend(frameon=False, fontsize=9, loc="outside lower center", ncols=3)
show(figure, "filters", "Four filters of five by five weights. Before learning they are noise; afterwards each has a "
     "stroke in it: flat, rising, falling, upright. On a drawn house each finds the edges of its own direction")

# %% [markdown]
# Nobody told the filters what a stroke is. The network was told the right answers, and the gradient did the rest.
# Through the max, only the window that answered loudest sends anything back; and since $dW$ is *what the filter saw
# there*, each filter grew into a picture of what it was right about. Around the stroke its weights are negative, so
# that a bright picture does not count as a stroke. And as a filter is the same everywhere, it finds in a house what
# it has learnt from lines: the floor, the two slopes of the roof, the walls.
#
# The first layer of a network trained on photos looks much the same: strokes of every direction, and patches of colour
# (Krizhevsky et al. 2012, figure 3). The next layer's filters slide over these maps, and combine strokes.
#
# ## Your turn
#
# Write the backward pass of the convolution, for any stride and padding. Looping over the entries $(i, j)$ of the
# filter is enough, since the package's `seen_by` gives the pixels that an entry lies on, at all places at once.
#
# ```
# minisat lesson check 7
# ```
#
# **What remains:** a filter is one small affine map for all places; what it is sent adds up over the places, and what
# it sends back is itself, turned. Next: stack such layers, and out comes what a captioner looks at.
