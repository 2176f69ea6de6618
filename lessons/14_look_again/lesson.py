# %% [markdown]
# # 14. Look again at every word
#
# *The question:* one vector knows what is in a photo, but not what is where (lesson 12). A score says how well a place
# fits what the speaker has in mind (lesson 13). How do scores become a look? And how does a captioner learn where to
# look, when all it is ever shown are photos and sentences?
#
# You need lessons 2, 12 and 13. Thirty minutes.

# %% [markdown]
# ## A look is a mean with chosen shares
#
# Take the scores $e_i$ of the $L$ places and make shares of them, all positive and together 1, as lesson 2 did with
# words. Then average the places with these shares:
#
# $$
# \alpha_i = \frac{\exp(e_i)}{\sum_j \exp(e_j)}, \qquad z = \sum_i \alpha_i\, a_i
# $$
#
# (Xu et al. 2015, eqs. 5 and 13). The $\alpha_i$ are the **attention**, the vector $z$ of $D$ numbers is the
# **context**: what was seen in this look. If all scores are alike, $\alpha_i = 1/L$ and $z$ is the mean over all
# places: the one vector of lesson 12. If one score is far above the others, $z$ is that place, alone. Between these
# ends attention is **soft**: it sees every place a little, some more than others, and a nudge of a score moves $z$ a
# little. That is what makes it learnable.
#
# Not every word needs the photo. In "to the left *of*" the *of* follows by itself. So the paper adds a **gate**, one
# number between 0 and 1 for each word, a sigmoid of the state as in lesson 10: $\beta = \sigma(h\, w_\beta + b_\beta)$.
# What goes on is $\beta z$.
#
# ## At every word anew
#
# Now put it into a captioner. Before each word, the state $h_{t-1}$ is the question:
#
# $$
# \begin{aligned}
# e_{ti} &= \mathrm{score}(K_i,\ h_{t-1}), \qquad \alpha_t = \mathrm{softmax}(e_t) \\
# z_t &= \sum_i \alpha_{ti}\, a_i, \qquad \beta_t = \sigma(h_{t-1}\, w_\beta + b_\beta) \\
# h_t, c_t &= \mathrm{LSTM}([E_{w_{t-1}},\ \beta_t z_t],\ h_{t-1}, c_{t-1}) \\
# p_t &= \mathrm{softmax}\big((E_{w_{t-1}} + h_t L_h + \beta_t z_t L_z)\, L_o\big)
# \end{aligned}
# $$
#
# with the other biases left out. ($L_h$, $L_z$ and $L_o$ are three matrices, named as in the paper; $L$ alone is still
# the number of places. And $t$ counts, as there, the word that is asked for, where lesson 12 counted the word that is
# read.) The LSTM reads the previous word and the look, side by side. The next word is guessed from the previous one,
# the new state, and once more from the look itself (eq. 7, the "deep output"). Before the first word, $h_0$ and $c_0$
# are made from the mean feature, by an affine map and tanh each. In lesson 12 the photo was shown once and had to be
# carried through the whole sentence. Here it stays in front of the speaker.
#
# ## The way back
#
# The words tell what is learnt: lesson 2's $p - y$ comes back through the LSTM and the output, and arrives at $\beta z$
# as a vector, $d(\beta z)$. The gate takes what is its own: $d\beta = \sum_d d(\beta z)_d\, z_d$, and lets
# $dz = \beta\, d(\beta z)$ through. Where the gate is shut, nothing is learnt about looking. Now the mean,
# $z_d = \sum_i \alpha_i a_{id}$.
#
# * Nudge $a_{id}$: $z_d$ moves by $\alpha_i$ of it. So $da_{id} = \alpha_i\, dz_d$: each place has its share of the
#   gradient. (In lesson 12 every place got the same, $1/L$.)
# * Nudge $\alpha_i$: each $z_d$ moves by $a_{id}$. So $d\alpha_i = \sum_d a_{id}\, dz_d = a_i \cdot dz$, a dot product.
#
# And the softmax. Nudge $e_i$. The top of the fraction $\alpha_i$ grows, and the sum below grows for *all* of them:
#
# $$
# \frac{\partial \alpha_j}{\partial e_i} = \alpha_j\,([i = j] - \alpha_i)
# $$
#
# for the top, $\exp(e_j)$, has itself as its slope and answers to $e_j$ alone: $[i = j]\,\alpha_j$. And with $S$ for
# the sum below, $1/S$ has the slope $-1/S^2$, which with $\partial S/\partial e_i = \exp(e_i)$ gives
# $-\exp(e_j) \exp(e_i)/S^2 = -\alpha_j \alpha_i$. All places answer to a nudge of $e_i$, so add them up:
#
# $$
# de_i = \sum_j d\alpha_j\, \alpha_j\,([i = j] - \alpha_i)
# = \alpha_i \Big( d\alpha_i - \sum_j \alpha_j\, d\alpha_j \Big)
# $$
#
# Two lines of code. But put the mean's answer in, and see what it *means*. The sum is
# $\sum_j \alpha_j\, a_j \cdot dz = z \cdot dz$, so
#
# $$
# de_i = \alpha_i \; (a_i - z) \cdot dz
# $$
#
# Learning moves against the gradient. $-dz$ is the direction in which the sentence would like what was seen to be
# different: *more red*. A place that is redder than the look as a whole gets a higher score, a place that is less red a
# lower one. Nobody has to say where to look. **What ought to have been seen decides where to look next time.**
#
# More can be read off that line. The $de_i$ add up to 0, since $\sum_i \alpha_i (a_i - z) = z - z$: one place's gain is
# the others' loss. The factor $\alpha_i$ says that a place that is hardly looked at hardly learns, so a look that is
# too sharp too early stays where it is. And where all places look alike, $a_i = z$, there is nothing to learn.

