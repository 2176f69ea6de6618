# %% [markdown]
# # 1. How a nudge travels
#
# *The question:* a network has many weights and one loss. If you nudge one weight a little, how much does the loss
# move? And how can one walk through the network answer that for **all** weights at once?
#
# You need Python and school calculus. Twenty minutes.

# %% [markdown]
# ## A chain of small steps
#
# Take the smallest network there is: one weight, one bias, one bend, one target.
#
# $$
# a = w x + b, \qquad y = \tanh(a), \qquad \ell = (y - t)^2
# $$
#
# Nudge $w$ by a tiny $\varepsilon$. Then $a$ moves by $x\,\varepsilon$. That moves $y$ by $(1-y^2)$ times as much,
# because that is the slope of tanh. And that moves $\ell$ by $2(y-t)$ times as much again. (Tanh bends any number into
# one between -1 and 1; its slope is what the quotient rule gives for $\tanh a = (e^a - e^{-a})/(e^a + e^{-a})$.) The
# nudge travels down the chain, and each step multiplies it by its own **local slope**. That is the chain rule, all of
# it:
#
# $$
# \frac{d\ell}{dw} = \underbrace{2(y-t)}_{\text{of the loss}}\cdot
# \underbrace{(1-y^2)}_{\text{of tanh}}\cdot\underbrace{x}_{\text{of } wx+b}
# $$
#
# Let us send a nudge and see.

# %%
import numpy as np

from minisat import gradcheck
from minisat.nn import Linear, Sequential, Tanh
from minisat.teaching import ACCENT, PALETTE, panels, show

x, b, t = 0.5, 0.1, -0.3


def loss(w):
    return (np.tanh(w * x + b) - t) ** 2


w = 0.8
y = np.tanh(w * x + b)
slope = 2 * (y - t) * (1 - y**2) * x
for nudge in (0.1, 0.01, 0.001):
    moved = loss(w + nudge) - loss(w)
    print(f"nudge {nudge:<6} loss moves by {moved:.3e}   slope × nudge {slope * nudge:.3e}")

# %% [markdown]
# The smaller the nudge, the better the slope predicts it. But only up to a point: a float64 keeps about 16 digits, and
# the difference of two nearly equal losses has few of them left. Below, on the right, is how far the *numeric* slope of
# the plain function $f(w) = w^3$ is from the exact one, $3w^2$, for steps $h$ of every size. Expand the cubes, and you
# see why nudging to both sides is far better than nudging to one. The term with $3wh$, the curvature, cancels:
#
# $$
# \frac{f(w+h)-f(w)}{h} = 3w^2 + 3wh + h^2, \qquad \frac{f(w+h)-f(w-h)}{2h} = 3w^2 + h^2
# $$
#
# And there is a best step in the middle. This is the instrument with which every backward pass in minisat is checked,
# always in float64.

# %%
figure, (left, right) = panels(1, 2, size=(6.6, 3.1))
ws = np.linspace(-2, 3.5, 200)
left.plot(ws, loss(ws), color=PALETTE[0], linewidth=2)
near = np.array([w - 1.2, w + 1.2])
left.plot(near, loss(w) + slope * (near - w), color=PALETTE[1], linewidth=1.5)
left.plot(w, loss(w), "o", color=PALETTE[1])
left.annotate("the slope: what\na nudge of w does", (1.1, 0.22), fontsize=8, color=PALETTE[1])
left.set(xlabel="w", ylabel="loss", title="One weight, one slope")

steps = [0.1]
while steps[-1] > 1e-12:
    steps.append(steps[-1] / 1.6)
h, exact = np.array(steps), 3 * w * w
up, down = w + h, w - h
one_side = np.abs((up * up * up - w * w * w) / h - exact)
two_sides = np.abs((up * up * up - down * down * down) / (2 * h) - exact)
right.loglog(h, one_side, color=PALETTE[5], linewidth=1, label="nudge to one side")
right.loglog(h, two_sides, color=ACCENT, linewidth=1, label="nudge to both sides")
right.set(xlabel="step h", ylabel="error of the numeric slope", title="Too small is as bad as too large")
right.annotate("digits run out", (1.2e-12, 2e-10), fontsize=8, color=PALETTE[4])
right.annotate("the curve\nbends", (1e-3, 2e-10), fontsize=8, color=PALETTE[4])
right.legend(frameon=False, fontsize=8, loc="upper center")
show(figure, "nudge", "Left: the loss over w with its tangent. Right: the error of a numeric slope against the step "
     "size, smallest in the middle, and smaller when nudging to both sides")

