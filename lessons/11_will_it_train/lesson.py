# %% [markdown]
# # 11. Will it train?
#
# *The question:* every gradient is right, and still the loss stays where it is, or falls and helps nobody. What decides
# whether a network learns?
#
# You need lessons 1, 2 and 9. Forty minutes.

# %% [markdown]
# ## How large is a number after twenty layers?
#
# Training begins with random weights. How random? Take one layer, $y_j = \sum_i x_i W_{ij}$, whose weights are drawn
# independently, with mean 0 and variance $\sigma^2$. The mean of $y_j$ is 0, and since the terms are independent, their
# variances add up:
#
# $$
# \mathrm{Var}\, y_j = \sum_{i=1}^{D_{in}} \mathrm{E}[x_i^2]\, \sigma^2 = D_{in}\,\sigma^2\, \mathrm{E}[x^2]
# $$
#
# where $\mathrm{E}[x^2]$ is the mean square of the inputs. The layer multiplies it by $D_{in}\sigma^2$. After twenty
# layers that is $(D_{in}\sigma^2)^{20}$: the product of lesson 9, over layers instead of words, with the same two
# fates. Only $\sigma^2 = 1 / D_{in}$ keeps it. The way back goes through $W^\top$, so it multiplies the gradient's
# mean square by $D_{out}\sigma^2$. If the layer is not square, one cannot have both. Glorot and Bengio (2010) take the
# middle, $\sigma^2 = 2 / (D_{in} + D_{out})$. And a ReLU sets half of its inputs to 0, which halves the mean square of
# what the next layer gets; so He et al. (2015) take $\sigma^2 = 2 / D_{in}$ for layers with a ReLU.

# %%
import numpy as np

from minisat.nn import CrossEntropy, Dropout, Linear, Parameter, Sequential, Tanh
from minisat.optim import Adam, FlatParameters, schedules
from minisat.teaching import INK, MUTED, PALETTE, compared, panels, rounds, show

D, DEPTH = 128, 20
ACTIVATIONS = {"ReLU": (lambda a: np.maximum(a, 0), lambda a: a > 0), "tanh": (np.tanh, lambda a: 1 - np.tanh(a) ** 2)}


def through(sigma, activation):
    """The size (root mean square) of what leaves each layer, and of the gradient that arrives at its inputs."""
    rng = np.random.default_rng(0)
    bend, slope = ACTIVATIONS[activation]
    weights = [sigma * rng.standard_normal((D, D)) for _ in range(DEPTH)]
    x, inside, forwards, backwards = rng.standard_normal((200, D)), [], [], []
    for W in weights:
        inside.append(x @ W)
        x = bend(inside[-1])
        forwards.append(np.sqrt(np.mean(x**2)))
    dx = rng.standard_normal(x.shape)
    for W, a in zip(reversed(weights), reversed(inside)):
        dx = (dx * slope(a)) @ W.T
        backwards.append(np.sqrt(np.mean(dx**2)))
    return np.array(forwards), np.array(backwards)


sigmas = {"0.01": 0.01, "√(1/D)": (1 / D) ** 0.5, "√(2/D)": (2 / D) ** 0.5, "0.2": 0.2}
print(f"{DEPTH} layers of {D}    forwards: layer 1  layer 20    backwards: after 1  after 20")
for activation in ACTIVATIONS:
    for name, sigma in sigmas.items():
        there, back = through(sigma, activation)
        print(f"{activation}, sigma = {name:<7} {there[0]:18.2f} {there[-1]:9.1e} {back[0]:18.2f} {back[-1]:9.1e}")