# %%
import numpy as np

from minisat.captioner.decoding import greedy
from minisat.data.toy_world import COLOURS, things_named, understand
from minisat.evaluation import corpus_bleu, pointing_game
from minisat.nn import Softmax, Sparsemax, WeightedSum
from minisat.teaching import panels, rounds, show, spotlight
from minisat.teaching.toy_captioner import ToyPhotos, learn, see

softmax, mean = Softmax(), WeightedSum()
places = np.array([[[1.0, 0.0], [0.0, 1.0], [0.5, 0.5], [0.0, 0.0]]])  # of each: how red it is, how blue
scores = np.array([[0.0, 0.0, 1.0, 0.0]])
alpha, softmax_cache = softmax.forward(scores)
z, mean_cache = mean.forward(alpha, places)
print("shares", np.round(alpha[0], 2), "  seen: red and blue", np.round(z[0], 2))

dz = np.array([[-1.0, 0.0]])  # the sentence wanted more red
dalpha, dplaces = mean.backward(dz, mean_cache)
de = softmax.backward(dalpha, softmax_cache)
print("push on each score, −de       ", np.round(-de[0], 3))
print("by hand, −α (a − z) · dz      ", np.round(-alpha[0] * ((places[0] - z[0]) @ dz[0]), 3))
print("push on each place's red, −da ", np.round(-dplaces[0, :, 0], 3))

# %% [markdown]
# The red place gains most. The third, half red and looked at most, gains a little; blue and empty places lose. The last
# line is the push on the features themselves. To a CNN trained with the captioner it would say: *be redder there*, each
# place by its share.
#
# ## Shares of exactly nothing
#
# The softmax gives every place something, for an exponential is never 0. There are other ways to make shares of scores.
# **Sparsemax** (Martins and Astudillo 2016) takes those shares, none negative and together 1, that lie nearest to the
# scores themselves. All scores are lowered by one threshold $\tau$, and what then lies below zero is cut off:
#
# $$
# \alpha_i = \max(e_i - \tau,\ 0), \qquad \sum_i \alpha_i = 1
# $$
#
# Why one threshold for all? If one place were lowered further than another, a little share passed from the other to it
# would bring the whole nearer to the scores. And which? If the $n$ best places are those that stay,
# $\tau = (\sum e_i - 1)/n$, the sum over these; of all $n$, take the one that gives the largest $\tau$.
#
# Back: nudge the score of a place that stays. $\tau$ rises by $1/n$ of the nudge, so the place's own share grows by
# $1 - 1/n$ of it, and each of the others loses $1/n$. A place that was cut off moves nothing:
#
# $$
# de_i = d\alpha_i - \frac{1}{n} \sum_j d\alpha_j \quad \text{where } \alpha_i > 0, \text{ else } 0
# $$
#
# With the mean's answer it is $de_i = (a_i - \bar a) \cdot dz$, with $\bar a$ the plain mean of the places that are
# seen: no factor $\alpha_i$. A place that is seen at all learns in full; one that is not learns nothing.

