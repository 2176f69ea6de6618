# %% [markdown]
# # 19. Why NaN, why the same map
#
# *The question:* the loss says `nan`. Or every word of a caption looks at the same spot. Or, and this is the worst,
# nothing looks wrong, and the captioner just is not very good. Where do you look?
#
# You need lessons 2, 4, 10, 11, 13, 14 and 15. Forty minutes, and an hour in the clinic.

# %% [markdown]
# ## A step is a list of calls
#
# A captioner has too many numbers to look at. But one step of its training is only a list: this layer was called, then
# that one, up to the loss, and then all of them once more, backwards. minisat's **stepper** writes this list down from
# outside; the layers know nothing of it. One call is a **frame**: what came in, what went out, what was kept for later.
# The forward and the backward frame of one call are **twins**, and the cache of the one is what the other works with.
#
# Here is a captioner of the toy world, after a little training, and one step of it, on one sentence:

# %%
import numpy as np

from minisat.captioner import TeacherForcing
from minisat.data.batches import caption_batch
from minisat.nn import AdditiveScore, CrossEntropy, DoublyStochasticPenalty, LSTMCell, Softmax
from minisat.nn.cross_entropy import CrossEntropyCache
from minisat.teaching import ACCENT, PALETTE, RULE, panels, rounds, show, spotlight
from minisat.teaching.toy_captioner import ToyPhotos, learn
from minisat.trace import born, guilty_frames, record_step, red_frames

photos = ToyPhotos(train=rounds(300, short=2), test=8)
captioner, losses = learn(photos, epochs=rounds(6, short=1))
objective = TeacherForcing(captioner)
words = photos.test.references[4][1][:rounds(9, short=3)]
batch = caption_batch([0], [photos.vocabulary.encode(words)])
step = objective, photos.test.features[4:5], batch
frames = record_step(*step, checks=())[0]["frames"]
print(f'"{" ".join(words)}": {len(frames)} frames. The second word:')
for frame in (frame for frame in frames if frame["t"] == 1 and frame["phase"] == "forward"):
    twin = f"twin {frame['twin']}"
    print(f"  frame {frame['index']:>2}, {twin:<8}  {'  ' * frame['depth']}{frame['path'].split('.')[-1]}")

# %% [markdown]
# ## A NaN is born somewhere
#
# `nan`, *not a number*, is what a machine writes for a sum without an answer: $\infty - \infty$, $0 \cdot \infty$,
# $\infty / \infty$, $0 / 0$. So before a NaN there is nearly always an infinity. And infinities come from a number that
# has grown too large (beyond $3 \cdot 10^{38}$ in the usual 32 bits, $2 \cdot 10^{308}$ in 64), from $\log 0$, or from
# $1/0$. Four ways of getting there, all met in real captioners:

# %%
with np.errstate(all="ignore"):
    logits = np.array([800.0, 0.0])
    print("nothing subtracted:    ", np.exp(logits) / np.exp(logits).sum())
    p, real = np.array([0.5, 0.0]), np.array([1.0, 0.0])
    print("padding times 0:       ", real * np.log(p))
    print("a chance rounded to 0: ", -np.log(np.float32(1e-50)))
W = captioner.embedding.W.data
print("word V of V, wrapped around, is word 0:", np.array_equal(np.take(W, len(W), axis=0, mode="wrap"), W[0]))

# %% [markdown]
# The first three are lesson 2's. Subtract the largest logit; leave padding *out* instead of multiplying it by 0; keep
# softmax and logarithm in one piece. You met the fourth in lesson 4. A vocabulary of $V$ words has the ids 0 to
# $V - 1$, and an id $V$ is easily made: one counts the words and forgets the padding, which has an id as well. On a CPU
# such an id is an error. On a GPU nobody looks. CuPy wraps it around, as above, and reads another word's row. And
# TensorFlow's cross-entropy, says its own documentation, gives `nan` for it on a GPU, without a word. A notebook that
# stops with an error on a CPU and says `nan` on Colab is then "cured" with smaller and smaller learning rates, which
# cannot help. **Look at the largest id first.** It costs one line: `assert ids.max() < V`.
#
# ## Too high a learning rate
#
# But often it *is* the learning rate. Let us see what it does, by taking one step that is far too long: Adam's first
# step moves every weight by about the rate, up or down (lesson 11). Then we run the next step, once with minisat's
# cross-entropy and once with one that is the same on paper:


