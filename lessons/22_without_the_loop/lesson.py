# %% [markdown]
# # 22. Attention without the loop
#
# *The question:* an LSTM reads one word after the other and has to carry in its state whatever it may need. What if
# each word could simply ask all the words before it, and all of them at once?
#
# You need lessons 10, 13 and 14. Forty minutes.

# %% [markdown]
# ## Words that ask words
#
# In lesson 14 the state asked, the places answered: a score for each place, shares of the scores, a mean with these
# shares. Nothing in it says that what is looked at must be places, nor that only one may ask. So let every word ask,
# and every word answer. Three matrices make of a word's vector $x_t$ (a row of $X$) three others: what it asks for, its
# **query**; what it can be found by, its **key**; and what it has to say, its **value**.
#
# $$
# Q = X W_q, \qquad K = X W_k, \qquad V = X W_v
# $$
#
# The score of word $s$ for the question of word $t$ is a dot product, as in lesson 13. All scores together are one
# product of matrices; so are all means (Vaswani et al. 2017, eq. 1):
#
# $$
# S = \frac{Q K^\top}{\sqrt{d}}, \qquad A = \mathrm{softmax}(S) \;\text{ row by row}, \qquad Y = A V
# $$
#
# Row $t$ of $A$ is the look of word $t$: shares that add up to 1. This is **self-attention**. Nothing is handed on from
# word to word. An LSTM needs $T$ steps, each waiting for the one before; here are three products, of whatever length
# the sentence is.
#
# ## Why the root of d?
#
# Let the $d$ entries of a query and of a key be independent, with mean 0 and variance 1. Each product $q_i k_i$ has
# variance 1 too, and a sum of $d$ of them has variance $d$. So the longer the vectors, the further apart are the
# scores. What does a softmax make of them? From lesson 14 we know how much of a nudge it lets through:
# $\partial \alpha_i / \partial e_i = \alpha_i (1 - \alpha_i)$. With one share near 1, and the others near 0, that is
# nothing. Measure it, with eight keys:

# %%
import numpy as np

from minisat.captioner.decoding import greedy
from minisat.evaluation import corpus_bleu
from minisat.nn import LayerNorm, MultiHeadAttention, Positions, ScaledDotProduct, Softmax
from minisat.teaching import compared, panels, rounds, seeds_table, show, spotlight
from minisat.teaching.toy_captioner import ToyPhotos, learn, see
from minisat.text import START

rng = np.random.default_rng(0)
print("   d   deviation of q · k   largest share, passed on   the same, divided by √d")
for d in (4, 64, 1024):
    queries, keys = rng.standard_normal((rounds(2000, short=50), 1, d)), rng.standard_normal((1, 8, d))
    scores = (queries * keys).sum(axis=2)
    told = []
    for shares in (Softmax()(scores), Softmax()(scores / d**0.5)):
        told += [shares.max(axis=1).mean(), (shares * (1 - shares)).sum(axis=1).mean()]
    print("{:>4}   {:>18.1f}   {:>13.2f}   {:>9.2f}   {:>14.2f}   {:>6.2f}".format(d, scores.std(), *told))

# %% [markdown]
# The deviation grows as $\sqrt d$. Undivided, a look is decided before anything has been learnt, and next to nothing of
# the gradient passes. Divided, it is the same for vectors of any length.
#
# ## Nobody may see what comes later
#
# A captioner is asked, at each word, for the next one. If word $t$ could ask word $t + 1$, it would be told the answer.
# So before the softmax every score above the diagonal is set to $-\infty$: then its share is 0, and those that are left
# add up to 1. That is the **causal mask**. And look what it buys. Row $t$ depends on the words up to $t$, as the state
# of an LSTM would. So *one* pass answers all $T$ questions of a caption, each as if the sentence ended there, and all
# of its words learn at once. Teacher forcing (lesson 12) is what makes it possible: the true words are known before.

# %%
words, d = 5, 4
queries, keys, values = rng.standard_normal((3, words, d))
looks = ScaledDotProduct(causal=True)
(y, shares), cache = looks.forward(queries, keys, values)
print(np.round(shares, 2))
(other, _), _ = looks.forward(queries, keys, values + np.eye(words)[-1:].T)  # the last word says something else
print("rows of the answer that change:", np.flatnonzero((other != y).any(axis=1)))