# %%
scores = np.array([[0.2, 0.0, 0.7, -0.5]])
for layer in (softmax, Sparsemax()):
    alpha, cache = layer.forward(scores)
    push = -layer.backward(dalpha, cache)[0]
    print(f"{type(layer).__name__:<9}  shares {np.round(alpha[0], 2)}   push on each score {np.round(push, 2) + 0}")

# %% [markdown]
# The fourth place gets nothing and is pushed nowhere; the third is as red as the mean of those that are seen. (In a
# recipe: `attention_function`. We go on with the softmax.)
#
# To see the mean and the softmax at work in a real training step, with their numbers:
# `minisat trace record --out step.json` records one and writes a page for your browser; look for `attend.softmax` and
# `attend.weighted_sum`.
#
# ## Let it learn
#
# Two captioners, taught five times over with the same 800 photos of the toy world. Both have the perfect eye of lesson
# 12, which writes down what covers each of 5 × 5 places, and where that place lies. One is that of lesson 12, which
# gets the mean over the 25 places. The other gets the 25 places, and attention with the additive score. It is
# an LSTM with a state of 32 numbers, since it need not carry the photo, and the first a GRU with 80. The difference is
# in favour of the first: as an LSTM of 32 it would get a BLEU-4 of 0.40, not the 0.63 below.

# %%
photos, spoken, looks = ToyPhotos(train=rounds(800, short=16), test=rounds(300, short=16)), {}, None


def seen(part, averaged):
    grids = see(part.scenes, blur=0)
    return part._replace(features=grids.mean(axis=1, keepdims=True)[:, :, :14] if averaged else grids)


for name, model, cell, size in (("one vector", "show-and-tell", "gru", 80), ("looks", "soft-attention", "lstm", 32)):
    photos.train, photos.test = (seen(part, averaged=name == "one vector") for part in (photos.train, photos.test))
    captioner, _ = learn(photos, rounds(5, short=1), model, cell=cell, hidden_size=size)
    looks = greedy(captioner, photos.test.features, 20)
    spoken[name] = [photos.vocabulary.decode(caption.ids) for caption in looks]

# %%
scenes, table = photos.test.scenes, {}
for name, captions in spoken.items():
    found = {"both things named": [], "whose colour": [], "who is where": [], "all of it true": []}
    for words, scene in zip(captions, scenes):
        claim, kinds = understand(words), [thing.kind for thing in scene.things]
        if len(kinds) != 2 or claim is None:
            continue
        colours = [thing.colour for thing in scene.things]
        found["all of it true"].append(claim.true_of(scene))
        found["both things named"].append(sorted(kind for kind, _ in claim.things) == sorted(kinds))
        if found["both things named"][-1]:
            first, second = (kinds.index(kind) for kind, _ in claim.things)
            found["who is where"].append((first, claim.where, second) in scene.relations)
            if sorted(colour for _, colour in claim.things) == sorted(colours) and colours[0] != colours[1]:
                found["whose colour"].append(sorted(claim.things) == sorted(zip(kinds, colours)))
    table[name] = found
print(f"{'of photos with two things':<26}", "".join(f"{name:>12}" for name in table))
for what in ("both things named", "whose colour", "who is where", "all of it true"):
    print(f"{what:<26}", "".join(f"{np.mean(found[what] or [0]):>12.2f}" for found in table.values()))
