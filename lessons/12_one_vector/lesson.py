# %% [markdown]
# # 12. A caption from one vector
#
# *The question:* a CNN turns a photo into numbers, and an LSTM reads words. How do the two together become something
# that sees and then speaks? And how much of a photo does one vector hold?
#
# You need lessons 2, 4, 8, 9 and 10. Thirty minutes.

# %% [markdown]
# ## The photo is the first word
#
# The idea came from translation: one network reads a sentence and keeps what it has understood in its state, another
# begins with that state and says it in a second language (Sutskever et al. 2014). *Show and Tell* (Vinyals et al. 2015)
# puts a CNN in the place of the reader. Its last grid is averaged over all places. What is left is one vector $v$.
# GoogLeNet's has 1,024 numbers (not 2,048, as popular notes have it: ResNet-50 and Inception v3 have that many). An
# affine map makes it as long as a word's vector, and the LSTM reads it as if it were the first word:
#
# $$
# \begin{aligned}
# x_{-1} &= v\, W_v + b_v \\
# x_t &= E_{w_t} \quad\text{for } t = 0, 1, \dots \\
# h_t, c_t &= \mathrm{LSTM}(x_t,\ h_{t-1}, c_{t-1}) \\
# p_{t+1} &= \mathrm{softmax}(h_t\, W_o + b_o)
# \end{aligned}
# $$
#
# (their eqs. 10 to 12). $E_{w_t}$ is the row of word $w_t$ in the embedding (lesson 4), and $p_{t+1}$ holds one
# probability for each word of the vocabulary. Before the photo the state is zero. Two words are marks: $w_0$ is always
# `<start>`, and the sentence is over when `<end>` has been said, which the model must learn to say like any other word.
# The photo is shown once. Whatever the caption says of it later must have been carried along in the state.
#
# ## How probable is a sentence?
#
# Each step gives the probability of a word, *given* the photo and the words before it. Multiply them:
#
# $$
# p(w_1, \dots, w_T \mid v) = \prod_{t=1}^{T} p(w_t \mid v, w_1, \dots, w_{t-1})
# $$
#
# Nothing is neglected here, since each factor may depend on all that came before. A product of many numbers below 1 is
# tiny, so one adds logarithms:
#
# $$
# \log p(w_1, \dots, w_T \mid v) = \sum_{t=1}^{T} \log p(w_t \mid v, w_1, \dots, w_{t-1})
# $$
#
# This is minus the sum of all surprises (lesson 2). To make people's captions as probable as possible is therefore to
# make their words as little surprising as possible, and the loss is the cross-entropy that you know: the mean over real
# words, with `<end>` counted and padding not.
#
# ## Learning by reading the truth
#
# To be asked for word $w_{t+1}$, the LSTM must first read word $w_t$. Which one: what it has just said itself, or what
# the person said? In training, the person's. This is **teacher forcing** (Williams & Zipser 1989). At the beginning its
# own words are nonsense, and nobody learns from continuing nonsense. Besides, all words are known beforehand: no step
# has to wait for a choice, and the logits of all steps are computed in one product.
#
# It has a price. In training the captioner never reads a mistake of its own; when it speaks, it reads nothing but its
# own words, and has never learnt how to go on after a mistake: **exposure bias**. Scheduled sampling (Bengio et al.
# 2015) therefore lets it read ever more of its own words while it learns (in minisat, `train --own-words 0.25`).
#
# ## Train one
#
# The photos come from the toy world: one to three coloured things, and five captions of each photo. In place of a CNN
# we take a perfect **eye**: it writes down, for each of 5 × 5 places, how much of it is covered by each of 8 kinds of
# things and by each of 6 colours, and where the place lies, across and down. So a photo is a grid of $L = 25$ places
# with $D = 16$ numbers (lesson 8), and there is nothing to learn but speaking. The one vector is the mean over the 25
# places, as with GoogLeNet, where there are 49. (14 numbers: the mean of where all places lie is the same for every
# photo, so it is left out.)
#
# `learn` shows all captions five times (five **epochs**), 32 at once, and after each 32 moves all weights a small step
# down the gradient. It takes a GRU in place of the LSTM (lesson 10), which here learns in fewer steps; nothing else
# changes.

# %%
import numpy as np

from minisat.captioner.decoding import greedy
from minisat.data.toy_world import understand
from minisat.teaching import INK, MUTED, PALETTE, mosaic, panels, rounds, show
from minisat.teaching.toy_captioner import ToyPhotos, learn, see
from minisat.text import END, START

photos = ToyPhotos(train=rounds(800, short=16), test=rounds(300, short=16))
train_grids, test_grids = (see(part.scenes, blur=0) for part in (photos.train, photos.test))
photos.train = photos.train._replace(features=train_grids.mean(axis=1, keepdims=True)[:, :, :14])
photos.test = photos.test._replace(features=test_grids.mean(axis=1, keepdims=True)[:, :, :14])
print("grids", train_grids.shape, "→ one vector per photo", photos.train.features.shape)