# %%
class Hasty(CrossEntropy):
    """Exponential, sum, logarithm, one after the other."""

    def forward(self, logits, targets, *, mask, weight=None):
        p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
        surprise = -np.log(np.take_along_axis(p, targets[..., None], axis=-1)[..., 0])
        weight = mask / mask.sum()
        cache = CrossEntropyCache(p.reshape(-1, p.shape[-1]), targets.reshape(-1), weight.reshape(-1), logits.shape)
        return (weight * surprise).sum(), cache


healthy = {name: array.copy() for name, array in captioner.state_dict().items()}
directions = [np.sign(parameter.grad) for parameter in captioner.parameters()]  # the recorded step left its gradients
for rate in rounds((0.02, 30.0, 1e200), short=(30.0,)):
    for loss in (CrossEntropy, Hasty):
        captioner.load_state_dict(healthy)
        for parameter, direction in zip(captioner.parameters(), directions):
            parameter.data -= rate * direction
        objective.cross_entropy = loss()
        document, _ = record_step(*step, checks=())
        first, red = born(document), red_frames(document)
        if rate == 30.0 and loss is Hasty:
            not_finite = document
        where = f"{len(red):>3} frames, the first in {first['path']}, {first['phase']}" if first else "none"
        print(f"rate {rate:<7g} {loss.__name__:<13} loss {float(document['about']['loss']):<8.2g} not finite: {where}")
captioner.load_state_dict(healthy)
objective.cross_entropy = CrossEntropy()

# %% [markdown]
# At a rate of 30 the captioner is ruined, and the two losses say so differently. The careful one is finite, and
# absurdly high: the captioner is sure of wrong words. The hasty one is `nan`, and so is *everything* after it, down to
# the first layer's gradients; one update more and every weight is `nan`. Whoever prints the weights then sees `nan`
# everywhere and knows nothing. The question is never where it is, but **where it was first**, and the list can tell: an
# inner call ends before the one around it, so the first to end with a bad number has made it. At a rate of $10^{200}$
# care does not help: a product overflows long before the loss.
#
# In a real training you need not do any of this. When a number stops being finite, `minisat train` stops before the
# weights are touched, runs the step again, and writes its page: *Training stopped at step 2 because the loss is not
# finite; it first happens in captioner.L_o, in the forward pass. The step is recorded: open …* On that page, `n` goes
# to the birth. Look at what came *in*. Inputs of ordinary size: the layer is wrong. Inputs of $10^{30}$: the weights
# had run away before. Then the rate is too high from the start (a smaller one, or a warm-up), or a gradient exploded on
# its way through the words, as in lesson 9 (a limit to its length, `clip_norm`).
#
# ## A wrong gradient has no symptom
#
# Now the worst case: nothing is infinite, the loss falls, and one backward pass is wrong. As an example we take the
# softmax, $y = \mathrm{softmax}(x)$. Lesson 14 derived $dx_i = y_i\,(dy_i - \sum_j dy_j\, y_j)$. Somebody forgets the
# sum.


# %%
class Forgetful(Softmax):
    """The same forward."""

    def backward(self, dy, cache):
        return cache.y * dy


def change(objective):
    objective.captioner.attend.softmax = Forgetful()


_, losses_ill = learn(photos, epochs=rounds(6, short=1), change=change)
print("loss from the second epoch on, right:  ", "  ".join(f"{loss:.1f}" for loss in losses[1:]))
print("                               wrong:  ", "  ".join(f"{loss:.1f}" for loss in losses_ill[1:]))

