# %% [markdown]
# # 9. Why RNNs forget
#
# *The question:* a sentence has an order, and any length. How can one small network read it word by word, and why does
# what comes late in the sentence learn so little from what came early?
#
# You need lessons 1 to 5. Thirty minutes.

# %% [markdown]
# ## One cell, called again and again
#
# The bag of lesson 5 has lost the order: to it, *dog bites man* and *man bites dog* are the same. A **recurrent**
# network reads. It carries a **state** $h$, a row of $H$ numbers, and that is all it remembers. At step $t$ it takes
# the next word's vector $x_t$ and the state so far, and makes the new state of them (Elman 1990):
#
# $$
# a_t = x_t W_x + h_{t-1} W_h + b, \qquad h_t = \tanh(a_t), \qquad h_0 = 0
# $$
#
# There is one $W_x$, one $W_h$, one $b$, used at every step, so a sentence may have any length $T$. Such a thing that
# does one step is called a **cell**.
#
# Think of a message whispered from ear to ear down a row of people. Each hears the message so far and one new word,
# and passes on a version of both. The last one in the row knows of the first word only what forty others have left of
# it.

# %%
import numpy as np

from minisat import gradcheck
from minisat.nn import Embedding, Recurrent, RNNCell
from minisat.optim import FlatParameters, clip_norm
from minisat.teaching import INK, PALETTE, panels, show

words = ["dog", "bites", "man"]
embedding, reader = Embedding(3, 4, rng=0).astype("float64"), RNNCell(4, 2, rng=2).astype("float64")
for sentence in (["dog", "bites", "man"], ["man", "bites", "dog"]):
    vectors = embedding(np.array([words.index(word) for word in sentence]))
    state = reader.zero_state(1, vectors)
    for vector in vectors:
        state, _ = reader.forward(vector[None], state)
    print(" ".join(sentence), "  bag", np.round(vectors.mean(axis=0)[:2], 3), "  state", np.round(state[0][0], 3))

# %% [markdown]
# The same bag (its first two numbers are shown), two different states.
#
# ## The way back through one step
#
# A cell is an affine map of two inputs and a tanh, so lesson 1 has all we need. One entry, for sentence $n$ of the
# batch and number $j$ of the state:
#
# $$
# a_{nj} = \sum_i x_{ni}\, W_{x,ij} + \sum_k h^{prev}_{nk}\, W_{h,kj} + b_j, \qquad h_{nj} = \tanh(a_{nj})
# $$
#
# * Nudge $a_{nj}$. Only $h_{nj}$ moves, by the slope of tanh: $da_{nj} = dh_{nj}\,(1 - h_{nj}^2)$.
# * Nudge $W_{h,kj}$. In every sentence $n$, $a_{nj}$ moves by $h^{prev}_{nk}$. So
#   $dW_{h,kj} = \sum_n h^{prev}_{nk}\, da_{nj}$, which is $(h^{prev})^\top da$. In the same way $dW_x = x^\top da$ and
#   $db_j = \sum_n da_{nj}$.
# * Nudge $h^{prev}_{nk}$. All of row $n$ moves, $a_{nj}$ by $W_{h,kj}$. So $dh^{prev}_{nk} = \sum_j da_{nj} W_{h,kj}$,
#   which is $da\, W_h^\top$. In the same way $dx = da\, W_x^\top$.
#
# ## The way back through all steps
#
# Calling the cell $T$ times makes a chain of $T$ layers that happen to share their weights. Walk it from the end, as
# always: **backpropagation through time**. Two places need care, and both are "used twice, so added" from lesson 1.
#
# * The state $h_t$ may be used twice: by the loss at step $t$, if there is one (a word to guess, say), and by step
#   $t+1$. What arrives at $h_t$ is the sum of both.
# * The weights are used at *every* step, so their gradient is a sum over time: $dW_h = \sum_t h_{t-1}^\top\, da_t$.
#
# Every step needs its own $h_{t-1}$ and $h_t$ on the way back. So `forward` returns its cache, and the caller keeps
# all $T$ of them in a list; the way back is a loop over that list, reversed. A cell that keeps its state or its cache
# *on itself* has one place for them: the last call overwrites all the others, and the way back runs without an error
# and is wrong. Here is the loop, for a loss on the last state only, with that mistake beside it.