# %% [markdown]
# Too small, and the last layer sees nothing of what went in; too large with ReLU, and it explodes. Too large with tanh
# is the treacherous case: on the way there all looks well, since tanh cannot exceed 1, and on the way back the gradient
# has grown nearly fiftyfold.
#
# And all zeros? Then all units of a layer compute the same, get the same gradient, and stay the same for ever. Weights
# have to *differ*; biases may begin at 0. (One begins at 1: the LSTM's forget gate, so that it remembers, lesson 10.)
#
# ## One step downhill
#
# **Gradient descent** takes $w \leftarrow w - \eta\, g$ with a learning rate $\eta$; on a batch drawn at random it is
# called *stochastic*, SGD. How large may $\eta$ be? Take the simplest valley, $\frac12 \lambda w^2$, whose gradient is
# $\lambda w$. One step gives
#
# $$
# w \leftarrow (1 - \eta \lambda)\, w
# $$
#
# It shrinks if $|1 - \eta\lambda| < 1$, that is $\eta < 2 / \lambda$. A real valley is steep one way and flat another.
# The steepest way sets the limit for $\eta$, and the flattest then goes at a crawl. With curvatures 1 and 50, $\eta$
# must stay below 0.04, and each step brings the flat direction at most 4 % closer.
#
# **Momentum** (Polyak 1964) remembers: $v \leftarrow \mu v + g$ and $w \leftarrow w - \eta\, v$. A gradient that stays
# the same adds up to $g\,(1 + \mu + \mu^2 + \dots) = g / (1 - \mu)$: with $\mu = 0.9$ ten times as fast along the flat.
# One that changes its sign at each step comes to about $g / (1 + \mu)$: slower across the steep.
#
# **Adam** (Kingma and Ba 2015) gives each weight a step length of its own. It keeps running means of the gradient and
# of its square,
#
# $$
# m \leftarrow \beta_1 m + (1 - \beta_1)\, g, \qquad v \leftarrow \beta_2 v + (1 - \beta_2)\, g^2
# $$
#
# with $\beta_1 = 0.9$ and $\beta_2 = 0.999$. Both begin at 0, and so are too small at first. By how much? Written out,
# $m_t = (1 - \beta_1) \sum_{s=1}^{t} \beta_1^{t-s}\, g_s$. If all $g_s$ are the same $g$, the geometric sum gives
# $m_t = (1 - \beta_1^t)\, g$. So one divides by just that:
#
# $$
# \hat m = \frac{m}{1 - \beta_1^t}, \qquad \hat v = \frac{v}{1 - \beta_2^t}, \qquad
# w \leftarrow w - \eta\, \frac{\hat m}{\sqrt{\hat v} + 10^{-8}}
# $$
#
# A gradient that keeps its value makes steps of $\eta$, whether it is 1,000 or 0.001. One that jumps about makes
# smaller ones. Here are all three by hand, in the valley, each at a rate that suits it.

# %%
curvature, start = np.array([1.0, 50.0]), np.array([-4.0, 0.5])


def sgd(g, memory, rate=0.035):
    return -rate * g


def momentum(g, memory, rate=0.02, mu=0.8):
    memory["v"] = mu * memory.get("v", 0.0) + g
    return -rate * memory["v"]


def adam(g, memory, rate=0.3):
    t = memory["t"] = memory.get("t", 0) + 1
    memory["m"] = 0.9 * memory.get("m", 0.0) + 0.1 * g
    memory["v"] = 0.999 * memory.get("v", 0.0) + 0.001 * g**2
    return -rate * (memory["m"] / (1 - 0.9**t)) / (np.sqrt(memory["v"] / (1 - 0.999**t)) + 1e-8)


def walk(rule, steps=200, **settings):
    """The places that a rule comes through in the valley."""
    w, memory, path = start.copy(), {}, [start]
    for _ in range(steps):
        w = w + rule(curvature * w, memory, **settings)
        path.append(w)
    return np.array(path)


for rule in (sgd, momentum, adam):
    path = walk(rule)
    heights = (0.5 * curvature * path**2).sum(axis=1)
    print(f"{rule.__name__:<9} first step {np.round(path[1] - path[0], 2)}, "
          f"loss below 0.01 for good after {len(heights) - np.argmax(heights[::-1] > 0.01)} steps")
