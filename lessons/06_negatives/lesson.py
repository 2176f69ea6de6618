# %% [markdown]
# # 6. Must we score every word?
#
# *The question:* in lesson 5 every guess scored all $V$ words, to learn from a single one of them. With forty words
# nobody minds. With a million? Could a few scores do as well?
#
# You need lessons 1, 2, 4 and 5. Twenty minutes.

# %% [markdown]
# ## CBOW turned round
#
# CBOW takes the neighbours together and guesses the word in the middle. **Skip-gram** (Mikolov et al. 2013a) turns it
# round: it takes the word in the middle, $c$, and guesses its neighbours one by one. There is nothing to average, so
# it is even simpler. For a neighbour $o$:
#
# $$
# h = W_c, \qquad s_v = h \cdot U_v, \qquad p = \mathrm{softmax}(s), \qquad \ell = -\log p_o
# $$
#
# Each **score** $s_v$ is one product of two vectors. A guess needs $V$ of them. And on the way back $p - y$ is zero
# for no word at all, so all $V$ rows of $U$ are moved, most of them by next to nothing.
#
# ## An easier question
#
# The guess was only a pretext: what we keep is $W$. So we are free to ask something cheaper, as long as words that keep
# similar company still have to give similar answers. For instance: *"Here are a few words. One of them did stand next
# to the dog. The others I drew from a hat. Say of each: is it the real one?"* This is **negative sampling** (Mikolov et
# al. 2013b, eq. 4), and the $k$ drawn words are the negatives.
#
# A yes or no has to come from a score. Lesson 2 did this for many words; for two answers, let *yes* have the logit
# $s$ and *no* the logit 0:
#
# $$
# \sigma(s) = \frac{e^s}{e^s + e^0} = \frac{1}{1 + e^{-s}}, \qquad 1 - \sigma(s) = \sigma(-s)
# $$
#
# That is the **sigmoid**: a softmax over yes and no. ($1 - \sigma(s)$, the probability of *no*, is the same with the
# sign of $s$ turned.) The loss is the surprise about all $1 + k$ answers:
#
# $$
# \ell = -\log \sigma(s_o) - \sum_{j=1}^{k} \log \sigma(-s_{n_j}) \qquad n_1, \dots, n_k \text{ drawn}
# $$
#
# This takes $1 + k$ products, whatever $V$ is. A few negatives will do. Without any, the machine would learn to say
# *yes* to everything, and nothing would keep the words apart.

# %% [markdown]
# ## The derivation
#
# Give each of the $1 + k$ words its label: $y_j = 1$ for the neighbour, 0 for a drawn one. First the slope of the
# sigmoid:
#
# $$
# \sigma'(s) = \frac{e^{-s}}{(1 + e^{-s})^2} = \sigma(s)\,(1 - \sigma(s))
# $$
#
# Where the answer should be *yes*, the cost is $-\log \sigma(s)$, with the derivative
# $-\sigma'/\sigma = \sigma(s) - 1$. Where it should be *no*, the cost is $-\log(1 - \sigma(s))$, with the derivative
# $\sigma'/(1-\sigma) = \sigma(s) - 0$. Both at once:
#
# $$
# ds_j = \sigma(s_j) - y_j
# $$
#
# What you said minus what was right, as in lesson 2, for each word alone. Now the vectors. Entry by entry,
# $s_j = \sum_m h_m U_{jm}$, where $U_j$ is short for the output vector of the $j$-th word in the list.
#
# * Nudge $U_{jm}$. Only $s_j$ moves, by $h_m$. So $dU_j \mathrel{+}= ds_j\, h$ for every place $j$ in the list:
#   **added**, since a word can be drawn twice.
# * Nudge $h_m$. Every score moves, $s_j$ by $U_{jm}$. So $dh = \sum_j ds_j\, U_j$.
# * $h$ is row $c$ of $W$, a look-up. So $dW_c \mathrel{+}= dh$ (lesson 4).
#
# Learning steps the other way: the neighbour, whose $ds$ is negative, is pulled towards $h$, and a drawn word is pushed
# away from it, each in proportion to how wrong the answer was. No other row of $U$ has a gradient, so none is touched:
# the whole step is cheap, not just the guess.

