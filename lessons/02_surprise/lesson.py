# %% [markdown]
# # 2. Why p − y
#
# *The question:* a captioner ends in a choice among thousands of words. How does one score such a choice, and why is
# the gradient of that score, after all the exponentials and logarithms, simply *what you said minus what was right*?
#
# You need lesson 1. Twenty minutes.

# %% [markdown]
# ## From scores to probabilities
#
# The last layer gives each word a **logit** $z_v$, any number. The softmax makes probabilities of them:
#
# $$
# p_v = \frac{e^{z_v}}{\sum_u e^{z_u}}
# $$
#
# The exponential makes everything positive, the sum makes it sum to 1, and only *differences* of logits count: add
# 100 to all of them and nothing changes. That is more than a curiosity. $e^{800}$ is larger than any float (it
# *overflows*), so every careful program first subtracts the largest logit; then the largest exponent is 0. The
# package's `log_softmax` does so, and gives $\log p$.

# %%
import numpy as np

from minisat.nn import CrossEntropy, SmoothedCrossEntropy, log_softmax
from minisat.teaching import MUTED, PALETTE, panels, show

words = ["dog", "cat", "car", "sky"]
logits = np.array([2.0, 1.0, -1.0, 0.0])
print("p           ", np.round(np.exp(log_softmax(logits)), 3))
print("p, all + 800", np.round(np.exp(log_softmax(logits + 800)), 3))
with np.errstate(over="ignore", invalid="ignore"):
    naive = np.exp(logits + 800) / np.exp(logits + 800).sum()
print("naively     ", naive)  # inf / inf is nan, "not a number"

# %% [markdown]
# ## How surprised were you?
#
# If the right word is $y$, the loss is $-\log p_y$: the **surprise**. (Every log in these lessons is the natural one.)
# To be sure and right costs nothing. Giving the right word one chance in a hundred costs $\log 100 \approx 4.6$. Giving
# it none at all costs infinitely much, so a model learns never to rule anything out. A model that knows nothing about
# $V$ words gives each of them $1/V$ and pays $\log V$: for a vocabulary of 2,500, that is 7.8. If your first loss is
# far from $\log V$, something is wrong before any learning.

# %% [markdown]
# ## The derivation
#
# Write the loss out. The logarithm undoes the exponential on top:
#
# $$
# \ell = -\log p_y = -z_y + \log \sum_u e^{z_u}
# $$
#
# Now nudge $z_v$. The second term has the derivative $e^{z_v} / \sum_u e^{z_u}$: one over the sum, for the logarithm,
# times $e^{z_v}$, the slope of the only term that moves. And that *is* $p_v$. The first term has the derivative $-1$ if
# $v$ is the right word, else 0. Together:
#
# $$
# \frac{\partial \ell}{\partial z_v} = p_v - [v = y]
# $$
#
# where $[v = y]$ is 1 for the right word and 0 for all others.
#
# **What you said minus what was right.** Learning pushes each logit the other way: the right word up by what it
# lacks, all others down, each by the very probability that it wrongly had. And the pushes always sum to zero.

# %%
layer = CrossEntropy()
target = np.array([1])  # it was a cat
loss, cache = layer.forward(logits[None], target)
dlogits, _ = layer.backward(1.0, cache)
p = np.exp(log_softmax(logits))
print(f"surprise {loss:.3f}")
for word, said, push in zip(words, p, -dlogits[0]):
    print(f"{word}: said {said:.3f}, will be pushed by {push:+.3f}")

figure, (left, right) = panels(1, 2, size=(6.6, 3.0))
places = np.arange(4)
left.bar(places - 0.2, p, 0.4, color=PALETTE[0], label="said: p")
left.bar(places + 0.2, [0, 1, 0, 0], 0.4, color=MUTED, alpha=0.35, label="right: y")
left.set_xticks(places, words)
left.set(title="What you said, what was right", ylabel="probability")
left.legend(frameon=False, fontsize=8)
pushes = -dlogits[0]
right.bar(places, pushes, 0.5, color=[PALETTE[2] if push > 0 else PALETTE[4] for push in pushes])
right.axhline(0, color=MUTED, linewidth=0.8)
right.set_xticks(places, words)
for place, push in zip(places, pushes):
    right.annotate(f"{push:+.2f}", (place, push), xytext=(0, 3 if push > 0 else -11), textcoords="offset points",
                   ha="center", fontsize=8)
right.set(title="The push on each logit: y − p", ylim=(-0.85, 1.0))
show(figure, "pushes", "Left: probabilities beside the right answer. Right: the push on each logit, up for the right "
     "word and down for the others, summing to zero")