# %% [markdown]
# ## Why backwards
#
# With a million weights there are a million chains, but they all end in the same loss, so they share their last
# links. Start from the loss, then, and carry one number back: *how much does the loss move when this value moves?*
# Call it `dy` for the value `y` (at school, $d\ell/dy$). Each step turns the `dy` of its output into the `dx` of its
# input, with its own local slope and nothing else. One walk back serves every weight on the way. That walk is
# **backpropagation**; the local slopes come from values that the walk forward has seen, so it leaves them in a
# **cache**.
#
# If a value is used twice, a nudge takes both paths, and what it does at their ends adds up. So gradients are *added*,
# `+=`, never set.
#
# What is it all for? **Learning** pushes each weight a little against its gradient, by $-\eta\, dw$ with a small
# **learning rate** $\eta$. Slope × nudge says that the loss then moves by $-\eta\, dw^2$: down. Do that to all weights,
# set the gradients back to zero, take the next examples, and begin again.
#
# Three words keep these meanings to the end of the course. A *nudge* is a small change, and it travels forwards. A
# *gradient* comes back, and says what a nudge would do. A *push* is what learning gives a weight.

# %% [markdown]
# ## The affine layer by hand
#
# Now many numbers at once. A batch of $N$ rows, one for each example, goes through $Y = XW + b$, an **affine** map
# (`Linear` in the package), with $X$ of shape $(N, D_{in})$ and $W$ of shape $(D_{in}, D_{out})$. Forget matrices for
# a moment and look at one entry:
#
# $$
# Y_{nj} = \sum_i X_{ni} W_{ij} + b_j
# $$
#
# * Nudge $W_{ij}$. In every row $n$, the entry $Y_{nj}$ moves $X_{ni}$ times as much, and nothing else moves. Each of
#   these moves the loss $dY_{nj}$ times as much again. So $dW_{ij} = \sum_n X_{ni}\, dY_{nj}$, which is the product
#   $X^\top dY$.
# * Nudge $b_j$. In every row, $Y_{nj}$ moves just as much. So $db_j = \sum_n dY_{nj}$.
# * Nudge $X_{ni}$. All of row $n$ moves, $Y_{nj}$ by $W_{ij}$ times as much. So $dX_{ni} = \sum_j dY_{nj} W_{ij}$,
#   which is $dY\, W^\top$.
#
# The shapes remember it for you: $dW$ must look like $W$, and there is only one way to multiply $X$ and $dY$ into that.

# %%
layer = Linear(3, 2, rng=0).astype("float64")
X = np.arange(12.0).reshape(4, 3) / 10
Y, cache = layer.forward(X)
print("the cache remembers", cache._fields)
dY = np.array([[1.0, 0], [0, 0], [0, 0], [0, 0]])  # the loss is the entry Y[0, 0] alone
dX = layer.backward(dY, cache)
print("dW\n", layer.W.grad)
print("which is row 0 of X, in column 0:", X[0])
print("dX[0]", np.round(dX[0], 3), "is column 0 of W:", np.round(layer.W.data[:, 0], 3))

# %% [markdown]
# ## Is it right? Ask the numbers
#
# Never trust a derivation that you have not nudged. `gradcheck.check` runs the real forward pass, nudges every entry of
# every input and weight to both sides, and compares. It starts from a *random* $dY$. All ones would not do: they make
# the sum of the outputs the loss, and lesson 2 has outputs that always sum to 1. There, zeros would pass.

# %%
network = Sequential(Linear(3, 5, rng=1), Tanh(), Linear(5, 2, rng=2))
report = gradcheck.check(network, X)
print(report.explain())
print(", ".join(f"{tensor.name} {tensor.shape}" for tensor in report.tensors))

# %% [markdown]
# ## Your turn
#
# `exercise.py` has the affine layer with an empty backward pass. Fill in three lines, and let the numbers judge:
#
# ```
# minisat lesson check 1
# ```
#
# The answer is a table with a line for each array: how many of its entries were nudged (*probes*), the relative
# *error*, and the entry where it is worst. An error near 1e-11 means that it is right; one near 1e-1 is a mistake.
# (*Kinks* counts entries left out because they lie at a corner, where there is no slope. Here there are none.)
#
# **What remains:** a gradient says what a nudge does; each layer needs to know its own slopes only; what is shared
# adds up. Next: what stands at the very end of the chain, and why its gradient is so simple.