# %% [markdown]
# Why not after the softmax, setting shares to 0? Then a row would add up to less than 1, and how much less would be
# told by the words that nobody was to see.
#
# ## The way back
#
# Read forward from its last line up. In $Y = A V$, value $s$ went to word $t$ with the share $A_{ts}$, and comes back
# with it. A share is judged by what its value has to do with what was wanted:
#
# $$
# dV = A^\top dY, \qquad dA = dY\, V^\top
# $$
#
# Through the softmax, row by row, as in lesson 14 ($\odot$ multiplies entry by entry):
#
# $$
# dS_{ts} = A_{ts} \Bigl( dA_{ts} - \sum_u A_{tu}\, dA_{tu} \Bigr)
# $$
#
# Where the mask was, $A_{ts} = 0$, and so $dS_{ts} = 0$: the mask needs no line of its own. And in
# $S = Q K^\top / \sqrt d$ each query met every key:
#
# $$
# dQ = \frac{dS\, K}{\sqrt d}, \qquad dK = \frac{dS^\top Q}{\sqrt d}
# $$
#
# The transpose says who hears from whom. A word's *query* hears from the words that it has asked; its *key* and *value*
# hear from all words that have asked it. A word early in the sentence hears from every later one, directly: no gradient
# has to come back through a chain of states (lesson 9). At last $X$ was used three times, so
# $dX = dQ\, W_q^\top + dK\, W_k^\top + dV\, W_v^\top$.

# %%
dy = rng.standard_normal(y.shape)
dshares = dy @ values.T
dscores = shares * (dshares - (shares * dshares).sum(axis=1, keepdims=True))
by_hand = dscores @ keys / d**0.5, dscores.T @ queries / d**0.5, shares.T @ dy
for name, ours, theirs in zip(("dQ", "dK", "dV"), by_hand, looks.backward((dy, None), cache)):
    print(f"{name} by hand is that of the layer: {np.allclose(ours, theirs)}")
print("gradient above the diagonal:", np.abs(np.triu(dscores, 1)).max())

# %% [markdown]
# **Several heads.** One look has one set of shares; a word might want the noun before it *and* the place of the next
# thing. So the $d$ columns are cut into $h$ **heads**, each with queries, keys, values and shares of its own, and the
# answers are laid side by side again and mixed by one more matrix: `nn/multi_head_attention.py`. Cutting and joining
# only give numbers new places; back, each goes to where it came from.
#
# ## Where is which word?
#
# A mean does not know in which order its parts stood. Let the last word of a sentence ask all before it, then shuffle
# these:

# %%
sentence = rng.standard_normal((1, 6, 8))
shuffled = sentence[:, [3, 0, 4, 1, 2, 5]]  # the last word stays the last
attention = MultiHeadAttention(8, 8, 8, 2, causal=True, rng=rng).astype("float64")
for name, place in (("as they are", lambda x: x), ("with positions", Positions())):
    answers = [attention(place(x), place(x))[0][0, -1] for x in (sentence, shuffled)]
    print(f"{name:<15} what the order of the words changes: {np.abs(answers[0] - answers[1]).max():.3f}")

# %% [markdown]
# To it, "a cup below a box" and "a box below a cup" are one. So each word is given its place, as our eye gives each
# place of the photo its own: a vector $p_t$ is added, made of waves of different lengths,
# $p_{t,2i} = \sin(t\, \omega_i)$ and $p_{t,2i+1} = \cos(t\, \omega_i)$ with $\omega_i = 10000^{-2i/M}$. Why waves? By
# the addition theorems,
#
# $$
# \sin((t + k)\,\omega) = \sin(t \omega) \cos(k \omega) + \cos(t \omega) \sin(k \omega)
# $$
#
# and likewise the cosine: $p_{t+k}$ is $p_t$ times a matrix that depends on $k$ alone. "Two words before me" can be
# asked with one $W_q$, wherever in the sentence one is.
#
# ## A path around, and a norm
#
# Now stack it: what was answered can ask again. Lessons 9 and 10 have shown what many steps one after the other do to
# a gradient, and what helps: a path on which it is not multiplied. Here it is the **residual connection** (He et al.
# 2016):
#
# $$
# y = x + f(x), \qquad dx = dy + \text{what } f \text{ sends back}
# $$
#
# It is the LSTM's $c_t = f \odot c_{t-1} + i \odot g$ with both gates always open. But sums grow from step to step. So
# what $f$ is given goes through **layer normalisation** first (Ba et al. 2016): each word's vector is brought to mean 0
# and variance 1, by itself, $\hat x = (x - \mu) / \sigma$. And back? $\mu$ and $\sigma$ depend on every entry. But
# shift all entries alike, or stretch them about their mean, and $\hat x$ stays what it is. So the gradient can have no
# part along these two directions. The formula takes both out:
#
# $$
# dx = \frac{1}{\sigma} \Bigl( d\hat x - \mathrm{mean}(d\hat x) - \hat x \; \mathrm{mean}(\hat x \odot d\hat x) \Bigr)
# $$

