# %% [markdown]
# # 4. Why dense vectors
#
# *The question:* a network computes with numbers, and "dog" is no number. How does a word get in, and why as a short
# list of learnt numbers instead of a 1 in its own place?
#
# You need lessons 1 and 2. Twenty minutes.

# %% [markdown]
# ## A one in its own place
#
# Give each of the $V$ words a number, its id. The plainest vector for word $v$ is **one-hot**: $V$ zeros with a 1 at
# place $v$. It claims nothing about words, and that is its weakness: any two different words are equally far apart,
# $\sqrt 2$, and their product (entry times entry, and the sum of that) is 0. *Dog* is as near to *puppy* as to *sky*.
# Whatever a network learns about one it learns about no other.
#
# Now send a one-hot row through the affine map of lesson 1, without bias. Of the sum $\sum_i x_i W_{ij}$ one term is
# left:
#
# $$
# \mathrm{onehot}(v)\, W = W_v
# $$
#
# The product *is* row $v$ of $W$. So nobody multiplies: one **looks the row up**. That row, $M$ numbers that learning
# may move wherever they are useful, is the word's dense vector, and $W$, of shape $(V, M)$, is the embedding.

# %%
import numpy as np

from minisat.nn import CrossEntropy, Embedding, Linear, Sequential
from minisat.teaching import MUTED, PALETTE, panels, rounds, show

V, M = 6, 3
embedding = Embedding(V, M, rng=0).astype("float64")
ids = np.array([4, 1, 4])
onehot = np.eye(V)[ids]
print("the product equals the look-up:", np.array_equal(onehot @ embedding.W.data, embedding(ids)))
print(f"for 2,500 words and 256 numbers each: {2500 * 256:,} multiplications per word, or none")

# %% [markdown]
# ## The way back
#
# The look-up is the same function as the product, so it has the same gradient, $dW = \mathrm{onehot}^\top dY$: almost
# all zeros, and row $k$ of $dY$ is added to row $\mathrm{ids}_k$ of $dW$. **Added**, because a word may come twice,
# as in "*the* dog chases *the* ball". A nudge of its row then moves the loss in both places.
#
# Here is the trap. NumPy's `dW[ids] += dY` looks like that and is not: it reads all the rows, adds, and writes all of
# them back, so of a repeated word only the last place survives. No error, no warning; a model that learns a little
# worse.

# %%
dY = np.ones((3, M))
lost = np.zeros((V, M))
lost[ids] += dY
right = onehot.T @ dY
print("word 4 came twice. dW[ids] += dY gives", lost[4], "instead of", right[4])
_, cache = embedding.forward(ids)
embedding.backward(dY, cache)
print("minisat's embedding agrees with the product:", np.array_equal(embedding.W.grad, right))

# %% [markdown]
# A second trap: ids that do not exist. In NumPy, `W[-1]` quietly gives the *last* word. On a GPU, an id past the end
# may pass just as quietly: CuPy wraps it round to another word, and other libraries return `nan`. If training on a GPU
# ends in `nan` after the tokenizer (which turns words into ids) was changed, look at the largest id first; popular
# notes blame the learning rate. minisat checks ids once, when a batch is made.

# %% [markdown]
# ## What learning does with the freedom
#
# A tiny language: eight words, and a network that guesses the next word from the present one, through *two* numbers for
# each word. Nobody tells it that there are animals, colours and deeds.

# %%
animals, colours, deeds = ["dog", "cat", "bird"], ["red", "black", "white"], ["runs", "sleeps"]
words = colours + animals + deeds
pairs = [(colour, animal) for colour in colours for animal in animals]
pairs += [(animal, deed) for animal in animals for deed in deeds]
pairs += [(deed, colour) for deed in deeds for colour in colours]
present, following = (np.array([words.index(word) for word in column]) for column in zip(*pairs))

network = Sequential(Embedding(len(words), 2, rng=3), Linear(2, len(words), rng=3)).astype("float64")
loss = CrossEntropy()
before = network.layers[0].W.data.copy()
for step in range(rounds(600, short=50)):  # 600; a test that only tries the lesson takes 50
    logits, caches = network.forward(present)
    value, loss_cache = loss.forward(logits, following)
    network.zero_grad()
    network.backward(loss.backward(1.0, loss_cache)[0], caches)
    for parameter in network.parameters():
        parameter.data -= 1.0 * parameter.grad
    if step % 150 == 0:
        print(f"step {step:>3}: surprise {value:.3f}")
# a word with n followers: each of them can be given 1/n at best
floor = -np.mean([np.log(1 / (present == word).sum()) for word in present])
print(f"finally:  surprise {value:.3f}; the best possible here is {floor:.3f}")

# %%
figure, (left, right) = panels(1, 2, size=(6.6, 3.4))
kinds = [PALETTE[0]] * len(colours) + [PALETTE[1]] * len(animals) + [PALETTE[2]] * len(deeds)
for axis, table, title in ((left, before, "Before learning"), (right, network.layers[0].W.data, "After learning")):
    axis.scatter(table[:, 0], table[:, 1], color=kinds, s=28)
    reach = 1.25 * np.abs(table).max()
    axis.set(xlim=(-reach, reach), ylim=(-reach, reach), title=title, xlabel="first number", ylabel="second number")
    axis.axhline(0, color=MUTED, linewidth=0.4)
    axis.axvline(0, color=MUTED, linewidth=0.4)
for word, (x, y) in zip(words, before):
    beside = {"xytext": (-5, 2), "ha": "right"} if word == "bird" else {"xytext": (4, 3)}  # clear of the axis
    left.annotate(word, (x, y), textcoords="offset points", fontsize=8, **beside)
for kind, colour in (("colours", PALETTE[0]), ("animals", PALETTE[1]), ("deeds", PALETTE[2])):
    left.scatter([], [], color=colour, s=28, label=kind)
figure.legend(frameon=False, fontsize=8, loc="outside lower center", ncols=3)
vectors = network.layers[0].W.data
for group, colour in ((colours, PALETTE[0]), (animals, PALETTE[1]), (deeds, PALETTE[2])):
    x, y = vectors[[words.index(word) for word in group]].mean(axis=0)
    right.annotate("\n".join(group), (x, y), xytext=(-9 if x > 0 else 9, 0), textcoords="offset points",
                   fontsize=8, color=colour, va="center", ha="right" if x > 0 else "left")
show(figure, "embedding", "Two numbers for each of eight words. Before learning they lie anywhere; afterwards colours, "
     "animals and deeds have each gathered in one place")

# %% [markdown]
# (The best possible is not 0: a colour may be followed by three animals, an animal by two deeds, each as likely as the
# other, and nobody can know which.) Words that are followed by the same words end up in the same place, because the
# same pushes have moved them. This is what dense vectors are for: *what is learnt about one word is learnt about those
# near it*.
#
# ## Your turn
#
# Write the backward pass of the look-up, so that repeated words count.
#
# ```
# minisat lesson check 4
# ```
#
# **What remains:** an embedding is a matrix product that nobody carries out; its gradient adds rows, repeats included.
# Next: not a language made for the purpose, but sentences. What does a word's company say about the word?
