# %% [markdown]
# # 15. Look at everything
#
# *The question:* the captioner of lesson 14 often names one thing twice and leaves another out. Its inventors add a
# term to the loss which asks it to look at every place. What does that term ask, exactly? And does it help?
#
# You need lessons 2 and 14. Thirty minutes.

# %% [markdown]
# ## Rows and columns
#
# Write the looks of a caption as a table: a row for each of its $T$ words, a column for each of the $L$ places. Each
# row adds up to 1: the softmax sees to that. A column adds up to what one place got of all the looking:
#
# $$
# s_i = \sum_t \alpha_{ti}
# $$
#
# Nothing sees to that. A place may get the looks of ten words, and another none. A table of shares whose columns add up
# to 1 as well is called **doubly stochastic**, and Xu et al. (2015, eq. 14) charge for what is missing:
#
# $$
# \ell = -\log p + \lambda \sum_i \Big(1 - \sum_t \alpha_{ti}\Big)^2
# $$
#
# ## What it asks
#
# Add up the whole table. By rows it is $T$. So the columns together have $T$ too, and a place gets $m = T/L$ on
# average, whatever the captioner does. All columns can be 1 only if there are as many words as places. But a caption
# has some 12 words and the paper's photos have 196 places. What, then, does the term ask for? Put any target $\tau$ in
# place of the 1, and measure from the mean $m$:
#
# $$
# \sum_i (\tau - s_i)^2 = \sum_i \big((\tau - m) + (m - s_i)\big)^2 = L\,(\tau - m)^2 + \sum_i (s_i - m)^2
# $$
#
# The mixed terms, $2(\tau - m)\sum_i (m - s_i)$, are zero, since the $s_i$ have the mean $m$. And the first term no
# captioner can change. What is left has no $\tau$ in it: **the target does not matter.** It is often said that the 1
# draws every place up to one whole look. Nothing is drawn up. The term asks that all places get *equally* much, and
# that is all that it asks. (So minisat has no setting for the target: it would change the loss that is printed, and
# what is learnt not at all.)
#
# ## The way back
#
# Let $k$ be what stands before the squares (of which more below), and $\mathrm{real}_t$ be 1 for a word and 0 for
# padding. Nudge $\alpha_{ti}$: if it belongs to a real word, $s_i$ moves as much, and its square by $-2(\tau - s_i)$
# times as much. So
#
# $$
# ds_i = -2k\,(\tau - s_i), \qquad d\alpha_{ti} = \mathrm{real}_t\, ds_i
# $$
#
# It is the same for all words of the caption, the earlier ones too: word 1 is pushed away from what word 5 will look
# at. It is added to what comes from the words themselves, $a_i \cdot dz_t$, and goes through the softmax with it
# (lesson 14):
#
# $$
# de_{ti} = \alpha_{ti} \Big( ds_i - \sum_j \alpha_{tj}\, ds_j \Big)
# = 2k\, \alpha_{ti} \Big( s_i - \sum_j \alpha_{tj}\, s_j \Big)
# $$
#
# Compare $s_i$, what a place gets of all the looking, with the mean over the places that this word looks at. A place
# that gets more than that mean loses; one that gets less gains. Here $\tau$ has dropped out once more: the softmax does
# not see what all places share.

# %%
import numpy as np

from minisat.captioner.decoding import greedy
from minisat.data.toy_world import things_named, understand
from minisat.evaluation import corpus_bleu, pointing_game
from minisat.nn import DoublyStochasticPenalty, OneSidedPenalty, Softmax
from minisat.teaching import compared, panels, rounds, seeds_table, show, spotlight
from minisat.teaching.toy_captioner import ToyPhotos, learn, see
from minisat.text import START

rng = np.random.default_rng(0)
N, T, L = 1, 6, 9
alphas, softmax_cache = Softmax().forward(rng.standard_normal((N, T, L)))
s = alphas.sum(axis=1, keepdims=True)                              # what each place gets
pushes = {}
for target in (1.0, T / L):
    dalphas = np.broadcast_to(-2 * (target - s), alphas.shape)     # k = 1, and every word is real
    pushes[target] = Softmax().backward(dalphas, softmax_cache)
    print(f"target {target:.2f}: penalty {((target - s) ** 2).sum():.2f}")
print("the same push on every score:", np.allclose(pushes[1.0], pushes[T / L]))