# %%
import numpy as np

from minisat.data.toy_world import ToyWorld
from minisat.data.toy_world.things import COLOURS, NOUNS
from minisat.nn.activations import sigmoid
from minisat.teaching import PALETTE, panels, rounds, show
from minisat.word2vec import Settings, train
from minisat.word2vec.corpus import EncodedCorpus
from minisat.word2vec.negative_sampling import NegativeSampling
from minisat.word2vec.windows import keep_probabilities

layer = NegativeSampling(V=5, M=2).astype("float64")
layer.W.data[...] = [[1, 1], [2, 0], [0, 1], [-1, 2], [1, -1]]
h = np.array([[1.0, 0.5]])
loss, cache = layer.forward(h, np.array([1]), noise=np.array([[3, 3, 1]]))  # 1 is the neighbour; 3, 3 and 1 are drawn
dh, _ = layer.backward(1.0, cache)
for word, score, label in zip(cache.ids[0], cache.scores[0], (1, 0, 0, 0)):
    print(f"word {word}: says {sigmoid(score):.2f}, right is {label}")
for word, gradient in enumerate(layer.W.grad):
    print(f"gradient of output vector {word}: {np.round(gradient, 2)}")
print("gradient of h:", np.round(dh[0], 2))

# %% [markdown]
# Check by hand: word 3 was drawn twice, each time with $ds = 0.5$, so its gradient is $2 \cdot 0.5\, h = h$. Word 1 has
# $(0.88 - 1)\, h$ for being the neighbour, and nothing for being drawn: to call it false in the same breath would make
# no sense, so such a draw is left out. Words 0, 2 and 4 were not asked.

# %% [markdown]
# ## Whom to draw, and whom to leave out
#
# The hat matters. Put in every word as often as the text has it, and you keep drawing *a* and *in*: the other words
# are hardly ever told apart. Put in every word once, and you mostly draw rarities, which nobody took for a neighbour
# anyway. Mikolov et al. (2013b, section 2.2) draw by the count to the power 3/4, in between, since that worked best.
# There is no derivation behind it.
#
# Frequent words are a waste among the true pairs, too, so some of their occurrences are left out: a word with the share
# $f$ of the text is kept with the probability $\sqrt{t/f} + t/f$, at most 1, for a threshold $t$. (So does word2vec.c;
# the paper has $\sqrt{t/f}$ alone.)

# %%
scenes = ToyWorld(seed=0).scenes("train", rounds(60, short=15))
sentences = [caption.split() for scene in scenes for caption in scene.captions]
corpus = EncodedCorpus(sentences, min_count=1)
counts = dict(zip(corpus.words, corpus.counts))
hats = {power: corpus.counts ** power / (corpus.counts ** power).sum() for power in (1, 0.75, 0)}
keep = keep_probabilities(corpus.counts, threshold=0.01)
print("word    of the text | drawn, by count  by count^3/4  each alike | kept")
for word in ("a", "in", "red", "ball", "trout"):
    row = corpus.words.index(word)
    drawn = "".join(f"{100 * hat[row]:>12.1f} %" for hat in hats.values())
    print(f"{word:<6} {100 * counts[word] / corpus.size:>10.1f} % |{drawn} | {100 * keep[row]:>3.0f} %")

# %% [markdown]
# ## Does it learn as well?
#
# We count products, not seconds: seconds tell about programs, products about the idea. The toy world has 41 words. We
# guess them with a window of two, once with the full softmax (41 products per guess) and once with five negatives (6
# products). To judge the vectors, take the 6 colours, 15 nouns and 4 prepositions. The five nearest to *red* should be
# the five other colours, the three nearest to *above* the three other prepositions, and so on: what share of them
# really are? By chance it would be 42 %.

# %%
kinds = {word: 0 for word in COLOURS}
kinds |= {noun: 1 for names in NOUNS.values() for noun in names if noun != "auto"}  # auto: see lesson 5
kinds |= {word: 2 for word in ("above", "over", "below", "under")}


