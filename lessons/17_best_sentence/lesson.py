# %% [markdown]
# # 17. The best sentence
#
# *The question:* at every step the captioner gives each word a probability. How does one find the sentence that is most
# probable as a whole? And is that the sentence one wants?
#
# You need lessons 2, 12 and 14. Thirty-five minutes.

# %% [markdown]
# ## The likeliest word is not the likeliest sentence
#
# A sentence is as probable as the product of its words' probabilities (lesson 12). Greedy decoding takes the likeliest
# word, then the likeliest after that, and never looks back. Here is a language of a few words in which that goes wrong:
#
# ```
# <start> ─┬─ a    0.6 ─┬─ dog   0.4 ── <end> 1.0      a dog     0.6 · 0.4 = 0.24
#          │            ├─ cat   0.3 ── <end> 1.0      a cat     0.6 · 0.3 = 0.18
#          │            └─ bird  0.3 ── <end> 1.0      a bird    0.6 · 0.3 = 0.18
#          └─ the  0.4 ─┬─ dog   0.9 ── <end> 1.0      the dog   0.4 · 0.9 = 0.36
#                       └─ cat   0.1 ── <end> 1.0      the cat   0.4 · 0.1 = 0.04
# ```
#
# Greedy says *a*, since 0.6 is more than 0.4, and ends with *a dog*, 0.24. But *the dog* has 0.36. The word *a* was
# likely only because it opens so many sentences, and none of these is likely itself.
#
# To be sure of the best sentence, one would have to try all. With $V$ words and $T$ steps there are $V^T$: for a small
# vocabulary of 40 and ten words, $40^{10} \approx 10^{16}$. The greedy way tries one. Is there something in between?
#
# ## Keep a few beginnings
#
# **Beam search** keeps, instead of the one best beginning, the $k$ best. $k$ is the **width** of the beam.
#
# 1. Begin with one empty beginning, whose log-probability is 0.
# 2. Let the captioner read the last word of each beginning, and continue each with every word of the vocabulary. The
#    log-probability of a continuation is that of the beginning plus $\log p$ of the word.
# 3. Of all these, keep the $k$ best, and forget the rest.
# 4. A beginning that was continued by `<end>` is a sentence. It is put aside, and from then on the beam is one
#    narrower. Go on with 2 until no place is left. (That is one of two conventions. Other programs fill the place again
#    and stop when enough sentences have ended; with a wide beam the two may end with different sentences.)
#
# By hand, with $k = 2$: the first step keeps *a* (0.6) and *the* (0.4). The second has five continuations and keeps
# *the dog* (0.36) and *a dog* (0.24). Both end, and *the dog* has won. With $k = 1$ this is greedy decoding. With $k$
# as large as the number of all beginnings it is trying all of them.
#
# In step 3, two continuations may have the same beginning, and some beginning may have none. So the captioner's state
# has to be put into a new order, with repeats, and that is what `select` is for (lesson 12). Nothing but `start`,
# `step` and `select` is needed, so minisat's beam search is content with this table:

# %%
import numpy as np

from minisat.captioner.decoding import beam, greedy, sample
from minisat.data.toy_world import NOUNS, understand
from minisat.evaluation import References, corpus_bleu
from minisat.nn import LogProb
from minisat.teaching import INK, MUTED, PALETTE, compared, panels, rounds, seeds_table, show
from minisat.teaching.toy_captioner import ToyPhotos, learn
from minisat.text import END, START


class Tree:
    """A captioner without a photo: its next word depends on the last one only."""

    words = ["<pad>", "<unk>", "<start>", "<end>", "a", "the", "dog", "cat", "bird"]
    after = {"<start>": {"a": 0.6, "the": 0.4}, "a": {"dog": 0.4, "cat": 0.3, "bird": 0.3},
             "the": {"dog": 0.9, "cat": 0.1}, "dog": {"<end>": 1.0}, "cat": {"<end>": 1.0}, "bird": {"<end>": 1.0}}

    def start(self, photos):
        return photos

    def step(self, state, ids):
        p = [[self.after[self.words[id]].get(word, 0.0) for word in self.words] for id in ids]
        with np.errstate(divide="ignore"):
            return np.log(p), state, None, None

    def select(self, state, index):
        return state[index]


