# %% [markdown]
# # 13. How to score a match
#
# *The question:* a captioner has said "a red" and is about to say the next word. Before it does, it may look at the
# photo. Where should it look: how does one put a number on how well a place of the photo fits what is to be said?
#
# You need lessons 1, 2 and 8. Twenty-five minutes.

# %% [markdown]
# ## Two languages
#
# The photo has become a grid: $L$ places, and of each a vector $a_i$ of $D$ numbers, which say what is there (lesson
# 8). What the speaker has in mind is a state $h$ of $H$ numbers (lessons 9 to 12). We want one number for each place,
# its **score** $e_i$: large where what is there fits what the speaker is after. Only differences of scores will matter,
# for a softmax makes shares of them (lesson 2), and the next lesson looks with these shares. Here we only score.
#
# Think of a library. You come with a question, and every shelf has a label. To find the shelf you compare the two, and
# that works only if whoever wrote the labels used your words. Here nobody saw to that: $a_i$ comes out of a network
# that looks, $h$ out of a network that speaks. In the words of the field, a question is a **query** and a label is a
# **key**.

# %% [markdown]
# ## Multiply: dot and general
#
# The plainest comparison of two vectors is their **dot product**. It is large if the same entries are large in both,
# with the same sign:
#
# $$
# e_i = \sum_k a_{ik}\, h_k
# $$
#
# It has nothing to learn, and it asks for much: $D = H$, and entry $k$ must mean the same on both sides. So let
# learning translate. Luong et al. (2015, section 3.1) call it **general**: a matrix $W$ of shape $(D, H)$ stands
# between the two, $e_i = \sum_{dk} a_{id} W_{dk} h_k$. Such a matrix may be given as two thinner ones, which meet in a
# common language of $A$ numbers:
#
# $$
# K_i = a_i W_a, \qquad q = h W_h, \qquad e_i = \sum_k K_{ik}\, q_k
# $$
#
# $K_i$ is the key of place $i$, $q$ the query. (In minisat every score gets its keys through a $W_a$. Its `DotScore`
# multiplies them with $h$ as it is: Luong's general with $W = W_a$.)
#
# ## Add and bend: additive and concat
#
# Bahdanau et al. (2015, appendix A.1.2), from whom attention comes, and Xu et al. (2015, eq. 4), whose captioner we are
# building, *add* the two, bend the sum, and let $A$ numbers $v_k$ weigh what comes out:
#
# $$
# e_i = \sum_k v_k \tanh(K_{ik} + q_k), \qquad q = h W_h + b
# $$
#
# That is a tiny network with one hidden layer, asked about one place after another. Each of its $A$ units hears what is
# there and what is wanted, and votes. Luong's **concat** lays $a_i$ and $h$ side by side and multiplies them with one
# tall matrix. As its upper rows meet $a_i$ and its lower rows meet $h$, it is the same thing, without the $b$.
#
# Is the bend needed? Leave tanh out: $e_i = \sum_k v_k K_{ik} + \sum_k v_k q_k$. The second sum is the same for every
# place, and what all scores share, a softmax does not see (lesson 2). The question would drop out of its own answer.

# %%
import numpy as np

from minisat.nn import AdditiveScore, ConcatScore, CrossEntropy, DotScore, GeneralScore, Linear, log_softmax
from minisat.optim import Adam, FlatParameters
from minisat.teaching import INK, PALETTE, panels, rounds, show

rng = np.random.default_rng(0)
N, L, D, H, A = 1, 5, 4, 3, 6
a, h = rng.standard_normal((N, L, D)), rng.standard_normal((N, H))
make_keys = Linear(D, A, bias=False, rng=1).astype("float64")
keys = make_keys(a)

concat = ConcatScore(A, H, rng=6).astype("float64")
tall = np.concatenate([make_keys.W.data, concat.W_h.data])
by_side = np.concatenate([a[0], np.repeat(h, L, axis=0)], axis=1)
print("concat is the additive score:", np.allclose(np.tanh(by_side @ tall) @ concat.v.data, concat(keys, h)[0]))


def shares(scores):
    return np.round(np.exp(log_softmax(scores)), 2)


print("shares of the five places, and when the opposite is asked:")
for name, bend in (("with tanh   ", np.tanh), ("without tanh", lambda x: x)):
    asked, opposite = (bend(keys[0] + concat.query(question)) @ concat.v.data for question in (h, -h))
    print(f"  {name}", shares(asked), shares(opposite))