# %%
norm, x, dx_hat = LayerNorm(6, affine=False, eps=0.0), 3 + 2 * rng.standard_normal(6), rng.standard_normal(6)
x_hat, norm_cache = norm.forward(x)
dx = norm.backward(dx_hat, norm_cache)
print(f"along a shift {abs(dx.sum()):.3f}, along a stretch {abs((dx * (x - x.mean())).sum()):.3f}, "
      f"in all {np.abs(dx).sum():.3f}")

# %% [markdown]
# ## A captioner
#
# That is all. A **block** of a transformer's decoder is three steps, each with a norm before it and a path around it:
# words ask words; words ask the photo's places (the same layer, with queries from the words, and keys and values from
# the places); and each word thinks for itself, $W_2\, \mathrm{relu}(W_1 x + b_1) + b_2$. Between the word vectors and
# the logits stand two such blocks, of two heads each. `captioner/transformer.py` has a loop over blocks and none over
# words. The loss is $-\log p$ of the next word, as ever, and its gradient begins with $p - y$.
#
# It learns from the 400 photos of lesson 15, five times over; and so does, three times over, one whose words may see
# what comes later.

# %%
SIZES = {"embedding_size": 32, "attention_size": 32, "hidden_size": 64, "blocks": 2, "heads": 2, "rate": 0.01}
photos = ToyPhotos(train=rounds(400, short=16), test=rounds(200, short=16))
photos.train, photos.test = (part._replace(features=see(part.scenes, blur=0)) for part in (photos.train, photos.test))


def unmask(objective):
    for block in objective.captioner.blocks:
        block.words.attention.causal = False


captioners = {}
for name, epochs, change in (("causal", 5, None), ("no mask", 3, unmask)):
    captioners[name], losses = learn(photos, rounds(epochs, short=1), "transformer", change=change, **SIZES)
    spoken = greedy(captioners[name], photos.test.features, 20)
    captions = [photos.vocabulary.decode(caption.ids) for caption in spoken]
    print(f"{name:<8} loss {losses[-1]:.2f}   BLEU-4 {corpus_bleu(captions, photos.test.references).bleu_4:.2f}   "
          f"“{' '.join(captions[0][:9])}”")

# %% [markdown]
# The second has the loss of a genius and can say nothing. In training it read each answer one place to its right;
# when it speaks, there is nothing on its right. A loss that is too good to be true deserves a second look (lesson 19).
#
# Is the first better than the LSTM? Both were taught with the same photos, for as many steps, from eight different
# beginnings each (`lessons/seeds.py`; the LSTM is lesson 15's with $\lambda = 0$):

# %%
table = {"LSTM": seeds_table()["everywhere"]["λ = 0"], "transformer": seeds_table()["without_the_loop"]["transformer"]}
for score, key in (("BLEU-4", "bleu_4"), ("pointing", "pointing"), ("both named", "both")):
    print(f"{score:<10}", *(f"  {name} {np.mean(found[key]):.2f}" for name, found in table.items()))
    compared(f"{score}, transformer − LSTM", table["LSTM"][key], table["transformer"][key])