for width in (1, 2):
    for caption in beam(Tree(), np.zeros((1, 1)), width, n_best=width)[0]:
        print(f"width {width}: {' '.join(Tree.words[id] for id in caption.ids):<8} p = {np.exp(caption.logprob):.2f}")

# %% [markdown]
# ## A real search
#
# Now the captioner with soft attention (lesson 14) on the toy world, seen by the eye of lesson 12. It has been stopped
# early, after three epochs: one that is sure of everything leaves nothing to search for. And here is beam search in
# full, for one photo. It also notes the two best continuations that it drops at each step, so that we can draw them.

# %%
photos = ToyPhotos(train=rounds(400, short=8), test=rounds(300, short=8))
words = photos.vocabulary.words
captioner, losses = learn(photos, rounds(3, short=1))


def search(captioner, features, width, max_words=20):
    """(nodes, ends) of the photo `features` (1, L, D): all words considered, and those with which sentences end."""
    nodes, ends = [], []
    alive, totals = [None], np.zeros(1)                     # step 1: the node of each beginning; its log p
    state, ids = captioner.start(features), [START]
    for t in range(max_words):
        log_p, state, _, _ = captioner.step(state, np.array(ids))
        scores = totals[:, None] + log_p                    # step 2: every beginning with every word
        scores[:, :END + (t == 0)] = -np.inf                # marks are no words, and no sentence is empty
        places, live = width - len(ends), []
        for rank, place in enumerate(np.argsort(-scores, axis=None)[:places + 2]):
            row, word = divmod(int(place), scores.shape[1])
            kept = rank < places                            # step 3: the best ones
            nodes.append({"word": word, "parent": alive[row], "t": t, "total": scores[row, word], "kept": kept})
            if kept and word == END:
                ends.append(len(nodes) - 1)                 # step 4
            elif kept:
                live.append((len(nodes) - 1, row))
        if not live:
            break
        alive, rows = map(list, zip(*live))
        state, ids = captioner.select(state, np.array(rows)), [nodes[node]["word"] for node in alive]
        totals = np.array([nodes[node]["total"] for node in alive])
    # the best first, by the mean log p of a word: more of that below
    return nodes, sorted(ends or alive, key=lambda node: -nodes[node]["total"] / (nodes[node]["t"] + 1))


def path(nodes, node):
    """The nodes from the first word to `node`."""
    return [] if node is None else path(nodes, nodes[node]["parent"]) + [node]


def true_of(caption, scene):
    """Whether a Caption is a sentence and all of it is true of the scene."""
    claim = understand(photos.vocabulary.decode(caption.ids))
    return claim is not None and claim.true_of(scene)


greedy_captions = greedy(captioner, photos.test.features, 20)
beam_captions = [best for best, in beam(captioner, photos.test.features, 3, 20)]
photo = next((i for i, scene in enumerate(photos.test.scenes)  # one thing; greedy is wrong, the beam right
              if len(scene.things) == 1 and understand(photos.vocabulary.decode(greedy_captions[i].ids))
              and not true_of(greedy_captions[i], scene) and true_of(beam_captions[i], scene)), 0)
thing, features = photos.test.scenes[photo].things[0], photos.test.features[photo:photo + 1]
print(f"in the photo: one {thing.colour} {thing.name}")
nodes, ends = search(captioner, features, width=3)
for node in ends:
    said = " ".join(words[nodes[each]["word"]] for each in path(nodes, node))
    print(f"log p = {nodes[node]['total']:.2f}   {said}")
same = [tuple(nodes[each]["word"] for each in path(nodes, node)[:-1]) for node in ends]
print("the package's beam finds the same:", same == [c.ids for c in beam(captioner, features, 3, 20, n_best=3)[0]])

# %%
children = {}
for i, node in enumerate(nodes):
    children.setdefault(node["parent"], []).append(i)
heights, lowest = {}, [0.0]


def place(node):
    """Give `node` and all that follows a height: the middle of its children, or the next free line."""
    below = [place(child) for child in children.get(node, []) if nodes[child]["kept"] or nodes[child]["total"] > -4.5]
    heights[node] = sum(below) / len(below) if below else lowest[0]
    lowest[0] += 0 if below else 1
    return heights[node]