# %% [markdown]
# ## The way back
#
# Suppose the loss has told each score how it should move: $de_i$, the slope of the loss for $e_i$. Who made $e_i$?
# Write $t_{ik} = \tanh(K_{ik} + q_k)$, so that $e_i = \sum_k v_k t_{ik}$, and nudge one thing after the other.
#
# * Nudge $v_k$. Every score moves, $e_i$ by $t_{ik}$. So $dv_k = \sum_i de_i\, t_{ik}$.
# * Nudge $K_{ik}$. Only $e_i$ moves: by $v_k$ times the slope of tanh, $1 - t_{ik}^2$ (lesson 1). So
#   $dK_{ik} = de_i\, v_k\, (1 - t_{ik}^2)$.
# * Nudge $q_k$. It was added at *every* place, so all of them answer, and what comes back adds up:
#   $dq_k = \sum_i dK_{ik}$.
#
# The rest is the affine map of lesson 1: $dW_h = h^\top dq$, $db = dq$ and $dh = dq\, W_h^\top$. With $N$ photos in a
# batch, the weights add up over the photos as well. Multiplied scores are simpler still: $e_i = \sum_k K_{ik} q_k$
# gives $dK_{ik} = de_i\, q_k$ and $dq_k = \sum_i de_i\, K_{ik}$. Each side gets the other as its slope.

# %%
additive = AdditiveScore(A, H, rng=3).astype("float64")
scores, cache = additive.forward(keys, h)
wanted = np.array([[0.0, 0.0, 1.0, 0.0, 0.0]])
de = np.exp(log_softmax(scores)) - wanted  # the third place is the right one: p − y
dkeys, dh = additive.backward(de, cache)
t = np.tanh(keys[0] + additive.query(h))
by_hand = de[0][:, None] * additive.v.data * (1 - t**2)
print("dK by hand agrees:", np.allclose(by_hand, dkeys[0]))
print("dh by hand agrees:", np.allclose(by_hand.sum(axis=0) @ additive.W_h.data.T, dh[0]))

# %% [markdown]
# ## What each of them can say
#
# Hold the question still and walk through the photo. A multiplied score is then a weighted sum of the numbers of $K_i$:
# more in the right direction is always better. It can ask for *red*, and for *as large as can be*. It cannot ask for
# *as large as this, and no larger*. The additive score can: one unit that rises early and one that falls later make a
# hill.
#
# A game shows it. Each of ten places holds one number, its size, between −1 (tiny) and 1 (huge). Asked for is the size
# of one of them. Which one is it? The place is chosen as lesson 2 chooses words, by the softmax of the scores, so the
# loss is the surprise, its gradient $p - y$, and the score passes that back with the lines above.


# %%
def game(rng, count):
    sizes, right = rng.uniform(-1, 1, (count, 10, 1)), rng.integers(0, 10, count)
    return sizes, sizes[np.arange(count), right], right


def play(score, A, steps):
    keys, score, surprise = Linear(1, A, bias=False, rng=5).astype("float64"), score.astype("float64"), CrossEntropy()
    parameters, rng = [*keys.parameters(), *score.parameters()], np.random.default_rng(4)
    optimizer = Adam(FlatParameters(parameters), 0.02)  # lesson 11's way of `data -= rate * grad`
    for _ in range(steps):
        sizes, asked, right = game(rng, 64)
        K, keys_cache = keys.forward(sizes)
        e, score_cache = score.forward(K, asked)
        _, loss_cache = surprise.forward(e, right)
        for parameter in parameters:
            parameter.grad[...] = 0
        de, _ = surprise.backward(1.0, loss_cache)
        dK, _ = score.backward(de, score_cache)
        keys.backward(dK, keys_cache)
        optimizer.step()
    return lambda sizes, asked: score(keys(sizes), asked)


def richer(sizes, asked):  # the dot product of (size², size) and (−1, 2 · asked)
    return DotScore()(np.concatenate([sizes**2, sizes], axis=2),
                      np.concatenate([-np.ones_like(asked), 2 * asked], axis=1))


players = {"general": play(GeneralScore(32, 1, rng=6), 32, rounds(400, short=10)),
           "additive": play(AdditiveScore(32, 1, rng=6), 32, rounds(400, short=10)), "dot, richer": richer}
sizes, asked, right = game(np.random.default_rng(7), 1000)
for name, score in players.items():
    print(f"{name:<12} finds the place in {np.mean(score(sizes, asked).argmax(axis=1) == right):.2f} of the games")

# %%
figure, axes = panels(1, 2, size=(7.5, 3.6), sharey=True)
there = np.linspace(-1, 1, 60)
blues = [f"{PALETTE[0]}{strength:02x}" for strength in range(0, 156, 12)]  # more and more of it, from none to 60 %
for axis, name in zip(axes, players):
    table = players[name](np.tile(there[:, None], (60, 1, 1)), there[:, None])
    table = table - table.mean(axis=1, keepdims=True)  # only differences count
    low, reach = table.min(), np.ptp(table)
    axis.contourf(there, there, table, low + reach * np.linspace(-0.01, 1.01, 14), colors=blues,
                  antialiased=False)
    best = there[table.argmax(axis=1)]
    for half in (there < 0, there > 0):
        axis.plot(best[half], there[half], color=PALETTE[1], linewidth=3, clip_on=False)
    axis.set(xlabel="size at the place", xticks=(-1, 0, 1), yticks=(-1, 0, 1))