# %% [markdown]
# It learns. Every part of the captioner that is right makes up for the one that is not, as far as it can. From the
# second curve alone, could you tell? A wrong gradient is still *some* direction, often not a bad one. That is why
# nobody notices, and why this kind of mistake lives for years in published code.
#
# So ask the list. At each backward frame one can put two questions.
#
# * *Is the gradient that arrived here right?* Nudge what this layer gave, run the rest of the step again, and see what
#   the loss does. The answer is true but helps little: below the mistake, all are wrong.
# * *Is this layer's own backward right?* Take the layer alone, with the inputs and the gradient that it was given,
#   right or wrong, and hold what it returns against numbers (that is lesson 1's check). Only the layer with the mistake
#   fails, and with it those that hold it inside.

# %%
captioner.attend.softmax = Forgetful()
document, _ = record_step(*step, checks=rounds(("local", "global"), short=()))
captioner.attend.softmax = Softmax()
arrived, own, guilty = red_frames(document, "global"), red_frames(document, "local"), guilty_frames(document)
print(f"the gradient that arrived is wrong: {len(arrived)} frames")
print(f"its own backward is wrong:          {len(own)} frames; nothing inside is to blame in {len(guilty)} of them,")
print("   ", ", ".join(sorted({document["frames"][i]["path"] for i in guilty})))

# %%
frames, birth = document["frames"], born(not_finite)["index"]
middle = next(frame["index"] for frame in frames if frame["phase"] == "backward")


def stretches(chosen):
    """[(first, how many)] of neighbouring numbers."""
    starts = [i for i in chosen if i - 1 not in chosen]
    return [(i, next(j for j in range(i, len(frames) + 2) if j not in chosen) - i) for i in starts]


figure, axes = panels(3, 1, size=(7.5, 3.6), sharex=True)
for axis, title, red, made, name, x in (
        (axes[0], "Is every number finite?  (the hasty loss)", red_frames(not_finite), [birth],
         "born here", birth + 0.5),
        (axes[1], "Is the gradient that arrived here right?  (the forgetful softmax)", arrived, [], "", 0),
        (axes[2], "Is its own backward right?  (the same)", own, guilty, "the softmax, once per word", len(frames))):
    for chosen, colour in ((range(len(frames)), RULE), (red, f"{PALETTE[4]}66"), (made, PALETTE[4])):
        axis.broken_barh(stretches(set(chosen)), (0, 1), color=colour, linewidth=0)
    axis.axvline(middle, color=ACCENT, linewidth=1.5)
    axis.set(xlim=(0, len(frames)), ylim=(0, 1), yticks=[])
    axis.set_title(title, loc="left", fontsize=9)
    axis.annotate(name, (x, 1), xytext=(0, 4), textcoords="offset points", fontsize=9,
                  color=PALETTE[4], ha="right" if x == len(frames) else "center", annotation_clip=False)
for name, offset, side in (("forward", -8, "right"), ("backward", 8, "left")):
    axes[0].annotate(name, (middle, 0.5), xytext=(offset, 0), textcoords="offset points", ha=side)
axes[2].set_xlabel("frames of one step, in the order in which they were called")
show(figure, "frames", "Three strips of the frames of one step. Not finite: nearly all from one frame on. A wrong "
     "gradient arrived: most backward frames. Own backward wrong: the softmax alone, once per word, and those around "
     "it")