# %% [markdown]
# ## Padding does not look
#
# Captions of a batch are padded to one length (lesson 2), and where there is padding the captioner computes a look too:
# nobody needs it, but it is there. Here is a caption of two words, which look at two of four places, in a batch of
# width four:

# %%
looks = np.eye(4)[None]  # word 1 looks at place 1, word 2 at place 2; padding "looks" at places 3 and 4
real = np.array([[True, True, False, False]])
penalty = DoublyStochasticPenalty()
print(f"padding counted:  penalty {penalty(looks, np.ones_like(real)):.2f}")
value, cache = penalty.forward(looks, real)
dlooks, _ = penalty.backward(1.0, cache)
print(f"real words only:  penalty {value:.2f}; gradient that reaches padding: {np.abs(dlooks[0, 2:]).max():.2f}")

# %% [markdown]
# If padding counts, the debt is paid with looks of words that nobody says, and the penalty is content. The authors' own
# code has no mask here and needs none: its batches hold captions of one length. Many programs have copied that line,
# but not the batches of equal length.
#
# ## A λ says little by itself
#
# There is one square for each place of each photo. The paper adds up places and averages over photos, $k = \lambda/N$.
# The authors' code, arctic-captions, adds up photos and averages over places, $k = \lambda/L$. minisat's recipe
# averages over both, $k = \lambda/(NL)$. (Besides, the paper adds up the surprises of a caption's words where minisat
# takes their mean: another factor, of about $T$.) For a batch of 64 photos with 196 places, $\lambda = 1$ means:

# %%
for reduction in ("paper", "arctic", "mean"):
    factor = DoublyStochasticPenalty(reduction=reduction).factor((64, 196))
    print(f"{reduction:<7} k = {factor:.6f}   the paper's λ would be {64 * factor:.4f}")

# %% [markdown]
# ## What it does
#
# The captioner of lesson 14 with half the photos, three times: without the term, with $\lambda = 1$ and with
# $\lambda = 10$ (averaged over both), and each twice, from different random weights, so that we see how much is chance.
# How uneven are the sums $s_i$ (their standard deviation)? How sharp is a look? Its **entropy**,
# $-\sum_i \alpha_i \log \alpha_i$, is the mean surprise (lesson 2) if a place is drawn with these shares: 0 for a look
# at one place, $\log 25 = 3.22$ for a look at all 25 alike.

# %%
photos = ToyPhotos(train=rounds(400, short=8), test=rounds(200, short=8))
photos.train, photos.test = (part._replace(features=see(part.scenes, blur=0)) for part in (photos.train, photos.test))
scenes, strengths, captioners = photos.test.scenes, (0, 1, 10), {}


def named(photo, word):
    """The masks of what `word` names in that photo: none for words like "of"."""
    return [scenes[photo].things[i].mask for i in things_named(word, scenes[photo])]


def names_both(words, scene):
    claim = understand(words)
    return claim is not None and sorted(kind for kind, _ in claim.things) == sorted(t.kind for t in scene.things)


print("  λ   uneven sums   entropy   pointing game   both things named   BLEU-4")
for strength in strengths:
    for seed in range(rounds(2, short=1)):
        captioner, _ = learn(photos, rounds(5, short=1), penalty=float(strength), seed=seed)
        captioners.setdefault(strength, captioner)
        spoken = greedy(captioner, photos.test.features, 20)
        captions = [photos.vocabulary.decode(caption.ids) for caption in spoken]
        uneven = np.mean([caption.alphas.sum(axis=0).std() for caption in spoken])
        every = np.concatenate([caption.alphas for caption in spoken])
        entropy = -(every * np.log(every)).sum(axis=1).mean()
        game = pointing_game(captions, [caption.alphas for caption in spoken], named)
        both = [names_both(words, scene) for words, scene in zip(captions, scenes) if len(scene.things) == 2]
        bleu = corpus_bleu(captions, photos.test.references).bleu_4
        print(f"{strength:>3}   {uneven:>11.2f}   {entropy:>7.2f}   {game.score:>13.2f}   {np.mean(both):>17.2f}   "
              f"{bleu:>6.2f}")

# %% [markdown]
# Two trainings with one $\lambda$ differ nearly as much as two $\lambda$ do. So here are eight of each, with the seeds
# 0 to 7; their numbers come from a table (`lessons/seeds.py` makes it; seeds 0 and 1 are the ones above). Each line
# says by how much the means differ, with an interval. Where that holds 0, the difference may be chance (lesson 18).