axes[0].set(ylabel="size asked for", title="general: the largest or the smallest")
axes[1].set_title("additive: this one")
axes[0].annotate("best: the largest", (0.93, 0.05), color=INK, fontsize=9, ha="right")
axes[0].annotate("best: the smallest", (-0.93, -0.12), color=INK, fontsize=9)
axes[1].annotate("best: the one\nasked for", (0.2, -0.55), color=INK, fontsize=9)
show(figure, "hill", "Scores over the size at a place and the size asked for; deep blue is high. The general score is "
     "highest at one of the two ends, whatever is asked; the additive score on the diagonal, where the two agree")

# %% [markdown]
# A row of the picture is one question, deep blue a high score, and the line runs through the best size in each row.
# *General* always picks one of the two ends: it is right when the size asked for happens to be the largest or the
# smallest of the ten. *Additive* has learnt the diagonal. (Concat could not. Without $b$ its score is an odd function:
# turn the signs of size and question, and its own sign turns. So if it has a hill at 0.5 when 0.5 is asked for, it has
# a valley at −0.5 when −0.5 is asked for.)
#
# And the third line? Since $-(x - h)^2 = -x^2 + 2 x h - h^2$, and $h^2$ is the same for all places, the dot product of
# $(x^2, x)$ and $(-1, 2h)$ wins every game. What a score cannot say, the layers *before* it can write into the numbers
# that it compares. So a captioner on top of a trained CNN may do well with any of these scores, and networks of many
# layers live on the dot product alone. It is the cheapest: one matrix product, no tanh.
#
# ## Once per photo, not once per word
#
# $K_i = a_i W_a$ has no $h$ in it. It is the same for every word, so it is made once per photo. Concat, taken at its
# word, would make it anew each time. For photos of the size in the paper, 14 × 14 places of 512 numbers, and a caption
# of twelve words:

# %%
L, D, A, H, T = 196, 512, 512, 512, 12
print(f"keys, once per photo:           {L * D * A / 1e6:6.1f} million products")
print(f"keys, for every word anew:      {T * L * D * A / 1e6:6.1f} million")
print(f"queries, for every word:        {T * H * A / 1e6:6.1f} million")
print(f"v · tanh(K + q), for every word: {T * L * A / 1e6:5.1f} million, and as many tanh")
print(f"weights: W_a {D * A:,}; W_h {H * A:,}; b {A}; v {A}. Dot has W_a alone, general W_a and W_h.")

# %% [markdown]
# On the way back: all twelve words used the keys, so what they send back adds up in $dK$, and one product at the end
# serves them all, $dW_a = \sum_i a_i^\top dK_i$.
#
# ## How large is a dot product?
#
# Let all entries of $K_i$ and $q$ be independent, with mean 0 and variance 1. (With mean 0, the variance is the mean of
# the squares; and if two numbers are independent, the mean of their product is the product of their means.) Then each
# product $K_{ik} q_k$ has mean 0 and variance $1 \cdot 1$, and variances of independent terms add: a sum of $A$ of them
# has variance $A$. A typical score is as large as $\sqrt A$. To a softmax that is no detail:

# %%
rng = np.random.default_rng(8)
for A in (4, 64, 1024):
    K, q = rng.standard_normal((rounds(400, short=4), 25, A)), rng.standard_normal((rounds(400, short=4), A))
    e = DotScore()(K, q)
    print(f"A = {A}: a typical score is {e.std():.0f}")
    for name, scores in (("as they are  ", e), ("divided by √A", e / np.sqrt(A))):
        p = np.exp(log_softmax(scores)).max(axis=1)
        print(f"    {name}: largest share of 25 places {p.mean():.2f}, its slope p(1 − p) {np.mean(p * (1 - p)):.2f}")

# %% [markdown]
# With 1024 numbers nearly all goes to one place before anything has been learnt, and which one is chance. The slope of
# $p$ for its own score is $p(1-p)$ (the next lesson derives it), nearly zero: the softmax is **saturated**. A nudge of
# the scores hardly changes anything, so hardly anything is learnt. Vaswani et al. (2017) therefore divide by $\sqrt A$.
# The additive score needs no such care: tanh stays between −1 and 1, so $|e_i|$ never exceeds $\sum_k |v_k|$.
#
# ## Your turn
#
# Write the backward pass of the additive score: $dv$, $dK$ and $dq$, for a batch of photos.
#
# ```
# minisat lesson check 13
# ```
#
# **What remains:** a score compares what is there with what is wanted, by multiplying or by a tiny network; keys are
# made once per photo; a query that was added everywhere collects from everywhere. Next: looking with these scores, at
# every word anew.