# %% [markdown]
# Why not send the softmax and the logarithm back separately, as two layers? You could, on paper. In floats, $p_y$ may
# round to 0, and then $\log 0$ is $-\infty$, its slope $1/0$, and soon every weight is `nan`. Taken together, nothing
# is ever divided by $p$.

# %% [markdown]
# ## How sure should one be?
#
# This loss is never content. At $p_y = 0.99$ it still pushes the right logit up and the others down, and it would go on
# for ever, for $p_y = 1$ needs a logit infinitely far above the rest. But the next word of a caption is seldom the only
# right one: where one person wrote *dog*, another wrote *puppy*. **Label smoothing** (Szegedy et al. 2016) asks for
# less. All $V$ words share a small part $\epsilon$ of what is asked for, the right one keeps the rest:
#
# $$
# q_v = (1 - \epsilon)\,[v = y] + \frac{\epsilon}{V}, \qquad \ell = -\sum_v q_v \log p_v
# = -\log p_y + \epsilon\, (z_y - \bar z)
# $$
#
# The last step puts $\log p_v = z_v - \log \sum_u e^{z_u}$ in, with $\bar z$ the mean of all logits. So it is the
# surprise and a price beside it, on how far the right logit stands above the mean one. The derivation goes as before,
# and says $\partial \ell / \partial z_v = p_v - q_v$. Now there is an end to the pushing, at $p = q$. Let us push the
# four logits a thousand times, with $\epsilon = 0$ and with $\epsilon = 0.1$:

# %%
print("cat's logit above dog's, after  " + "".join(f"{count:>8}" for count in (10, 100, 1000)) + " steps")
for name, loss_layer in (("sure of the label", layer), ("label smoothed", SmoothedCrossEntropy(0.1))):
    z, leads = logits.copy(), []
    for step in range(1000):
        _, cache = loss_layer.forward(z[None], target)
        z = z - loss_layer.backward(1.0, cache)[0][0]
        if step + 1 in (10, 100, 1000):
            leads.append(z[1] - z[0])
    print(f"{name:<32}" + "".join(f"{lead:>8.2f}" for lead in leads))
print(f"where p = q, it is log(0.925 / 0.025) = {np.log(0.925 / 0.025):.2f}")

# %% [markdown]
# (In a recipe it is `label_smoothing`. The loss on the dev photos stays the plain surprise, so that curves can be
# compared.)
#
# ## Sentences of different lengths: the mask
#
# Captions in a batch differ in length, so the short ones are padded. Padding is not language: it must cost nothing,
# and it must not be *counted*. The second half is often forgotten. Many popular notes take the mean over all
# positions, padding included: a batch with much padding then looks easy, and its real words get less push than those
# of a batch without. The loss has to be divided by the number of real words.

# %%
rng = np.random.default_rng(0)
scores = rng.standard_normal((2, 6, 4))  # two sentences, six positions, logits for four words
targets = rng.integers(0, 4, (2, 6))
mask = np.arange(6) < np.array([[6], [2]])  # a sentence of six words and one of two
# at each position, -log p of its right word
surprise = -np.take_along_axis(log_softmax(scores), targets[:, :, None], axis=2)[:, :, 0]
print(f"mean over real words         {layer(scores, targets, mask=mask):.3f}")
print(f"the same by hand             {surprise[mask].mean():.3f}")
print(f"divided by all the positions {(surprise * mask).sum() / mask.size:.3f}   too small: it counts padding")
_, cache = layer.forward(scores, targets, mask=mask)
dscores, _ = layer.backward(1.0, cache)
print("gradient that reaches padding:", np.abs(dscores[~mask]).max())

# %% [markdown]
# Note *how* the padding is masked: its terms are left out. Multiplying $\log p$ by 0 is not the same, since
# $0 \cdot (-\infty)$ is `nan`. The `log_softmax` of finite logits never gives $-\infty$; the logarithm of a softmax
# that was rounded to 0 does, and so do logits that somebody has masked with $-\infty$.
#
# ## Your turn
#
# Write the backward pass of the masked cross-entropy: two lines that you can now derive. They also need `dloss`, how
# much the end of the chain moves when this loss does. Above it was 1.0, as the loss was itself the end; a layer must
# not count on that, and the check gives another number.
#
# ```
# minisat lesson check 2
# ```
#
# **What remains:** the gradient of the surprise is $p - y$; compute it in one piece; divide by the words that are
# there. Next: where the numbers that go *in* come from. What is a word to a network?