print(f"sgd with a rate of 0.041: after 200 steps w = {walk(sgd, rate=0.041)[-1]}")
own = Parameter(start.copy())
optimizer = Adam(FlatParameters([own]), 0.3)
for _ in range(200):
    own.grad[...] = curvature * own.data
    optimizer.step()
print("minisat's Adam goes the same way:", np.allclose(own.data, walk(adam)[-1]))

# %% [markdown]
# ## The rate over time
#
# Adam's first step is worth a look. At $t = 1$, $\hat m = g$ and $\hat v = g^2$, so *every* weight moves by the whole
# $\eta$, whatever its gradient is: `[0.3 -0.3]` above. The first steps rest on one or two batches, and are the longest.
# So one begins with a small rate and lets it rise over some dozen or hundred steps (**warm-up**). Towards the end it is
# to become small again. A batch's gradient is that of all data plus noise, and with a fixed $\eta$ the weights keep
# trembling about the valley's floor; a rate that falls, as half a cosine does (Loshchilov and Hutter 2017), lets them
# settle.
#
# **Clipping** you know from lesson 9: a gradient longer than a limit is shortened to it. With Adam there is one more
# reason. Its $v$ remembers a square for some $1 / (1 - \beta_2) = 1000$ steps, so that one monstrous batch slows down
# all that follow:

# %%
rate = schedules.cosine(total=1000, warmup=100)
print("rate, after  ", "".join(f"{step:>8}" for step in (0, 50, 100, 500, 900, 999)), "steps")
print("              ", "".join(f"{rate(step):8.3f}" for step in (0, 50, 100, 500, 900, 999)))
print("\nthe gradient is 1, and 100 once, at step 200. Adam's steps, in units of the rate:")
for name, limit in (("as it comes", np.inf), ("clipped to 5", 5.0)):
    memory, sizes = {}, []
    for step in range(1, 1201):
        sizes.append(-adam(np.array([min(100.0 if step == 200 else 1.0, limit)]), memory, rate=1.0)[0])
    print(f"    {name:<13}", ", ".join(f"step {step}: {sizes[step - 1]:.2f}" for step in (199, 200, 220, 300, 1200)))

# %% [markdown]
# ## Learnt, or learnt by heart?
#
# A network can get every training example right and know nothing. Here are 80 examples of four kinds, of which some
# have been given the wrong label, and 400 new ones; a network with 1,604 weights, and two remedies.
#
# **Dropout** (Srivastava et al. 2014) sets each entry to 0 with probability $p$, anew at each step, so that no unit can
# rely on a particular other one. What is left is made larger, so that the mean stays: with a mask $m_k$ that is 0 with
# probability $p$ and $1 / (1 - p)$ otherwise,
#
# $$
# y_k = m_k x_k, \qquad \mathrm{E}[y_k] = (1 - p)\,\frac{x_k}{1 - p} = x_k, \qquad dx_k = m_k\, dy_k
# $$
#
# The way back uses *the same mask*: what was dropped had no part in the loss. So the mask belongs into the cache. After
# training nothing is dropped, and thanks to the factor nothing else has to change. Forget to switch it off, and the
# same photo gets another caption each time.
#
# **Weight decay** pulls every weight towards 0, $w \leftarrow (1 - \eta\,\omega)\, w$ before each step, so that only
# those stay large for which the data keep asking. For SGD this is the same as adding $\frac{\omega}{2} w^2$ to the
# loss, whose gradient is $\omega w$. For Adam it is not: it would divide $\omega w$ by $\sqrt{\hat v}$ as well, and
# weights with large gradients would hardly decay. So it is kept apart from the gradient (AdamW, Loshchilov and Hutter
# 2019), as minisat does.

# %%
def draw(rng, count):
    """Examples x (count, 20) of four kinds, labels (count,); 15 in a hundred labels are drawn anew."""
    x = rng.standard_normal((count, 20))
    labels = (x @ np.random.default_rng(99).standard_normal((20, 4))).argmax(axis=1)
    strange = rng.random(count) < 0.15
    labels[strange] = rng.integers(0, 4, strange.sum())
    return x, labels