# %% [markdown]
# Above: once a number is bad, everything that touches it is. (The very first frame is the call around all the others,
# and it ends last.) In the middle: from the softmax of the last word on, down to the first layer, each gets a wrong
# gradient. Below: strong, the softmax, once per word; faint, the calls around it.
#
# ## How to step through it
#
# `minisat trace record --out step.json` writes such a step as a page for your browser. Do it once, and step through it
# with the arrow keys; everything there is right. The exercise below writes a page on which this softmax is one of six
# patients. To find it,
#
# 1. press `b`, until you are there. It goes to the culprits first, the red calls in which no other call is red (in the
#    list, `l`, their dots are filled): this one is `attend.softmax`, backward. What is red because of them comes later.
# 2. Read the verdict. It says what the wrong numbers have in common: along the last axis `dx` should add up to 0, and
#    does not. Wrong entries are framed in red, and beside them stands what nudges say that they should be.
# 3. Press `t` for its twin: the forward call, with the formula that backward ought to belong to. `t` again, and compare
#    with the lines of backward. Of $x_i$ there are *two* ways into $y$: through the top of the fraction, and through
#    the sum below. Backward knows only one of them.
#
# `[` and `]` go to the same layer one word earlier or later, `g` switches between the two questions, and
# `minisat trace step` has the same keys in the terminal.
#
# ## Why the same map
#
# The second complaint. Before we look, what *can* a map depend on? Lesson 13 has it in one line:
#
# $$
# \alpha_t = \mathrm{softmax}_i\Big(\sum_k v_k \tanh(K_{ik} + q_{tk})\Big)
# $$
#
# The photo comes in through the keys $K$, the moment through the query $q_t$, and through nothing else. So there are
# two numbers to measure: how much of the look moves from one word to the next, and how much from one photo to another
# at the same word. (Half the sum of $|\alpha_i - \alpha'_i|$: 0 for the same map, 1 if they have no place in common.)
# The first is 0 when the query does not get through, the second when the keys do not. That can happen inside the tanh,
# without any line being wrong, if the features come in the wrong size:
#
# * $K$ far too large: $\tanh(K + q)$ is $+1$ or $-1$, whatever $q$ is. Nobody hears the question. And the slope of
#   tanh is 0 there, so training hardly gets out of it.
# * $K$ far too small: $\tanh(K_i + q)$ is nearly the same for all places, hence $\alpha_i \approx 1/L$.
#
# That is why minisat divides features by their size over the training photos (`Scale`). Now we take the trained
# captioner and spoil it in five ways, one at a time:


# %%
class Deaf(AdditiveScore):
    """The query is left out."""

    def forward(self, keys, h):
        return super().forward(keys, 0.0 * h)


class Across(Softmax):
    """The softmax over the wrong axis: over the photos of the batch."""

    def forward(self, x):
        e = np.exp(x - x.max(axis=0))
        return e / e.sum(axis=0), None


class Anew(LSTMCell):
    """A recurrent cell that is not given its state."""

    def forward(self, x, state):
        return super().forward(x, tuple(0.0 * part for part in state))


long = [max(told, key=len)[:6] for told in photos.test.references]
ids = np.array([[2, *photos.vocabulary.encode(words)] for words in long])  # 2 is <start>
attend, features = captioner.attend, photos.test.features


def moved(a, b):
    return 0.5 * np.abs(a - b).sum(axis=-1).mean()


def looks(features, ids, layer=attend.softmax, ill=Softmax):
    layer.__class__, kept = ill, type(layer)  # another class, the same weights
    (_, alphas), _ = captioner.forward(features, ids)
    layer.__class__ = kept
    return alphas


spoilt = {"healthy": (1.0,), "query left out": (1.0, attend.score, Deaf), "features × 100": (100.0,),
          "features / 100": (0.01,), "cell without its state": (1.0, attend.cell, Anew),
          "softmax over the batch": (1.0, attend.softmax, Across)}
print(f"{'':<23} sum over places   largest share   moves: next word   next photo")
for name, (factor, *change) in spoilt.items():
    alphas = looks(factor * features, ids, *change)
    sums = alphas.sum(axis=-1)
    print(f"{name:<23} {sums.min():>5.1f} to {sums.max():<8.1f} {alphas.max(axis=-1).mean():>9.2f} "
          f"{moved(alphas[:, 1:], alphas[:, :-1]):>16.2f} {moved(alphas[1:], alphas[:-1]):>14.2f}")

# %% [markdown]
# Read the table from the left. *Sums*: the shares of one photo have to sum to 1. Where they do not, the softmax ran
# over the wrong axis, and what a photo shows depends on its neighbours in the batch (the other columns then mean
# nothing). *Largest share* near $1/L = 0.04$: nothing is preferred; the features are too small, or the scores are.
# *Next word* near 0: the query does not get through. Either it is not there, or it is drowned. Is it the query's own
# line, or the state that it is made of? Ask the stepper: go to `score`, forward, press `]`, and see whether its input
# `h` changes. *Next photo* near 0: look at its input `keys` in the same way. (We spoilt a trained captioner. One that
# is trained without its query shows the same, since a map cannot depend on what does not reach it.)