captioner, losses = learn(photos, rounds(5, short=1), "show-and-tell", cell="gru", hidden_size=80)
print("surprise per word, epoch by epoch:", ", ".join(f"{loss:.2f}" for loss in losses))
print(f"knowing nothing, log V = {np.log(len(photos.vocabulary)):.2f}")

# %% [markdown]
# ## One sentence, word by word
#
# The captioner speaks with three functions, and every way of finding captions uses these and nothing else. `start`
# reads the photo and gives the state. `step` reads one word and gives $\log p$ of every next word and the new state.
# `select` picks rows of the state; we need it in lesson 17. First, as in training, it reads what a person said of a
# photo that it has never seen:

# %%
words, alone = photos.vocabulary.words, [len(scene.things) == 1 for scene in photos.test.scenes].index(True)
vector = photos.test.features[alone:alone + 1]
told = photos.vocabulary.encode(photos.test.references[alone][0])

state, total = captioner.start(vector), 0.0
for read, asked in zip([START, *told], [*told, END]):
    log_p, state, _, _ = captioner.step(state, np.array([read]))
    total += log_p[0, asked]
    print(f"reads {words[read]:<8} is asked for {words[asked]:<7} p = {np.exp(log_p[0, asked]):.2f}   "
          f"so far: log p = {total:5.2f}, p = {np.exp(total):.2f}")

# %% [markdown]
# The photo leaves open how a person will put it, so the sentence as a whole is improbable, even though every word of it
# is right. Where there is only one way to go on, $p$ is near 1.
#
# Now it speaks. The same steps, but it reads what it said: at each step the likeliest word. That is **greedy**
# decoding.

# %%
state, word, said = captioner.start(vector), START, []
while word != END and len(said) < 20:
    log_p, state, _, _ = captioner.step(state, np.array([word]))
    word = int(log_p[0].argmax())
    said.append(word)
print(" ".join(words[word] for word in said))

captions = [photos.vocabulary.decode(caption.ids) for caption in greedy(captioner, photos.test.features, 20)]
print("the package's greedy says the same:", captions[alone] == photos.vocabulary.decode(said))
for caption, scene in list(zip(captions, photos.test.scenes))[:8]:
    print(f"{' '.join(caption):<48} there is:", ", ".join(f"{thing.colour} {thing.name}" for thing in scene.things))

# %% [markdown]
# ## Good grammar, wrong facts
#
# It sounds right. Is it? The toy world's language can be understood by a program, so each caption can be compared with
# what is in its photo. Count, separately: is it a sentence at all? Does it name the right kinds of things, the right
# colours? Where both are right and the colours differ, does each thing have its own? Where the kinds are right, is the
# first thing really left of (right of, above, below) the second?

# %%
def facts(captions, scenes, count):
    """{what: (how many are right, of how many)} of the captions of photos with `count` things."""
    found = {what: [] for what in ("a sentence", "kinds", "colours", "whose colour", "who is where")}
    for caption, scene in zip(captions, scenes):
        if len(scene.things) != count:
            continue
        claim, kinds, colours = understand(caption), [t.kind for t in scene.things], [t.colour for t in scene.things]
        found["a sentence"].append(claim is not None)
        if claim is None:
            continue
        kinds_right = sorted(kind for kind, _ in claim.things) == sorted(kinds)
        colours_right = sorted(colour for _, colour in claim.things) == sorted(colours)
        found["kinds"].append(kinds_right)
        found["colours"].append(colours_right)
        if kinds_right and colours_right and len(set(colours)) == count > 1:
            found["whose colour"].append(sorted(claim.things) == sorted(zip(kinds, colours)))
        if kinds_right and count > 1:
            first, second = (kinds.index(kind) for kind, _ in claim.things[:2])
            found["who is where"].append((first, claim.where, second) in scene.relations)
    return {what: (sum(right), len(right)) for what, right in found.items() if right}


for count in (1, 2):
    print(f"photos with {count} thing{'s' * (count > 1)}:")
    for what, (right, of) in facts(captions, photos.test.scenes, count).items():
        print(f"    {what:<13} right in {right:>3} of {of:>3}: {right / of:.2f}")

# %% [markdown]
# Of one thing alone, all captions are right. Of two, most still name what is there, and in which colours. But whose
# colour is whose they say at best a little better than a coin would (two other seeds gave 0.59 and 0.63), and who is
# where about as well as a die with four sides: left, right, above, below.
#
# The captioner is not to blame. *Mean* means: add up over all places, and forget which number came from which place.
# Take a red ball left of a blue cup. Exchange left and right: the places are others, the sums are the same. Exchange
# the colours: again the same sums. (Nearly, as things differ in size: a large red thing adds much to *red* and much to
# its kind, which gives away a little of whose colour is whose.) From equal vectors the captioner must say equal
# sentences. So of two things side by side and their mirror image it gets at most one right, and no training can help.