place(None)
greedy_nodes, greedy_ends = search(captioner, features, width=1)
greedy_words = [greedy_nodes[each]["word"] for each in path(greedy_nodes, greedy_ends[0])]
best = set(path(nodes, ends[0]))
figure, axis = panels(size=(8, 4.2))
for i, height in heights.items():
    if i is None:
        axis.annotate("<start>", (0, height), fontsize=7.5, ha="center", va="center", color=MUTED)
        continue
    node, way = nodes[i], [nodes[each]["word"] for each in path(nodes, i)]
    colour = INK if node["kept"] else MUTED
    if i in best or way == greedy_words[:len(way)]:
        colour = PALETTE[2] if i in best else PALETTE[1]
    axis.plot([node["t"] + 0.34, node["t"] + 0.66], [heights[node["parent"]], height], color=colour,
              linestyle="-" if node["kept"] else ":", linewidth=0.8 if colour in (INK, MUTED) else 1.6)
    axis.annotate(f"{words[node['word']]}\n{node['total']:.1f}", (node["t"] + 1, height), fontsize=7.5, ha="center",
                  va="center", color=colour)
for label, colour, line in (("best sentence", PALETTE[2], "-"), ("greedy", PALETTE[1], "-"), ("kept", INK, "-"),
                            ("dropped", MUTED, ":")):
    axis.plot([], [], line, color=colour, label=label)
axis.legend(frameon=False, fontsize=8, ncols=4, loc="upper center", bbox_to_anchor=(0.5, 1.1))
last = 1 + max(node["t"] for node in nodes)
axis.set(xlim=(-0.5, last + 0.5), ylim=(lowest[0] - 0.4, -0.6), yticks=[], xticks=range(1, last + 1), xlabel="step t")
axis.spines["left"].set_visible(False)
show(figure, "search", "The tree of a beam search of width 3: words from left to right with the log-probability of the "
     "beginning; dropped branches dotted, the greedy sentence and the best one marked")

# %% [markdown]
# Under each word stands the log-probability of the sentence up to there. Follow the greedy way: *a* is the likeliest
# first word, as in the little tree, since most captions begin with it. But *a tree in red* must go on somehow, and no
# way of going on is likely: the sentence ends in a second tree that is not there. *There* looks worse at first, and
# then nearly each word is certain. The beam has kept both, and in the end the one that began worse is the better
# sentence.
#
# Look also at what was dropped for good. Beam search is no proof: a sentence whose beginning is worse than $k$ others
# is lost, whatever would have followed.
#
# ## Short sentences win
#
# No $\log p$ is positive. So every further word can only lower the sum, and of two sentences the shorter one has an
# advantage that has nothing to do with the photo. The usual remedy is to compare the *mean*:
#
# $$
# s = \frac{1}{T} \sum_{t=1}^{T} \log p(w_t \mid \text{photo}, w_1, \dots, w_{t-1})
# $$
#
# with `<end>` counted in $T$. That is what `normalise` does, and what it does without being told. Measure both, for
# beams of growing width: the mean length, the mean $\log p$ of a sentence, and BLEU-4, which counts how many runs of
# one to four words people have used, too (lesson 18 takes it apart).

# %%
people, families = References(dict(enumerate(photos.test.references))), {}
for normalise in (False, True):
    print("ranked by", "log p / T" if normalise else "log p")
    for width in rounds((1, 2, 3, 5, 10, 20), short=(1, 3)):
        found = [best for best, in beam(captioner, photos.test.features, width, 20, normalise=normalise)]
        said = [photos.vocabulary.decode(caption.ids) for caption in found]
        if not normalise and width in (1, 3):
            families[width] = people.families(dict(enumerate(said)))
        print(f"    width {width:>2}: words {np.mean([len(caption.ids) for caption in found]):4.1f}   "
              f"log p {np.mean([caption.logprob for caption in found]):5.2f}   "
              f"log p / T {np.mean([caption.mean_logprob for caption in found]):6.3f}   "
              f"BLEU-4 {corpus_bleu(said, photos.test.references).bleu_4:.2f}")

# %% [markdown]
# The upper half first. The wider the beam, the likelier the sentences that it finds: the search does its work. And the
# wider the beam, the shorter they get. BLEU seems to rise from greedy to a width of 2 or 3, and then to fall. May that
# be chance? One can ask in two ways: what would *other photos* have said of this captioner (lesson 18 shows how one
# asks them), and what do *other captioners* say, from the seeds 0 to 7? (Their scores come from a table, which
# `lessons/seeds.py` makes.) Each line gives a difference in BLEU-4 and an interval for it. Where the interval holds 0,
# the difference may be chance.

