# %% [markdown]
# # 10. What gates fix
#
# *The question:* the cell of lesson 9 rewrites its whole memory at every step, whether there was anything to remember
# or not, and the gradient dies on the way back. Can a cell learn by itself what to keep?
#
# You need lessons 1, 2 and 9. Thirty minutes.

# %% [markdown]
# ## A slip of paper
#
# Think of the row of whisperers again. Everyone retells the message, and so it is lost. Now give them a slip of paper
# to hand down the row. Each may cross out entries, write something, and say aloud some of what is on it. What nobody
# touches arrives as it was written.
#
# The slip is a second row of $H$ numbers beside $h$, the **cell state** $c$. Crossing out, writing and saying aloud are
# **gates**: numbers between 0 and 1, one for each entry, which the cell computes from what it reads, with the sigmoid
# $\sigma(a) = 1/(1+e^{-a})$. That is the LSTM (Hochreiter & Schmidhuber 1997; the forget gate is from Gers et al.
# 2000):
#
# $$
# [a_i\; a_f\; a_g\; a_o] = x W_x + h_{prev} W_h + b
# $$
#
# $$
# i = \sigma(a_i), \quad f = \sigma(a_f), \quad g = \tanh(a_g), \quad o = \sigma(a_o)
# $$
#
# $$
# c = f \odot c_{prev} + i \odot g, \qquad h = o \odot \tanh(c)
# $$
#
# Here $\odot$ multiplies entry by entry. $g$ is what might be written, $i$ how much of it is; $f$ is how much of the
# old is kept (in 1997 that was all of it, always); $o$ is how much is shown. The four stand side by side in one
# matrix, so $W_x$ has $4H$ columns. Their order is a convention: minisat's is $i, f, g, o$, some programs have others,
# and a file of weights does not say which.
#
# ## The road
#
# Look at what is between $c_{prev}$ and $c$. Nudge entry $k$ of $c_{prev}$: entry $k$ of $c$ moves $f_k$ times as much,
# and along this path no other entry moves. So on the way back
#
# $$
# dc_{prev,k} = dc_k\, f_k
# $$
#
# There is no matrix and no slope of a tanh in it. Over many steps the gradient meets the product of the $f_k$, and
# these are not the same number again and again: the cell *chooses* them, for each entry, at each step. With $f_k = 1$
# the gradient gets through whole, however far.

# %%
import numpy as np

from minisat.nn import CrossEntropy, GRUCell, Linear, LSTMCell, Recurrent, RNNCell
from minisat.optim import Adam, FlatParameters, clip_norm
from minisat.teaching import INK, PALETTE, panels, rounds, show

rng = np.random.default_rng(0)
cell = LSTMCell(3, 4, rng=0).astype("float64")
x, h_prev, c_prev = rng.standard_normal((1, 3)), rng.standard_normal((1, 4)), rng.standard_normal((1, 4))
(h, c), cache = cell.forward(x, (h_prev, c_prev))
i, f, g, o = np.split(cache.gates, 4, axis=1)
print("kept, f:                     ", np.round(f[0], 3))
_, (dh_prev, dc_prev) = cell.backward((np.zeros((1, 4)), np.ones((1, 4))), cache)
print("a gradient of 1 goes back as:", np.round(dc_prev[0], 3))

# %% [markdown]
# ## The whole way back
#
# Everything but the affine map works entry by entry, so we can forget all indices and look at one entry. Two gradients
# arrive: $dh$, from all that uses $h$, and $dc$, along the road from the next step. Undo the lines of the forward pass,
# last first.
#
# **$h = o \tanh(c)$.** Nudge $o$: $do = dh \tanh(c)$. Nudge $c$: $h$ moves $o\,(1 - \tanh^2 c)$ times as much. But $c$
# is used twice, here and on the road, so this is *added* to what has come along the road:
#
# $$
# dc \leftarrow dc + dh\; o\,(1 - \tanh^2 c)
# $$
#
# **$c = f c_{prev} + i g$.** Each factor gets the other one: $df = dc\; c_{prev}$, $di = dc\; g$, $dg = dc\; i$, and
# $dc_{prev} = dc\; f$.
#
# **The gates.** The slope of the sigmoid is $\dfrac{e^{-a}}{(1+e^{-a})^2}$, and since
# $\dfrac{e^{-a}}{1+e^{-a}} = 1 - \sigma$, that is $\sigma(1-\sigma)$. So
#
# $$
# da_i = di\; i(1-i), \qquad da_f = df\; f(1-f), \qquad da_g = dg\,(1-g^2), \qquad da_o = do\; o(1-o)
# $$
#
# **The affine map.** Put the four side by side, $da$ of shape $(N, 4H)$, and go on as in lesson 9: $dW_x = x^\top da$,
# $dW_h = h_{prev}^\top da$, $db = \sum_n da_n$, $dx = da\,W_x^\top$, $dh_{prev} = da\,W_h^\top$.
#
# The loop over time needs nothing new. It carries a state of two parts, $(dh, dc)$, in place of one.
#
# ## The GRU
#
# Cho et al. (2014, eqs. 5 to 8) do with one state and two gates:
#
# $$
# r, z = \sigma(x W_x + h_{prev} W_h + b), \qquad n = \tanh(x W_x + (r \odot h_{prev}) W_h + b), \qquad
# h = z \odot h_{prev} + (1 - z) \odot n
# $$
#
# (each of $r$, $z$, $n$ with its own columns of the weights). Now $h$ itself is the road, and $z$ is what it is
# multiplied by: what is not kept makes room for what is written. $r$ says how much of the old state may have a part in
# the proposal $n$. (Some papers have $z$ and $1-z$ the other way round.) The GRU's way back needs no new rule: in a
# product each factor gets the other one, and what is used twice adds up.
#
# There are two GRUs. In the paper $r$ multiplies the state *before* the product with $W_h$; in cuDNN and PyTorch it
# multiplies *after* it, $n = \tanh(x W_x + r \odot (h_{prev} W_h + b_h) + b)$, so that one matrix product serves all
# three blocks. They are different functions, so weights trained for the one are wrong in the other. minisat has both,
# `reset_after=False` and `True`.