# %%
def mirrored(grid):
    """grid (25, 16) → the same places, exchanged left and right."""
    return grid.reshape(5, 5, 16)[:, ::-1].reshape(grid.shape)


two = [i for i, scene in enumerate(photos.test.scenes) if len(scene.things) == 2]
shown = next((i for i in two if (claim := understand(captions[i])) is not None and claim.where in ("left", "right")
              and claim.true_of(photos.test.scenes[i])), two[0])
grid = test_grids[shown]
print("its mean is that of its mirror image:", np.allclose(grid.mean(axis=0), mirrored(grid).mean(axis=0)))

figure, (photo, mirror, bars) = panels(1, 3, size=(8, 3.0), width_ratios=[1, 1, 1.7])
scene = photos.test.scenes[shown]
nothing = ~np.any([thing.mask for thing in scene.things], axis=0)
image = scene.image / 255
image[nothing] = image[nothing].mean(axis=0)  # a plain background
half = captions[shown].index("of") if "of" in captions[shown] else 4
sentence = " ".join(captions[shown][:half + 1]) + "\n" + " ".join(captions[shown][half + 1:])
for axis, picture, title, verdict, colour in ((photo, image, "A photo …", "true", PALETTE[2]),
                                              (mirror, image[:, ::-1], "… and mirrored", "false", PALETTE[4])):
    mosaic(axis, picture)
    axis.set_title(title)
    axis.set_xlabel(f"{sentence}\n{verdict}", fontsize=8, color=colour)
shares = {what: right / of for what, (right, of) in facts(captions, photos.test.scenes, 2).items()}
rows = np.arange(len(shares))
bars.barh(rows, list(shares.values()), 0.6, color=[MUTED] + [PALETTE[0]] * 2 + [PALETTE[1]] * 2)
for row, (what, share) in enumerate(shares.items()):
    guess = {"whose colour": 0.5, "who is where": 0.25}.get(what, 0)
    if guess:
        bars.plot([guess, guess], [row - 0.42, row + 0.42], color=INK, linewidth=1.5)
    bars.annotate(f"{share:.2f}", (max(share, guess), row), xytext=(4, 0), textcoords="offset points", fontsize=8,
                  va="center")
bars.plot([], [], color=INK, linewidth=1.5, label="by guessing")
bars.legend(frameon=False, fontsize=8, loc="lower right")
bars.set_yticks(rows, list(shares))
bars.invert_yaxis()
bars.set(xlim=(0, 1.15), xticks=[0, 0.25, 0.5, 0.75, 1], xlabel="share of captions that have it right",
         title="Photos with two things")
show(figure, "mirror", "Left: a photo and its mirror image with the one caption that both get, true of the first and "
     "false of the second. Right: captions of two things are all sentences, most have the kinds and the colours right; "
     "whose colour is whose is right little more often than by guessing, who is where about as often")

# %% [markdown]
# A real CNN's 1,024 numbers say more than our 14; some may stand for whole situations, a dog on grass, say. But they
# are averaged over the places all the same, and what no single number stands for is lost.
#
# ## The way back
#
# From the end. The softmax of step $t$ sends $p - y$ (lesson 2) through $W_o$ (lesson 1): call what arrives at $h_t$
# from there $dh_t^{word}$. But $h_t$ is used twice, by its own word and by the next step, and what arrives adds up:
#
# $$
# dh_t = dh_t^{word} + dh_t^{next}, \qquad dc_t = dc_t^{next}
# $$
#
# The LSTM turns this into $dx_t$, for the row of word $w_t$, and $dh_{t-1}^{next}, dc_{t-1}^{next}$ (lessons 9 and 10).
# The last step on the way back is the photo's. No word was asked for after it, so only the state's part arrives. Its
# $dx_{-1}$ goes through $W_v$, and becomes $dv$. (Where the photo is shown again at every step, by adding $x_{-1}$ to
# every word's vector, a nudge of it travels every one of these paths, and what comes back along them adds up once more.
# The authors found that it then more easily learns its training photos by heart.)
#
# Last, the mean. Take one entry, $v_d = \frac{1}{L}\sum_i a_{id}$, and nudge $a_{id}$, number $d$ of place $i$: $v_d$
# moves by $1/L$ of that, and no other entry moves. So
#
# $$
# da_{id} = \frac{1}{L}\, dv_d \qquad \text{whatever the place } i
# $$
#
# Every place gets the same gradient. The way back is as blind as the way there: this captioner can tell a CNN trained
# with it that there should have been more *red* in the photo, but never where.
#
# ## Your turn
#
# The backward pass of the whole captioner, with three gaps: what arrives at a state, what arrives at the photo, and
# what each of its places gets.
#
# ```
# minisat lesson check 12
# ```
#
# **What remains:** the photo is the first word; a sentence's log-probability is the sum of its words'; in training the
# true words are read, in speaking one's own; and one vector says what is there, but neither whose it is nor where. So
# the captioner should be able to look at the places themselves. Next: how does it tell which place matters for the next
# word?
