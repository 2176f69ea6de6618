# %% [markdown]
# # 5. Meaning from context
#
# *The question:* nobody has defined "ball" for the machine. It has only read sentences. How can it find out that a
# ball is something like a sphere, and red something like blue?
#
# You need lessons 1 to 4. Twenty minutes.

# %% [markdown]
# ## Fill the gap
#
# "There is only a ___ cat." You know what kind of word is missing, from the words around it. The **continuous bag of
# words**, CBOW (Mikolov et al. 2013), turns that into a task: take the vectors of the words around the gap, average
# them, and guess the word in the middle with a softmax.
#
# $$
# h = \frac{1}{|B|} \sum_{v \in B} W_v, \qquad p = \mathrm{softmax}(h\, U^\top), \qquad \ell = -\log p_{\text{centre}}
# $$
#
# $B$ is the bag of context words (the order is lost: hence *bag*), $W$ the input vectors, $U$ the output vectors. Both
# have a row of $M$ numbers for each word. The guess is only the pretext. What we keep is $W$.
#
# ## The derivation
#
# From the end: $p - y$ on the scores (lesson 2). They come from an affine map whose weights are $U^\top$, and it sends
# back $dh = (p-y)\,U$ (lesson 1). Now the mean. Nudge one entry of $W_v$: $h$ moves by $1/|B|$ of it for each place
# that $v$ has in the bag. So
#
# $$
# dW_v \mathrel{+}= \frac{1}{|B|}\, dh \qquad \text{for every place of } v \text{ in } B
# $$
#
# added, as in lesson 4, since words repeat. Two words that keep appearing around the same centres are pushed the same
# way, over and over. *That* is how meaning comes from context.
#
# Sentences end, so windows at their edges are shorter. The bags of a batch are padded, a **mask** says what is real,
# and $|B|$ counts real words only. Dividing by the width of the window instead is a common slip: it shrinks the
# means $h$ at the edges.

# %%
import numpy as np

from minisat.data.toy_world import ToyWorld
from minisat.data.toy_world.things import COLOURS, NOUNS
from minisat.teaching import PALETTE, name_points, panels, rounds, show
from minisat.word2vec import Settings, train
from minisat.word2vec.bag import Bag

bag = Bag(V=5, M=2, rng=0).astype("float64")
ids = np.array([[3, 1, 3], [2, 0, 0]])
mask = np.array([[True, True, True], [True, False, False]])  # the second bag holds one word
h, cache = bag.forward(ids, mask)
bag.backward(np.array([[3.0, 0.0], [0.0, 1.0]]), cache)
print("what each word's vector was sent:")
for word, gradient in enumerate(bag.W.grad):
    print(f"  word {word}: {gradient}")

# %% [markdown]
# Word 3 was in the first bag twice and gets two thirds, word 1 one third. Word 2 had its bag to itself and gets all.
# Word 0 is padding and gets nothing. (The original program, word2vec.c, and gensim after it leave the factor $1/|B|$
# out on the way back. What is left is $|B|$ times the gradient for these vectors. Is that harmless? You will often read
# that skip-gram, the next lesson's method, learns better vectors than CBOW. İrsoy, Benton and Stratos (2021, "Corrected
# CBOW Performs as well as Skip-gram") blame just this factor: with the true gradient they found CBOW as good, and
# faster. minisat has both ways; only the gradient itself passes the gradient check.)

# %% [markdown]
# ## Reading
#
# Our book is written by the toy world: captions of coloured things, as in "a red ball above a blue cat". We take a
# window of two words on each side, and guess among all words.

# %%
scenes = ToyWorld(seed=0).scenes("train", rounds(300, short=60))
sentences = [caption.split() for scene in scenes for caption in scene.captions]
print(f"{len(sentences)} sentences, for example: {' '.join(sentences[0])}")
settings = Settings(method="cbow", output="full-softmax", dim=16, window=2, min_count=5, subsample=0, exact_mean=True,
                    epochs=rounds(15, short=1), learning_rate=0.1, seed=1)
vectors = train(sentences, settings)
for word in ("red", "ball", "left"):
    near = ", ".join(f"{other} {cosine:.2f}" for other, cosine in vectors.neighbours(word, 4))
    print(f"near {word}: {near}")

# %% [markdown]
# Each number is the cosine of the angle between two vectors: 1 if they point the same way, 0 at a right angle. No
# picture, no dictionary: only who stands next to whom. Drawn on the two directions in which the vectors differ
# most (of sixteen), the colours have found each other, and so have the things.

# %%
nouns = {noun for names in NOUNS.values() for noun in names}
centred = vectors.unit_vectors - vectors.unit_vectors.mean(axis=0)
directions = np.linalg.svd(centred.astype("float64"), full_matrices=False)[2][:2]  # those of the largest differences
directions *= np.sign(directions[np.arange(2), np.abs(directions).argmax(axis=1)])[:, None]
places = centred @ directions.T
kinds = {"where": {"above", "over", "below", "under"}, "things": nouns - {"auto"}, "colours": set(COLOURS)}
colours = dict(zip(kinds, (PALETTE[2], PALETTE[0], PALETTE[1])))
kind_of = [next((kind for kind, members in kinds.items() if word in members), "other") for word in vectors.words]
figure, axis = panels(size=(8, 4.8))
axis.scatter(*places.T, color=[colours.get(kind, PALETTE[5]) for kind in kind_of], s=18)
axis.set(ylim=(-0.9, 0.8), title="Words by the company they keep", xlabel="first direction",
         ylabel="second direction")
frames = [(axis, "other", slice(None), [word if kind == "other" else "" for word, kind in zip(vectors.words, kind_of)])]
for number, kind in enumerate(kinds):
    rows = [row for row, each in enumerate(kind_of) if each == kind]
    enlarged = axis.inset_axes([0.265, 0.69 - 0.345 * number, 0.365, 0.28], xticks=[], yticks=[], facecolor="none")
    enlarged.scatter(*places[rows].T, color=colours[kind], s=18)
    enlarged.margins(0.18, 0.2)
    enlarged.spines[:].set_color(colours[kind])
    enlarged.set_title(f"{kind}, enlarged", fontsize=8, color=colours[kind], loc="left", pad=2)
    frames.append((enlarged, kind, rows, [vectors.words[row] for row in rows]))
for each, kind, rows, names in frames:
    name_points(each, places[rows], names, colours.get(kind, PALETTE[5]))
show(figure, "company", "A map of the words of the toy world's captions: colours lie together, names of things lie "
     "together, and so do the words that say where")

# %% [markdown]
# One thing stands apart, *auto*. Can you see why? It is the only thing that begins with a vowel: its neighbour is *an*,
# where the others have *a*. The vectors hold what the company of a word gives away, and nothing else.
#
# Popular notes often throw "stop words" (*a*, *is*, *to*) out of the captions first. For word vectors of long texts
# that can be a shortcut. For a captioner it is a mistake: what it never reads it can never say, and "dog park" is no
# sentence. To weaken frequent words in word2vec one thins them out at random (`Settings.subsample`), and keeps them
# in the captions.
#
# ## Your turn
#
# Write the backward pass of the masked mean, from $dh$ to the rows of $W$.
#
# ```
# minisat lesson check 5
# ```
#
# **What remains:** guess a word from its neighbours, and words with similar neighbours get similar vectors; a mean
# hands each member its share. Next: must one really score *every* word for every guess?