# %%
compared("this captioner, by log p: width 3 − greedy", families[1], families[3], "bleu_4")
bleu = {name: scores["bleu_4"] for name, scores in seeds_table()["best_sentence"].items()}
compared("by log p: width 3 − greedy", bleu["sum, width 1"], bleu["sum, width 3"])
compared("by log p: width 20 − width 3", bleu["sum, width 3"], bleu["sum, width 20"])
compared("by log p: width 20 − greedy", bleu["sum, width 1"], bleu["sum, width 20"])
compared("by log p / T: width 3 − greedy", bleu["mean, width 1"], bleu["mean, width 3"])
compared("by log p / T: width 20 − width 3", bleu["mean, width 3"], bleu["mean, width 20"])

# %% [markdown]
# On 300 photos, this captioner alone cannot tell whether a beam of 3 is better than greedy decoding.<!-- rests on:
# this captioner, by log p: width 3 − greedy: holds 0 -->
# Eight captioners can: it is better, by about four points (a point is a hundredth).<!-- rests on:
# by log p: width 3 − greedy: above 0 -->
# With a beam of 20, most of that is lost again.<!-- rests on: by log p: width 20 − width 3: below 0 -->
# Whether it then ends up even worse than greedy decoding, as in the table above, they leave open.<!-- rests on:
# by log p: width 20 − greedy: holds 0 -->
#
# So the fault is not the search's. The likeliest sentence is not quite what one wants. What is true of two things can
# be said in 64 ways in the toy world (two orders, two names and two word orders for each thing, two ways to say *left
# of*), and each of them gets its small share of the probability. *There is only a car in red*, wrong as it is, comes
# in one piece, and may be likelier than any of the 64. A better search finds such traps more surely. In translation
# this is called the beam search curse (measured by Koehn & Knowles 2017, named by Yang et al. 2018). Vinyals et al.
# captioned with a beam of 20 in 2015, and two years later found that 3 is better.
#
# In the lower half the advantage of short sentences is gone, and with it the fall. (The mean $\log p$ per word now
# rises with the width, as it should: that is what is ranked.) The step from greedy to a width of 3 is worth having.<!--
# rests on: by log p / T: width 3 − greedy: above 0 --> From there to a width of 20, what is left is less than a point
# and may be chance, while the time that it takes is not.<!-- rests on: by log p / T: width 20 − width 3: holds 0 -->
# How far this goes for other captioners, one has to measure. On Flickr8k's dev photos a beam of 5 took the captioner of
# lesson 20 from a BLEU-4 of 17.4 to 20.1.
#
# ## The opposite wish: variety
#
# The likeliest sentence is not a *typical* one either. Of a coin that shows heads in 6 throws of 10, the likeliest
# series of ten throws is *ten times heads*, and in 994 cases of 1,000 something else comes. People in the toy world
# call one house in five a *cottage*. A model that always says the likeliest word never does.
#
# For variety, one **draws** each word, at random, with the model's probabilities. They may be sharpened or flattened
# first, by a **temperature** $\tau$:
#
# $$
# p_v = \frac{e^{z_v/\tau}}{\sum_u e^{z_u/\tau}}
# $$
#
# With $\tau = 1$ they are the model's own, with $\tau \to 0$ drawing becomes greedy, with $\tau \to \infty$ all words
# become equally likely. The danger of drawing is in the tail: each of a thousand wrong words is improbable, all
# together they are not. So one draws only from the $k$ likeliest words (**top-k**, Fan et al. 2018), or from the fewest
# that together reach a probability of $p$ (**top-p**, Holtzman et al. 2020). Here are all of them. *Rare names* is the
# share of *cottage*, *mug* and their like among the names of things; *true* the share of sentences that are true of the
# photo.

# %%
rare, usual = ({names[place] for names in NOUNS.values()} for place in (1, 0))
ways = {"greedy": greedy_captions, "beam of 3": beam_captions}
for name, options in (("drawn", {}), ("temperature 0.5", {"temperature": 0.5}), ("top-k, k = 3", {"top_k": 3}),
                      ("top-p, p = 0.9", {"top_p": 0.9})):
    rng = np.random.default_rng(0)
    ways[name] = [drawn for drawn, in sample(captioner, photos.test.features, rng, max_words=20, **options)]