print(f"{'BLEU-4, of all photos':<26}",
      "".join(f"{corpus_bleu(captions, photos.test.references).bleu_4:>12.2f}" for captions in spoken.values()))

# %% [markdown]
# (*Whose colour* counts the captions that name both things and both colours, *who is where* those that name both
# things; guessing would get 0.50 and 0.25. BLEU-4 compares with what people said, 1 is best; lesson 18 is about it.)
# The looking captioner never mistakes whose colour is whose: it looks at one place, and kind and colour come together.
# It also knows better who is where, as the eye writes into each place where that place lies.
#
# In one respect it is *worse*: it leaves things out. Often it names one thing twice.

# %%
twice = [" ".join(words) for words in spoken["looks"] if (claim := understand(words)) is not None
         and len(set(claim.things)) < len(claim.things)]
print(f"{len(twice)} of {len(scenes)} captions name a thing twice:", *twice[:2], sep="\n    ")


def named(photo, word):
    """The masks of what `word` names in that photo: none for words like "of"."""
    return [scenes[photo].things[i].mask for i in things_named(word, scenes[photo])]


game = pointing_game(spoken["looks"], [caption.alphas for caption in looks], named)
print(f"{game.score:.2f} of the {game.counted} nouns and colours are looked at; by chance {game.chance:.2f}")
kinds = {"colours": [], "things": [], "other words": []}
for photo, (words, caption) in enumerate(zip(spoken["looks"], looks)):
    for word, alpha, beta in zip(words, caption.alphas, caption.betas):
        kind = "colours" if word in COLOURS else "things" if len(named(photo, word)) else "other words"
        kinds[kind].append((beta, alpha.max()))
for kind, rows in kinds.items():
    beta, largest = np.mean(rows or [(0, 0)], axis=0)
    print(f"{kind:<12} gate β {beta:.2f}   largest share of a place {largest:.2f}")

# %% [markdown]
# What it has said already it must remember by itself, and nothing in the loss asks it to look at what it has left out.
# That is the subject of the next lesson.
#
# The second number is the score of the **pointing game** (Zhang et al. 2016): while it says a noun or a colour, does
# the place with the largest share touch a thing of that name? By chance it would be so in about a quarter of the cases.
# It is so nearly always, and nobody ever showed it which place belongs to which word. For colours it looks most
# sharply, with the gate wide open; for the other words the gate is open least.
#
# Here is one photo that it has never seen, and each of its looks, all on one scale of brightness, with the largest
# share of a place below each:

# %%
shown = rounds(106, short=0)
frames = list(zip(["the photo", *spoken["looks"][shown]], [None, *looks[shown].alphas]))[:rounds(10, short=2)]
largest = looks[shown].alphas.max()  # one scale for all of them
figure, axes = panels(2, 5, size=(8, 4.1))
for axis in axes.flat[len(frames):]:
    axis.axis("off")
for axis, (word, alpha) in zip(axes.flat, frames):
    spotlight(axis, scenes[shown], alpha, largest)
    axis.set_title(word)
show(figure, "looks", "A photo with a purple box below a green cup, and for each word of the caption 'a box in purple "
     "below a cup in green' the same photo, bright where the captioner looked: first at the box, then at the cup")

# %% [markdown]
# It reads like thinking: box, box, purple, then up to the cup, with one glance back. Read it with care. A look says
# from where the numbers came that went into the next word. It does not say *why* the word was chosen: the state
# remembers earlier looks, and other looks might have led to the same word (Jain and Wallace 2019 show it for texts).
# And the look for a word is chosen with $h_{t-1}$, before word $w_{t-1}$ has been read: where the order of words is
# open, it looks a little early. That is the paper's way; Luong et al. look after the LSTM has moved.
#
# ## Your turn
#
# Write the two backward passes of this lesson: of the weighted mean and of the softmax. They are then put to work in a
# whole step of the captioner.
#
# ```
# minisat lesson check 14
# ```
#
# **What remains:** scores become shares, shares a mean; a place gains when it has more than the mean of what was
# wanted; with that, looking is learnt from captions alone. Next: it names one thing twice, and leaves another out. Can
# one ask it to look at everything?