# %%
before, after = GRUCell(3, 4, rng=0).astype("float64"), GRUCell(3, 4, reset_after=True, rng=0).astype("float64")
print("the same weights:", all(np.array_equal(getattr(before, name).data, getattr(after, name).data)
                               for name in ("W_x", "W_h", "b")))
print("reset before:", np.round(before.forward(x, (h_prev,))[0][0][0], 3))
print("reset after: ", np.round(after.forward(x, (h_prev,))[0][0][0], 3))

# %% [markdown]
# ## A text whose first word matters
#
# Now the measurement of lesson 9 again, on a task. A text has 80 words. The first is one of four; the others are filler
# and say nothing. At the end the network has to name the first word. (Languages do such things: in *the dogs that we
# saw yesterday behind the old mill bark*, the second word decides the last.) A network that knows nothing pays
# $\log 4 \approx 1.39$, as in lesson 2.
#
# What does a gate do before it has learnt anything? With a bias of 0 it is half open: half of the slip is crossed out
# at every step. So the forget gate gets a bias of its own at the start, by custom 1 (Jozefowicz et al. 2015), and
# $\sigma(1) \approx 0.73$ is kept. With 4 it is 0.98. Then, however, the filler piles up on the slip, since little is
# crossed out; so $i$ is closed by as much as $f$ is opened, with a bias of $-4$ (Tallec & Ollivier 2018). In the GRU
# this comes by itself, through $1 - z$. We take five fresh cells and see what arrives.

# %%
K, N, T, H = 4, 32, rounds(80, short=10), 16  # first words to choose from; texts, words in each; size of the state


def texts(rng):
    """One-hot words (N, T, 2K), the first one of K, the others of K that say nothing; and the first ones' ids (N,)."""
    ids = rng.integers(K, 2 * K, (N, T))
    ids[:, 0] = rng.integers(0, K, N)
    return np.eye(2 * K)[ids], ids[:, 0]


def fresh():
    """The cells by name, before any learning."""
    cells = {"plain": RNNCell(2 * K, H, rng=0), "LSTM, bias 0": LSTMCell(2 * K, H, rng=0, forget_bias=0),
             "LSTM, bias 1": LSTMCell(2 * K, H, rng=0), "LSTM, bias 4": LSTMCell(2 * K, H, rng=0, forget_bias=4),
             "GRU, bias 4": GRUCell(2 * K, H, rng=0)}
    cells["LSTM, bias 4"].b.data[:H] = -4      # i
    cells["GRU, bias 4"].b.data[H:2 * H] = 4   # z
    return {name: cell.astype("float64") for name, cell in cells.items()}


def sizes(cell, x):
    """The length of the gradient that reaches each state, from the last one back to the first."""
    _, cache = Recurrent(cell).forward(x)
    dlast = np.random.default_rng(1).standard_normal((N, H))
    dstate, lengths = (dlast, *[np.zeros_like(dlast)] * (cell.state_size - 1)), []
    for step in reversed(cache.steps):
        lengths.append(np.sqrt(sum((part**2).sum() for part in dstate)))
        _, dstate = cell.backward(dstate, step)
    return np.array(lengths) / lengths[0]


x, _ = texts(rng)
arrives = {name: sizes(cell, x) for name, cell in fresh().items()}
for name, lengths in arrives.items():
    print(f"{name:<12}  after {T // 5} steps {lengths[T // 5]:.1g}, at the first word {lengths[-1]:.1g}")