def rare_share(captions):
    """The share of rare names among the names of things."""
    named = [word in rare for caption in captions for word in caption if word in rare | usual]
    return np.mean(named or [0])


print(f"{'people':<15} rare names {rare_share([caption for told in photos.test.references for caption in told]):.2f}")
for name, found in ways.items():
    true = np.mean([true_of(caption, scene) for caption, scene in zip(found, photos.test.scenes)])
    print(f"{name:<15} rare names {rare_share([photos.vocabulary.decode(caption.ids) for caption in found]):.2f}   "
          f"true {true:.2f}   log p {np.mean([caption.logprob for caption in found]):5.2f}")

# %% [markdown]
# (Even of the greedy captions fewer than half are wholly true: the captioner was stopped early.) Drawn with the model's
# own probabilities, names are as varied as people's. But the model's mistakes come up as well, as often as it believes
# in them. Temperature, top-k and top-p lie in between, and trade one against the other. For one caption that is to be
# right, search; for many that are to differ, draw. A beam gives many as well: all its ends, the **n-best** list, such
# as the three above. They tend to be one sentence in several wordings.
#
# ## The gradient of a sentence's score
#
# Say that a whole sentence has been found good: by a person, or by a score for whole captions. How does one make it
# likelier? One needs the gradient of its score $s$ with respect to all the logits. With $z_{tv}$ for the logit of word
# $v$ at step $t$, and the temperature left in:
#
# $$
# \log p_{t,w_t} = \frac{z_{t w_t}}{\tau} - \log \sum_u e^{z_{tu}/\tau}, \qquad s = \frac1T \sum_{t=1}^T \log p_{t,w_t}
# $$
#
# Nudge $z_{tv}$. The first term moves by $1/\tau$ of that if $v$ is the word that was said, else not at all. The second
# term has the derivative $\frac1\tau\, e^{z_{tv}/\tau} / \sum_u e^{z_{tu}/\tau}$, which is $p_{tv}/\tau$. So
#
# $$
# \frac{\partial \log p_{t,w_t}}{\partial z_{tv}} = \frac{[v = w_t] - p_{tv}}{\tau}, \qquad
# \frac{\partial s}{\partial z_{tv}} = \frac{1}{T} \cdot \frac{[v = w_t] - p_{tv}}{\tau}
# $$
#
# It is the $p - y$ of lesson 2 with its sign turned, as here more is better, and each sentence divides it by its *own*
# $T$. Here is what the best sentence above sends to the logit of each of its words, with $\tau = 1$:

# %%
best = beam_captions[photo]
said, rows, state = np.array([*best.ids, END]), [], captioner.start(features)
for read in (START, *best.ids):
    log_p, state, _, _ = captioner.step(state, np.array([read]))
    rows.append(log_p[0])
layer, T = LogProb(), len(said)
log_p, cache = layer.forward(np.array(rows), said)  # log p will do as logits: their softmax is p again
print(f"score {log_p.mean():.3f}")
dlogits, _ = layer.backward(np.full(T, 1 / T), cache)
for t, word in enumerate(said):
    print(f"{words[word]:<6} p = {np.exp(log_p[t]):.2f}   push {dlogits[t, word]:.3f}")

# %% [markdown]
# What was certain gets nothing; what was in doubt gets the push. Here these are two words: *there*, which decided
# between the great branches of the tree, and *tree*, in whose place *red* could have come. What a word's logit gets,
# the other words' logits of that step lose.
#
# Self-critical training (Rennie et al. 2017; in minisat `train --recipe self-critical`) works with this gradient:
# captions are drawn and scored as wholes, and each is pushed by its score less that of the greedy caption, the baseline
# of lesson 16.
#
# The layer is called `LogProb`. It gives $\log p$ of one word for each step, of as many sentences as you like, and gets
# back from above how much each of them counts: $1/T$ for the real words of a sentence, 0 for padding.
#
# ## Your turn
#
# Write its backward pass. Mind that each word comes with a weight of its own, and mind the temperature.
#
# ```
# minisat lesson check 17
# ```
#
# **What remains:** the likeliest word does not lead to the likeliest sentence; a narrow beam gets most of what
# there is; sums favour short sentences, means do not; and the likeliest sentence is neither the best nor a typical one.
# So far we took BLEU at its word, though. Next: how does one tell whether a caption is any good?