# %%
seeds = seeds_table()["everywhere"]
for score, key in (("uneven sums", "uneven"), ("pointing", "pointing"), ("both named", "both"), ("BLEU-4", "bleu_4")):
    for strength in (1, 10):
        compared(f"{score}, λ = {strength} − λ = 0", seeds["λ = 0"][key], seeds[f"λ = {strength}"][key])

# %% [markdown]
# The term gets what it asks for: the sums become nearly equal.<!-- rests on: uneven sums, λ = 1 − λ = 0; uneven sums,
# λ = 10 − λ = 0: below 0 -->
# But see how. The looks become diffuse, until each word looks nearly everywhere alike. Pointing gets worse, with
# $\lambda = 10$ much worse.<!-- rests on: pointing, λ = 1 − λ = 0; pointing, λ = 10 − λ = 0: below 0 -->
# And the captions? Whether $\lambda = 1$ makes them better or worse, eight seeds leave open; if it does either, then by
# less than two points of BLEU-4 (a point is a hundredth).<!-- rests on: BLEU-4, λ = 1 − λ = 0: holds 0 -->
# Whether it helps to name both things, they leave open too.<!-- rests on: both named, λ = 1 − λ = 0: holds 0 -->
# With $\lambda = 10$ the captions are worse and leave more out.<!-- rests on:
# BLEU-4, λ = 10 − λ = 0; both named, λ = 10 − λ = 0: below 0 -->
# To look at everything is not to tell everything.
#
# Could the looks not stay sharp, and share the places among themselves? Only so far. Even sums mean $m = T/L$ of a look
# for each place, here some 0.4. A single look that gives one place more than that has already spent what the place was
# to get from the whole caption. So at its best the term allows no share above $T/L$: each look must spread over $L/T$
# places or more. With 196 places and 12 words that is 16 places for every word, also for *of*. Here is one caption
# under the three captioners, with the same words put into each mouth:

# %%
shown = rounds(106, short=0)
words = "a box in purple below a cup in green".split()
read = np.array([[START, *photos.vocabulary.encode(words)]])
figure, axes = panels(2, 3, size=(7.5, 5.4))
tables = [each.forward(photos.test.features[shown:shown + 1], read)[0][1][0] for each in captioners.values()]
sums, greens = np.sum(tables, axis=1), np.array(tables)[:, words.index("green")]  # a row for each captioner
for (top, bottom), strength, total, green in zip(axes.T, captioners, sums, greens):
    spotlight(top, scenes[shown], total, largest=sums.max())  # one scale for each row of pictures
    top.set(title=f"λ = {strength}", xlabel=f"a place gets {total.min():.2f} to {total.max():.2f}")
    spotlight(bottom, scenes[shown], green, largest=greens.max())
    bottom.set_xlabel(f"largest share {green.max():.2f}")
axes[0, 0].set_ylabel("all looks together")
axes[1, 0].set_ylabel("the look for “green”")
show(figure, "sums", "A photo for λ = 0, 1 and 10. Above, all looks of a caption added up: with λ = 0 the cup is "
     "bright and most of it dark, with λ = 10 all of it is nearly equally dim. Below, the look for the word green: "
     "with λ = 0 it falls on the green cup, with more it spreads over the photo")

# %% [markdown]
# ## Forbid staying, and nothing else
#
# There are three pure ways to look: at everything alike; at one place for each word, never at the same place twice; and
# at one place all the time. What does the term charge for them? Multiply out:
#
# $$
# \sum_i (1 - s_i)^2 = L - 2T + \sum_i s_i^2
# $$
#
# Only the last sum depends on the looks. Those at everything alike have $s_i = T/L$, so that $\sum_i s_i^2 = T^2/L$, as
# little as can be. Sharp looks that move give $T$ places one whole look each: $\sum_i s_i^2 = T$. If they stay, one
# place has all: $T^2$. So in the part that the captioner can change, the looks that one would wish for, sharp and
# moving, cost $L/T$ times as much as fog.
#
# The charge for a place that gets *less* than its share does this. Leave it out: let each place have $c$ looks for
# nothing, and charge what is beyond. This is the **one-sided** penalty:
#
# $$
# \lambda \sum_i \max(0,\, s_i - c)^2, \qquad ds_i = 2k \max(0,\, s_i - c)
# $$
#
# It has a kink in its slope at $s_i = c$, but none in itself: from both sides the slope is 0 there. With $c = 1$:

# %%
T, L = 12, 49
ways = {"fog": np.full((T, L), 1 / L), "sharp, moving": np.eye(T, L), "sharp, staying": np.eye(1, L).repeat(T, axis=0)}
print("                  Σ s²   doubly stochastic   one-sided")
for way, table in ways.items():
    costs = [term(table[None], np.ones((1, T))) for term in (DoublyStochasticPenalty(), OneSidedPenalty(share=1.0))]
    print(f"{way:<16} {(table.sum(axis=0) ** 2).sum():>5.1f}   {costs[0]:>17.1f}   {costs[1]:>9.1f}")

# %% [markdown]
# Note what it does not ask for. It forbids staying, and that is all: fog is as free as sharpness. And words have reason
# to stay. Here a photo holds one to three things and a caption has some ten words, most of which speak of one of these
# things: *a box in purple* is four words on one place. Such words can pay, or blur. Eight seeds of the same training,
# with $\lambda = 1$ and $c = 1$ (`penalty_form` and `penalty_share` in a recipe), beside those above:

# %%
for score, key in (("uneven sums", "uneven"), ("entropy", "entropy"), ("pointing", "pointing"), ("BLEU-4", "bleu_4")):
    for other in ("λ = 0", "λ = 1"):
        compared(f"{score}, one-sided − {other}", seeds[other][key], seeds["one-sided"][key])

# %% [markdown]
# It lies between the two. The sums are more even than without a term,<!-- rests on: uneven sums, one-sided − λ = 0:
# below 0 --> and less even than with the doubly stochastic one.<!-- rests on: uneven sums, one-sided − λ = 1:
# above 0 -->
# The looks are softer than without<!-- rests on: entropy, one-sided − λ = 0: above 0 --> and sharper than with
# it.<!-- rests on: entropy, one-sided − λ = 1: below 0 -->
# They point better than under the doubly stochastic term.<!-- rests on: pointing, one-sided − λ = 1: above 0 -->
# Whether they point better or worse than without any, eight seeds leave open: if it is either, then by less than three
# points in a hundred.<!-- rests on: pointing, one-sided − λ = 0: holds 0 -->
# What it does to the captions they leave open, too.<!-- rests on: BLEU-4, one-sided − λ = 0; BLEU-4, one-sided − λ = 1:
# holds 0 -->
#
# ## On real photos
#
# Two trainings on Flickr8k, one seed each, alike but for $\lambda$
# ([benchmarks](../../tests/benchmarks/README.md)). With 49 places the entropy of a look is at most $\log 49 = 3.89$.
# With $\lambda = 1$ it ends at 3.79, as if 44 of the 49 places were seen alike, since $\exp(3.79) \approx 44$. With
# $\lambda = 0$ it ends at 1.96, or 7 places. Sharp maps at last? Look where they point. Without the term, 87 of 100
# words of a caption have their largest share at one and the same place (with it, 39), and 80 times out of 100 that
# place lies at the border of the photo, where 24 of the 49 places are (with it, 51 times, as chance would have it).
# That is no look, it is a habit. Where it comes from we have not measured. Perhaps each place of a large CNN knows so
# much of the whole photo that any one will do, though lesson 8 makes one doubt it. The penalty cures the habit with
# fog.
#
# The captions of the foggy one are perhaps better: BLEU-4 20.1 against 19.7, CIDEr-D 49.2 against 46.5.<!-- from:
# tests/benchmarks/README.md --> The first difference may well be chance ($p = 0.39$, lesson 18). The second is hardly
# due to the photos ($p = 0.02$), but it may be due to the seed: two seeds of one and the same recipe were 2.0 apart. Xu
# et al., too, found the term important for their scores. So leave it on, and before you believe a map, measure two
# things: how sharp it is, and whether it moves from word to word (lesson 19).
#
# ## Your turn
#
# Write the backward pass of the penalty, from the loss to every share. Padding gets nothing.
#
# ```
# minisat lesson check 15
# ```
#
# **What remains:** rows add up to 1 by the softmax, columns only if one pays for it; the term asks for evenness,
# whatever its target; evenness has its price, which is sharpness. A one-sided term charges staying alone, and does not
# say where else to look. Next: the opposite. Why look at everything a little, when one could look at one place only?