def right_neighbours(vectors):
    """The share of a word's nearest that is of its kind: the five nearest of a colour, the 14 of a noun, …"""
    rows = [row for row, word in enumerate(vectors.words) if word in kinds]
    kind = np.array([kinds[vectors.words[row]] for row in rows])
    cosines = vectors.unit_vectors[rows] @ vectors.unit_vectors[rows].T
    np.fill_diagonal(cosines, -2)  # no word is its own neighbour
    shares = []
    for own, row in zip(kind, cosines):
        nearest = np.argsort(-row)[:(kind == own).sum() - 1]
        shares.append((kind[nearest] == own).mean())
    return np.mean(shares)


guesses = sum(4 * len(sentence) - 6 for sentence in sentences)  # two neighbours to each side, fewer at the ends
costs = {"full-softmax": len(corpus.words), "negative-sampling": 6}
found = {output: [] for output in costs}
for output, products in costs.items():
    for epochs in rounds((1, 2, 4, 8, 16), short=(1, 2)):
        settings = Settings(method="skip-gram", output=output, dim=16, window=2, dynamic_window=False, min_count=1,
                            subsample=0, negatives=5, epochs=epochs, learning_rate=0.05, fast=False, seed=1)
        share = right_neighbours(train(sentences, settings))
        found[output].append((epochs * guesses * products, share))
        print(f"{output:<17} read {epochs:>2} times: {epochs * guesses * products / 1e6:5.2f} million products, "
              f"{100 * share:3.0f} % right")

# %%
figure, (left, right) = panels(1, 2, size=(6.6, 3.3))
V = np.array([10, 1e6])
for line, name, place, colour in ((V, "full softmax: V", (12, 3e3), PALETTE[0]),
                                  (np.log2(V), "tree: about log₂ V", (6e3, 24), PALETTE[2]),
                                  (0 * V + 6, "five negatives: 6", (6e3, 2.3), PALETTE[1])):
    left.loglog(V, line, color=colour, linewidth=2)
    left.annotate(name, place, color=colour, fontsize=9)
left.set(xlabel="words in the vocabulary, V", ylabel="products for one guess", ylim=(1, 2e6),
         title="What a guess costs")
for output, name, place, colour in (("full-softmax", "full softmax", (1.4e6, 85), PALETTE[0]),
                                    ("negative-sampling", "five\nnegatives", (1.3e5, 79), PALETTE[1])):
    spent, share = np.array(found[output]).T
    right.semilogx(spent, 100 * share, "o-", color=colour, linewidth=2, markersize=4)
    right.annotate(name, place, color=colour, fontsize=9)
right.set(xlabel="products spent", ylabel="right neighbours, %", xlim=(4e4, 1.2e7), ylim=(55, 102),
          title="What it buys (V = 41)")
for axis in (left, right):
    axis.minorticks_off()
show(figure, "products", "Left: products for one guess against the size of the vocabulary; the full softmax grows with "
     "it, five negatives stay at six. Right: the share of right neighbours against products spent; five negatives get "
     "as far with a seventh of them")

# %% [markdown]
# After the same number of readings the vectors are about as good, for a seventh of the products. A seventh is $6/41$;
# with a larger vocabulary it would be far less, for the 2,500 words of a captioner $6/2500$.
#
# (The third line on the left is **hierarchical softmax**: the words are the leaves of a tree, and one guesses the turns
# on the way down, each a sigmoid.)
#
# ## What is given up
#
# A softmax says how probable a word is. The new scores do not: nothing makes their exponentials sum to 1. They aim at
# something else, how many times *more often than by chance* two words meet; [one page](../pmi.md) derives it, for those
# who like to know. A captioner has to *choose* its next word, so it will score all of them to the end of this course.
#
# ## Your turn
#
# Write the backward pass of negative sampling: the scores, the output vectors, and $h$.
#
# ```
# minisat lesson check 6
# ```
#
# **What remains:** to learn vectors one need not choose among all words; telling the real one from a few drawn ones
# will do, and its gradient is again what you said minus what was right. Words are in now. Next: how does a *picture*
# get in?