# %%
N, T, D, H = 2, 5, 3, 4
rng = np.random.default_rng(0)
x, dlast = rng.standard_normal((N, T, D)), rng.standard_normal((N, H))
cell = RNNCell(D, H, rng=0).astype("float64")


def read(cell, x):
    """The last state, and the cache of each step."""
    state, caches = cell.zero_state(len(x), x), []
    for t in range(x.shape[1]):
        state, cache = cell.forward(x[:, t], state)
        caches.append(cache)
    return state, caches


def loss():
    return (read(cell, x)[0][0] * dlast).sum()


_, caches = read(cell, x)
for name, remembered in (("a cache for each step", caches), ("one cache for all", [caches[-1]] * T)):
    cell.zero_grad()
    dstate = (dlast,)  # a state is a tuple, since some cells have more than one part: lesson 10
    for cache in reversed(remembered):
        dx, dstate = cell.backward(dstate, cache)
    print(f"{name:<21}  dW_h[0, 1] = {cell.W_h.grad[0, 1]:.3f}")

nudge = 1e-5
cell.W_h.data[0, 1] += nudge
up = loss()
cell.W_h.data[0, 1] -= 2 * nudge
down = loss()
print(f"what a nudge says      dW_h[0, 1] = {(up - down) / (2 * nudge):.3f}")
print(gradcheck.check(Recurrent(cell), x, None, (np.zeros((N, H)),)).explain())

# %% [markdown]
# The last line checks `Recurrent`, which is this loop as a layer, with a loss at every step. It knows about padding,
# too: where a short sentence has ended, the state is carried on as it is, and the gradient steps over the padding
# untouched.
#
# ## How much of the gradient arrives?
#
# Take the loss at step $T$ and follow its gradient back. Put the first and the last of our three rules together, for
# one sentence:
#
# $$
# dh_{t-1,k} = \sum_j dh_{t,j}\,(1 - h_{t,j}^2)\, W_{h,kj}
# \qquad\text{or}\qquad dh_{t-1} = dh_t\;\mathrm{diag}(1 - h_t^2)\; W_h^\top
# $$
#
# where $\mathrm{diag}$ is the matrix with these numbers on its diagonal and zeros elsewhere. First every number is
# squeezed by the slope of tanh, which is at most 1; then all are mixed by $W_h^\top$. One step further the same happens
# again, with the same $W_h$. From $T$ down to $t$ the gradient meets the product of $T - t$ such matrices. A product of
# many equal factors has only two fates: $0.9^{50}$ is about 0.005, and $1.1^{50}$ is about 117.
#
# To see it cleanly, take a $W_h$ that leaves every length as it is, a rotation or its mirror image (minisat's cells
# start with one), and multiply it by a number $s$. Now the mixing changes every length by exactly $s$, and we can say
# in advance what one step does to the gradient: about $s$ times a typical slope. Let us send a random gradient back
# from the last state through 16 random sequences of 50 steps, and see.

# %%
N, T, D, H = 16, 50, 8, 32
x, dlast = 0.5 * rng.standard_normal((N, T, D)), rng.standard_normal((N, H)) / N


def sizes(cell, caches, dlast):
    """The length of the gradient that reaches each state, from the last one back to the first."""
    dstate, lengths = (dlast,), []
    for cache in reversed(caches):
        lengths.append(np.linalg.norm(dstate[0]))
        _, dstate = cell.backward(dstate, cache)
    return np.array(lengths) / lengths[0]


scales, measured = (0.7, 1.0, 1.5, 2.0, 3.0), {}
print("   s   typical slope   s × slope   measured per step   what reaches step 1")
for s in scales:
    cell = RNNCell(D, H, rng=0).astype("float64")
    cell.W_h.data *= s
    _, caches = read(cell, x)
    measured[s] = sizes(cell, caches, dlast)
    slope = np.sqrt(np.mean([(1 - cache.h**2) ** 2 for cache in caches]))
    step = measured[s][-1] ** (1 / (T - 1))
    print(f" {s:.1f}   {slope:13.2f}   {s * slope:9.2f}   {step:17.2f}   {measured[s][-1]:19.0e}")