# %% [markdown]
# Whether its captions are better or worse, eight seeds leave open;<!-- rests on: BLEU-4, transformer − LSTM:
# holds 0 --> so they do for naming both things.<!-- rests on: both named, transformer − LSTM: holds 0 -->
# It points worse.<!-- rests on: pointing, transformer − LSTM: below 0 -->
# That is less strange than it sounds. Its maps are the mean of two heads in the last of two blocks, and much of what it
# knows of the photo came in through the first block, or was asked of words that had looked before. So a map says less
# about a word than the LSTM's did. And do not read this as a contest of two inventions: the transformer has about
# 29,000 weights here, the LSTM 15,000, and each had a step size that suits it. In two thousand short captions there
# is little that a state of 32 numbers could not carry. What a transformer is good for begins where one has far more
# text, longer text, and processors that want to be busy all at once.
#
# Here is one caption. Above, the photo, and where it looks when it is about to say each word. Below, which words look
# at which, a table for each head: rows ask, columns answer.

# %%
shown, said = rounds(106, short=0), "a box in purple below a cup in green".split()
ids = np.array([[START, *photos.vocabulary.encode(said)]])
(_, alphas), cache = captioners["causal"].forward(photos.test.features[shown:shown + 1], ids)
frames = list(zip(["the photo", *said], [None, *alphas[0]]))
figure, axes = panels(3, 5, size=(8.4, 6.6))
for axis, (word, alpha) in zip(axes[:2].flat, frames):
    spotlight(axis, photos.test.scenes[shown], alpha, alphas.max())  # one scale for all of them
    axis.set_title(word)
asked = [weights for block in cache.blocks for weights in block.words.attention.weights[0]]
for head, (axis, weights) in enumerate(zip(axes[2], asked)):
    axis.imshow(weights, cmap="Greys", vmin=0, vmax=1)
    axis.set_title(f"block {head // 2 + 1}, head {head % 2 + 1}")
    axis.set_xticks(range(len(said) + 1), ["start", *said], rotation=90, fontsize=6)
    axis.set_yticks(range(len(said) + 1), ["start", *said] if head == 0 else [""] * (len(said) + 1), fontsize=6)
    axis.tick_params(length=0)
axes[2, 4].axis("off")
show(figure, "asking", "A photo with a purple box below a green cup. Above, for each word of the caption 'a box in "
     "purple below a cup in green' the same photo, bright where the last block looked: at the box for box and purple, "
     "at the cup for cup and green. Below, four triangular tables of words asking words: in the first, several rows "
     "have one dark field just left of the diagonal")

# %% [markdown]
# The photo is read as in lesson 14: box, box, then cup, cup; for *in* and *below* the looks go where nothing is. (It is
# the mean of the last block's two heads.) The tables are new. In the first, *box* asks *a*, *purple* asks *in*, *cup*
# asks *a*, *green* asks *in*: this head has found "the word right before me", with no help but the waves. In the
# second, the later *a* and the later *in* both ask *purple*, two and four words before them: a colour that was said
# need not be carried along, one can go and look it up. And *start* is asked by those that, it seems, have nothing to
# ask. The warning of lesson 14 holds here twice: a table says where numbers came from, not why a word was said.
#
# ## What it costs
#
# For a sentence of $T$ words with vectors of $d$ numbers, an LSTM computes some $8 T d^2$ products in its gates.
# Self-attention computes $4 T d^2$ in its four matrices and $2 T^2 d$ in scores and means. A caption is short, $T = 12$
# against $d = 512$: there the scores cost next to nothing. A book is long: there $T^2$ is the price. What one buys is
# not fewer products but that they need not wait for each other. An LSTM's steps come one after the other, however many
# processors stand by.
#
# When it *speaks*, a transformer must wait too, since the next word is not there yet. But it need not begin anew with
# each word: earlier words see nothing of later ones, so their keys and values stay what they were. They are kept (the
# **key-value cache**), and a new word costs one row. Exercise 22b is about it. And here is the price of having no
# state: the LSTM keeps one vector, however much has been said; these keep all of it.
#
# ## Your turn
#
# Write the backward pass of scaled dot-product attention with its mask. Batches, heads and the mask come for free, if
# the formulas above are written for the last two axes. The shares are given out as well, for pictures and penalties,
# so a gradient may come back through them, too.
#
# ```
# minisat lesson check 22
# ```
#
# **What remains:** scores, shares, a mean, once more; every word asks all before it in one product; the mask lets a
# whole caption learn at once; positions say where, norms and paths around keep the gradient alive. What came of it is
# told in [what came next](../what_came_next.md).