def train(seed, p=0.0, decay=0.0):
    """The surprise on 80 training examples and on 400 new ones, after each step: (steps, 2)."""
    rng, loss, drop = np.random.default_rng([seed, 7]), CrossEntropy(), Dropout(p)
    (x, labels), (new, new_labels) = draw(rng, 80), draw(rng, 400)
    below = Sequential(Linear(20, 64, rng=seed), Tanh()).astype("float64")
    above = Linear(64, 4, rng=seed + 100).astype("float64")
    optimizer, found = Adam(FlatParameters([*below.parameters(), *above.parameters()]), 0.01, decay), []
    for _ in range(rounds(100, short=3)):
        hidden, caches = below.forward(x)
        thinned, mask = drop.forward(hidden, rng=rng)
        logits, cache = above.forward(thinned)
        below.zero_grad()
        above.zero_grad()
        dlogits, _ = loss.backward(1.0, loss.forward(logits, labels)[1])
        below.backward(drop.backward(above.backward(dlogits, cache), mask), caches)
        optimizer.step()
        found.append([loss(above(below(each)), wanted) for each, wanted in ((x, labels), (new, new_labels))])
    return np.array(found)


runs = {name: np.array([train(seed, **settings) for seed in range(6)])
        for name, settings in (("neither", {}), ("dropout", {"p": 0.8}), ("decay", {"decay": 3.0}))}
for name, found in runs.items():
    seen, new = found[:, -1].mean(axis=0)
    print(f"{name:<8} surprise on what was learnt {seen:.2f}, on new examples {new:.2f}, "
          f"at best {found[:, :, 1].min(axis=1).mean():.2f} on the way")
compared("surprise, dropout − neither", runs["neither"][:, -1, 1], runs["dropout"][:, -1, 1])
compared("surprise, decay − neither", runs["neither"][:, -1, 1], runs["decay"][:, -1, 1])

# %%
figure, (left, middle, right) = panels(1, 3, size=(9.0, 3.3))
for (name, sigma), colour in zip(sigmas.items(), PALETTE):
    left.semilogy(range(1, DEPTH + 1), through(sigma, "ReLU")[0], color=colour)
    left.annotate(f"σ = {name}", (DEPTH, through(sigma, "ReLU")[0][-1]), xytext=(4, 0), textcoords="offset points",
                  fontsize=8, color=colour, va="center")
left.set(xlim=(0, 31), xticks=[1, 10, 20], xlabel="layer", ylabel="size of what leaves it",
         title="Weights at the start")
across, along = np.meshgrid(np.linspace(-4.4, 1.6, 80), np.linspace(-0.75, 0.75, 80))
middle.contour(across, along, across**2 + 50 * along**2, levels=[0.4, 2, 6, 13, 24], colors=[MUTED], linewidths=0.4)
for rule, colour in ((sgd, PALETTE[0]), (momentum, PALETTE[1]), (adam, PALETTE[2])):
    path = walk(rule, steps=30)
    middle.plot(*path.T, "o-", color=colour, markersize=2.2, linewidth=1, label=rule.__name__)
middle.plot(0, 0, "+", color=INK)
middle.set(ylim=(-0.98, 0.75), xlabel="w₁, curvature 1", ylabel="w₂, curvature 50", title="Thirty steps in a valley")
middle.legend(frameon=False, fontsize=8, loc="lower left", ncols=3, columnspacing=0.8, handlelength=1.2,
              bbox_to_anchor=(-0.04, -0.02))
for (name, found), colour in zip(runs.items(), PALETTE):
    steps = range(1, found.shape[1] + 1)
    right.plot(steps, found[:, :, 0].mean(axis=0), ":", color=colour)
    right.plot(steps, found[:, :, 1].mean(axis=0), color=colour)
    away = {"dropout": 5, "decay": -5}.get(name, 0)
    right.annotate(name, (steps[-1], found[:, -1, 1].mean()), xytext=(4, away), textcoords="offset points", fontsize=8,
                   color=colour, va="center")