# %% [markdown]
# A fresh LSTM is no better by itself: half open, it forgets *faster* than the plain cell. What it has is a road that
# can be opened. Now let us train all five, each on the same 150 batches. (The steps are Adam's, Kingma and Ba 2015:
# each weight's gradient is averaged over steps and divided by its usual size, so that all weights move at a similar
# pace. Lesson 11 derives it.)


# %%
def train(cell, steps):
    """The surprise at each step of training the cell, and an affine map behind its last state."""
    recurrent, head, loss = Recurrent(cell), Linear(H, K, rng=0).astype("float64"), CrossEntropy()
    flat, rng, surprises = FlatParameters([*cell.parameters(), *head.parameters()]), np.random.default_rng(0), []
    adam = Adam(flat, learning_rate=0.01)
    for _ in range(steps):
        x, first = texts(rng)
        (outputs, state), cache = recurrent.forward(x)
        logits, head_cache = head.forward(state[0])
        surprise, loss_cache = loss.forward(logits, first)
        flat.zero_grad()
        dh = head.backward(loss.backward(1.0, loss_cache)[0], head_cache)
        dlast = (dh, *[np.zeros_like(dh)] * (cell.state_size - 1))
        recurrent.backward((np.zeros_like(outputs), dlast), cache)
        clip_norm(flat, 1.0)
        adam.step()
        surprises.append(float(surprise))
    return np.array(surprises)


cells = fresh()
learnt = {name: train(cell, rounds(150, short=4)) for name, cell in cells.items()}
for name, surprises in learnt.items():
    print(f"{name:<12}  surprise over the last 20 steps {surprises[-20:].mean():.2f}")

# %%
figure, (left, right) = panels(1, 2, size=(8, 3.6))
styles = dict(zip(learnt, ((PALETTE[4], "-"), (PALETTE[5], "--"), (PALETTE[3], ":"), (PALETTE[0], "-"),
                           (PALETTE[2], "-"))))
for name, (colour, line) in styles.items():
    left.semilogy(arrives[name], line, color=colour, linewidth=2)
    left.annotate(name, (T - 1, arrives[name][-1]), xytext=(5, 3 if "GRU" in name else -3), textcoords="offset points",
                  fontsize=8, color=colour, va="center", annotation_clip=False)
    smooth = np.convolve(learnt[name], np.ones(10) / 10, "valid") if len(learnt[name]) > 10 else learnt[name]
    right.plot(smooth, line, color=colour, linewidth=2, label=name)
left.axhline(1, color=INK, linewidth=0.6, linestyle=":")
left.set(xlim=(0, 1.4 * T), xlabel="steps back from the loss", ylabel="size of the gradient that arrives",
         title="Fresh cells: how far")
right.set(xlabel="training steps", ylabel="surprise", ylim=(0, 1.6), title="What they learn")
right.legend(frameon=False, fontsize=8, loc="center right", bbox_to_anchor=(1, 0.65), handlelength=3)
show(figure, "gates", "Left: the size of the gradient against the steps back from the loss, falling steeply for the "
     "plain cell, more steeply for an LSTM with forget bias 0, and slowly for an LSTM and a GRU with bias 4. Right: "
     "the surprise in training, which gets to 0 for LSTM and GRU with bias 4 only")

# %% [markdown]
# The two panels tell the same story. (On the right, the first three lie on one another.) Where a good part of the
# gradient arrives at the first word, the task is learnt; where it does not, the surprise stays at $\log 4$, gates or no
# gates. What little arrives is drowned by the gradients from the filler.
#
# So "the LSTM solves vanishing gradients" is a little too short. Gates make it possible to *choose* what lasts: at the
# start by a bias, later by learning. A good forget bias is about the logarithm of how long something has to last
# (Tallec & Ollivier 2018), and $\log 80 \approx 4.4$. A caption has a dozen words, and minisat's LSTM starts with the
# customary 1. Set $T$ to 20 and run again: now bias 1 is enough, the plain cell learns the task as well, and only bias
# 0 does not.
#
# Two more things. The lines of the LSTM begin with a drop: from $h$, where the loss is, the gradient gets onto the road
# only through $o\,(1 - \tanh^2 c)$, a toll that is paid once. And beside the road the paths through $h$ and $W_h$ are
# still there. Through them an LSTM's gradient can explode, so it is clipped like any other.
#
# ## Your turn
#
# Write the backward pass of the LSTM cell, from the two gradients that arrive to the four gates. It is checked with
# random gradients on both $h$ and $c$, and then in a loop over time.
#
# ```
# minisat lesson check 10
# ```
#
# **What remains:** a gate is a number between 0 and 1 that the cell computes; on the road the gradient is multiplied by
# the gate and by nothing else; a gate has to be open before it can learn to close. Next: with a memory that lasts for a
# whole caption, can one put a picture into it and have it say what it saw?