# %%
figure, axis = panels(size=(6.4, 3.7))
back = np.arange(T)
for s, colour in zip(scales, (PALETTE[0], PALETTE[3], PALETTE[2], PALETTE[1], PALETTE[4])):
    axis.semilogy(back, measured[s], color=colour, linewidth=2)
    axis.annotate(f"s = {s}", (T - 1, measured[s][-1]), xytext=(6, 0), textcoords="offset points", fontsize=9,
                  color=colour, va="center")
axis.axhline(1, color=INK, linewidth=0.6, linestyle=":")
axis.set(xlim=(0, 55), xlabel="steps back from the loss", ylabel="size of the gradient that arrives",
         title="The same cell, W_h scaled by s: the gradient dies or explodes")
show(figure, "forget", "The size of the gradient against the number of steps back from the loss, on a logarithmic "
     "scale: straight lines, falling for scales 0.7 and 1, level for 1.5, rising for 2 and 3")

# %% [markdown]
# The third and the fourth column nearly agree: $s$ times a typical slope (its root mean square over all steps and
# numbers) predicts what one step does, and 49 of them do the rest. With $s = 0.7$ less than a ten-billionth is left.
# Even at $s = 1$, where the mixing loses nothing, the tanh squeezes it away to a ten-thousandth. Only near one
# particular $s$ does the gradient arrive as large as it left, and $W_h$ does not stay there while it learns. Hochreiter
# (1991) and Bengio et al. (1994) saw this; Pascanu et al. (2013, section 2.1) put it in general terms: if $W_h$
# shortens every vector, the gradient *must* die; if it lengthens some, it *may* explode.
#
# This is forgetting in both senses. A nudge of $h_t$ moves $h_T$ by the same product of matrices, read forwards: where
# no gradient comes back, the message did not get through. Can a better $W_h$ get round it? For a few hundred steps it
# can: a $W_h$ that begins as the identity (Le et al. 2015, with ReLUs) or stays a rotation (Arjovsky et al. 2016)
# neither shortens nor lengthens much. Not in the long run: Bengio et al. show that wherever such a state holds on to
# something in spite of noise, the gradient dies.
#
# ## What clipping can do, and what it cannot
#
# Against explosions there is a plain remedy: if the whole gradient is longer than some limit, shorten it to the limit
# (Pascanu et al. 2013, algorithm 1). minisat trains its captioners so, with 5 as the limit. Does it help against
# vanishing?

# %%
for s in (3.0, 0.7):
    cell = RNNCell(D, H, rng=0).astype("float64")
    cell.W_h.data *= s
    flat = FlatParameters(cell.parameters())
    _, caches = read(cell, x)
    dstate = (dlast,)
    for t in reversed(range(T)):
        if t == 9:
            without = cell.W_h.grad.copy()  # what has come from all steps but the first ten
        _, dstate = cell.backward(dstate, caches[t])
    early = np.linalg.norm(cell.W_h.grad - without) / np.linalg.norm(cell.W_h.grad)
    before = clip_norm(flat, 5.0)
    print(f"s = {s}: the gradient's length is {before:.1g}, after clipping {flat.norm():.1g}; "
          f"the share of the first ten steps is {early:.1g}")

# %% [markdown]
# With $s = 3$ the first ten steps *are* the gradient. One step of that length would throw the weights away; clipping
# makes of it a step of length 5 in the same direction. With $s = 0.7$ there is nothing to clip: the gradient as a
# whole looks healthy. But of all that, some billionths come from the first ten words. Clipping multiplies the whole
# gradient by one number, and so would a larger learning rate: the shares stay as they are. The cell goes on learning
# from the last few words and never hears of the first.
#
# ## Your turn
#
# Write two backward passes: of the cell, then of the loop, where now *every* step has a loss.
#
# ```
# minisat lesson check 9
# ```
#
# **What remains:** a recurrent network is one cell called $T$ times; the way back is a loop over the caches in reverse,
# and what is shared adds up over time; the gradient is multiplied at every step, so it dies or explodes. Next: a cell
# that decides for itself what it multiplies by.