right.set(xlim=(0, 1.32 * steps[-1]), xticks=[0, 50, 100], ylim=(0, None), xlabel="step", ylabel="surprise",
          title="Dotted: learnt. Solid: new")
show(figure, "training", "Three panels. Left: with ReLU the size of what leaves a layer stays level over twenty layers "
     "only for the right spread of the weights, else it falls or rises exponentially. Middle: thirty steps in a narrow "
     "valley, SGD zigzags and crawls, momentum swings through, Adam sets out diagonally. Right: surprise on what "
     "is learnt falls towards zero; on new examples it falls, then rises without a remedy, and less with one")

# %% [markdown]
# Without a remedy the network has learnt all 80 examples by heart, wrong labels included, and is too sure of itself
# with new ones. Both remedies make new examples less surprising at the end.<!-- rests on: surprise, dropout − neither;
# surprise, decay − neither: below 0 --> A third one costs nothing: stop where the curve of new examples is lowest. That
# is why minisat looks at dev photos after each epoch and keeps the best weights.
#
# ## Reading curves, and what to do first
#
# * *Both curves stay high.* It does not learn: the rate is far off (try 10 times more, and 10 times less), or the
#   start is, or there is a mistake.
# * *Both fall together and still do.* Go on; or use a larger network.
# * *The training curve falls, the other turns round.* By heart. More data, dropout, decay, or stop there.
# * *A sudden jump.* A step that was too long. Clip, warm up, or lower the rate.
# * *The first number is not $\log V$* (lesson 2). Something is wrong before anything was learnt.
#
# Before all that, one test takes a minute and finds most mistakes that a gradient check cannot see, since they are
# *between* the layers: **let it learn one small batch by heart.** Eight examples are no task for a network. If their
# surprise does not go to 0, do not look for a better rate: look for the mistake. Here are two favourites.

# %%
def by_heart(fault=None):
    """The surprise on eight examples after many steps, with a fault in the training."""
    rng, loss = np.random.default_rng(0), CrossEntropy()
    x, labels = rng.standard_normal((8, 20)), rng.integers(0, 4, 8)
    network = Sequential(Linear(20, 32, rng=0), Tanh(), Linear(32, 4, rng=1)).astype("float64")
    optimizer = Adam(FlatParameters(network.parameters()), 0.02)
    for _ in range(rounds(400, short=3)):
        fed = x[rng.permutation(8)] if fault == "inputs shuffled, labels not" else x
        logits, caches = network.forward(fed)
        p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        value, cache = loss.forward(p if fault == "softmax applied twice" else logits, labels)
        dlogits = loss.backward(1.0, cache)[0]
        if fault == "softmax applied twice":
            dlogits = p * (dlogits - (p * dlogits).sum(axis=1, keepdims=True))
        network.zero_grad()
        network.backward(dlogits, caches)
        optimizer.step()
    return value


for fault in (None, "inputs shuffled, labels not", "softmax applied twice"):
    print(f"{fault or 'nothing wrong':<28} surprise {by_heart(fault):.3f}")
print(f"softmax twice can at best reach log(1 + 3/e) = {np.log(1 + 3 / np.e):.3f}")

# %% [markdown]
# Every gradient in these three trainings is right. In the second the network sees examples with other examples' labels,
# and learns how frequent each label is. In the third the probabilities, between 0 and 1, are taken for logits: the
# right one can never lie more than 1 above the others. (One fault this test does not find: a captioner that ignores the
# photo can learn eight captions by heart all the same, but for their first words. Shuffle the photos, and see whether
# it minds.)
#
# ## Your turn
#
# Write dropout's backward pass, and Adam with weight decay.
#
# ```
# minisat lesson check 11
# ```
#
# **What remains:** start so that sizes stay; Adam divides out the slope and so needs a warm-up; dropout's mask goes
# both ways; a remedy against learning by heart shows on new examples only; and one batch by heart comes first. Next:
# all parts are there. We put them together, and a network speaks.