# %%
chosen = ("healthy", "query left out", "features / 100")[:rounds(3, short=2)]
columns = (1, 2, 6, 7)[:rounds(4, short=2)]  # blue, tree, purple, sphere
figure, axes = panels(len(chosen), len(columns), size=(7.5, 5.9))
maps = np.array([looks(factor * features[4:5], batch.ids[:, :-1], *change)[0, columns, :]
                 for factor, *change in (spoilt[name] for name in chosen)])
for row, name, shown in zip(axes, chosen, maps):
    for axis, t, alpha in zip(row, columns, shown):
        spotlight(axis, photos.test.scenes[4], alpha, largest=maps.max())  # one scale for all
        axis.set_title(words[t] if name == "healthy" else "")
    row[0].set_ylabel(name, fontsize=9)
show(figure, "maps", "Four words of a caption, and where three captioners looked for each: a healthy one at one thing "
     "and then the other, one whose query is left out at the same place for each word, one with features far too small "
     "everywhere alike")

# %% [markdown]
# The healthy captioner goes from the tree to the ball. Without its query it looks where anything is, always; with
# features far too small it looks nowhere.
#
# Two more causes are no mistakes at all. The first is a **penalty**, the doubly stochastic term of lesson 15. It asks
# for evenness over the whole caption, and the easiest way to be even is to be flat at every word. With too strong a
# $\lambda$, that is what is learnt:

# %%
penalty, alphas = DoublyStochasticPenalty(), looks(features, ids)
real = np.ones(alphas.shape[:2], bool)
print(f"the healthy maps cost {penalty(alphas, real):.0f}, flat ones {penalty(np.full_like(alphas, 1 / 25), real):.0f}")

# %% [markdown]
# The second is the eye of the beholder. A picture that stretches each map to its own brightest place hides whether that
# place has 0.05 or 0.9 of the look, and one that blurs 7 × 7 places up to a photo makes all of them alike. Print the
# two numbers before you trust, or blame, a picture.
#
# ## The well-known notebook
#
# Most Flickr8k notebooks with attention descend from TensorFlow's tutorial *Image captioning with visual attention*
# (2018). There the GRU is called with its input alone. Its state is not handed to it, so it begins every word at zero.
# That is our *cell without its state*, and the two numbers of the table do not give it away: it does look around, since
# its query is made of the last word and the last look. But it knows nothing else. Our sentence says *a* twice. How far
# does the look move from the one that follows the first *a* to the one that follows the second?

# %%
after = [t + 1 for t, word in enumerate(["<start>", *words]) if word == "a"]
for name in ("healthy", "cell without its state"):
    factor, *change = spoilt[name]
    alphas = looks(factor * features[4:5], batch.ids[:, :-1], *change)[0][after]
    print(f"{name:<23} {moved(alphas[:1], alphas[-1:]):.2f}")

# %% [markdown]
# The healthy one remembers that it has named the tree. The other, asked the same question, looks at the same places
# again: no error, no warning, and a loss that falls. (minisat's `gru-notebook` hands the state on.)
#
# ## Your turn: the clinic
#
# The exercise holds six layers of a captioner. Each has one mistake in its backward pass, of a kind that real people
# have made: a term left out, a repeated id lost, the slope of a gate forgotten, padding that counts, `=` for `+=`, the
# cache of the wrong word. Each comes with the complaint of the patient. Record a step with all six in it, open the
# page, and see how far verdicts and heat maps take you before you read the code beneath them. Five have filled red
# dots. The sixth hides behind the others: mend these, record again, and its dot is filled too.
#
# ```
# python my_lessons/19_clinic/exercise.py
# minisat lesson check 19
# ```
#
# **What remains:** a NaN is born in one place, so look for the first; a wrong gradient shows nowhere, so hold every
# layer against numbers; a map depends on keys and query alone, so measure which of them gets through. Next: leave the
# toy world.
