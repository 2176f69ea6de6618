# %% [markdown]
# # 20. Real photos
#
# *The question:* so far the world was made of toys. What changes when the photos are real?
#
# You need the lessons before this one. Forty-five minutes, or two sittings, with a break before *On a GPU*.
#
# We go the whole way here, with the very commands that you will use on real photos, but in a folder of toy scenes in
# Flickr8k's own format: nothing to download, and done in seconds. Beside each step stands the real command.

# %% [markdown]
# ## The eye went to another school
#
# Flickr8k has 6,000 photos to learn from. That is enough to learn to *speak* of dogs, and far too little to learn to
# *see* them. So the eye is borrowed: a network that was trained on ImageNet, where each of 1.3 million photos bears
# the name of one thing, out of a thousand. Its last layer, the one that names, is thrown away. What lies before it is
# a grid of features (lesson 8) from which one could tell a thousand things, and that is what a captioner wants.
#
# ```bash
# minisat weights fetch mobilenet_v2 --out .               # 14 MB, its hash verified; or any file that you have
# minisat weights check mobilenet_v2-b0353104.pth          # which encoder is it for, and does every name fit?
# minisat classify my-photos/ --weights mobilenet_v2-b0353104.pth    # plausible names? Then the weights are right
# ```
#
# Our toy eye goes to a toy school: 600 little pictures of one thing each, with its kind and its colour. It has never
# seen a scene, nor a sentence.

# %%
import numpy as np

from minisat.backend import get_array_module
from minisat.data import read_dataset
from minisat.data.toy_world import ToyWorld, write_flickr8k
from minisat.evaluation import score_captions
from minisat.evaluation.yardsticks import nearest_photos
from minisat.files import read_json, write_json
from minisat.teaching import MUTED, PALETTE, panels, rounds, show
from minisat.teaching.terminal import Terminal
from minisat.teaching.toy_eye import NamingEye, single_things
from minisat.vision import FeatureStore

terminal = Terminal()  # runs minisat's commands in an empty folder that is gone afterwards
eye = NamingEye().learn(rounds(140, short=2))
eye.save(terminal.folder / "eye.safetensors")
terminal("weights check eye.safetensors --encoder toy_cnn", ("names", "encoder"))

pictures, names = single_things(rounds(200, short=4), seed=1)
pixels = pictures.transpose(0, 3, 1, 2).astype("float64")
named = {}  # how the pixels come: how many of the names are right
print(f"\n{len(pictures)} new pictures        kind right   colour right")
for how, features in (("as it was trained", eye.look(pictures)),
                      ("red and blue swapped", eye.look(pictures[..., ::-1])),
                      ("0..255, not normalised", eye.encoder(pixels))):
    named[how] = (eye.names(features) == names).sum(axis=0)
    print(f"  {how:<24}{named[how][0]:>8}{named[how][1]:>15}")

# %% [markdown]
# The first row says that the eye sees. The other two say what **preprocessing** is: a part of the network. With blue
# where it learnt red, the eye goes on naming without complaint, and gets the colours wrong. With pixels of 0 to 255,
# where it was trained on numbers around 0, it does little better than guess. No error is raised; the captions will be
# worse, or nonsense. What must match is the size, how it is reached (resize, crop or squash), the order of the
# channels, and the mean and the standard deviation that are taken out. minisat keeps all of it beside the features and
# in every trained run.
#
# ## The folder
#
# ```bash
# minisat data check Flickr8k          # what is wrong with it, in one screen
# minisat data stats Flickr8k --out statistics
# ```
#
# minisat reads Flickr8k as it was published (a text file with `photo.jpg#0`, a tab and a caption in each line, and
# three lists of names), Kaggle's `captions.txt`, Karpathy's or COCO's JSON, or a folder of photos with a table of
# captions. Ours is of the first kind.

# %%
world = ToyWorld(seed=0)
counts = {"train": rounds(300, short=8), "dev": rounds(40, short=2), "test": rounds(100, short=2)}
write_flickr8k(terminal.folder / "toy", world, counts)
terminal("data check toy")
terminal("features toy --encoder toy_cnn --weights eye.safetensors --precision float64 --device cpu --out toy.store",
         ("toy.store",))
store = FeatureStore.open(terminal.folder / "toy.store")

# %% [markdown]
# Look before you train. The check finds photos that are missing or broken, or that two lists share, under one name or
# under two. Here it has a note only: in a small world people say the same thing twice.
#
# `features` has sent each photo through the eye once, as nothing in the eye will change. The real command:
#
# ```bash
# minisat features Flickr8k --encoder mobilenet_v2 --weights mobilenet_v2-b0353104.pth --out mobilenet.store
# ```
#
# **Why float16.** One photo is 49 places × 1280 numbers. Flickr8k's 8,000 photos make half a billion of them: 2 GB in
# float32, 1 GB in float16. Half precision keeps 11 binary digits, so a number is off by at most one part in 2,000, far
# less than what a slightly different crop would do. (It ends at 65,504; a store refuses larger numbers.)
#
# **What the scale does.** MobileNet's last numbers lie between 0 and 6, those of SqueezeNet go up to 800. The attention
# of lesson 13 takes a tanh of them, and a tanh of hundreds is flat: no slope, nothing learnt. So a store measures the
# root mean square of all features of the training photos, and a captioner divides by it. One learning rate then suits
# every eye.

# %%
pictures = np.stack([scene.image for scene in world.scenes("train", 8)])
exact, kept = eye.look(pictures), store.gather(store.rows(store.names[:8]))
large = exact > 0.01
print(f"largest relative error of float16: {np.abs(kept[large] / exact[large] - 1).max():.4f}")
scale = np.sqrt(np.mean(kept**2))
print(f"root mean square of these features: {scale:.1f}; over all photos, the scale of the store: {store.scale:.1f}")

# %% [markdown]
# ## Split by photo
#
# Every photo has five captions. It is tempting to shuffle all pairs of photo and caption and to keep a tenth of them
# for the test, and many notebooks do it. Count what happens. A caption lands in the training part with probability
# 0.8, so the other four captions of its photo *all* miss it with probability $0.2^4$, which is 0.0016. Nearly every
# "test" photo has been seen in training, with its own sentences. (The same count on Flickr8k's train and dev photos:
# 99.9 %.)
#
# To see what that is worth, take a captioner that understands nothing: it looks for the training photo whose features
# are most alike, and says what was said of that one.

# %%
photos = read_dataset(terminal.folder / "toy").photos
pairs = [(photo.name, caption) for photo in photos for caption in photo.captions]
means = dict(zip(store.names, store.gather(np.arange(len(store.names))).mean(axis=1)))
split_of = {photo.name: photo.split for photo in photos}


def parrot(training, test):
    """How many test photos a parrot has met, and its BLEU-4 (× 100): it says what was said of the most similar one."""
    met = {name for name, _ in training} & {name for name, _ in test}
    rows = nearest_photos(*(np.stack([means[name] for name, _ in part]) for part in (test, training)))
    said = {str(i): training[row][1] for i, row in enumerate(rows)}
    scores = score_captions(said, {str(i): [caption] for i, (_, caption) in enumerate(test)}, "simple")
    return (f"test photos seen in training: {len(met):>3} of {len({name for name, _ in test}):<3}   "
            f"parrot's BLEU-4: {100 * scores['corpus']['bleu_4']:.0f}")


draw = np.random.default_rng(0).random(len(pairs))
print("split by caption  ", parrot([pair for pair, u in zip(pairs, draw) if u < 0.8],
                                   [pair for pair, u in zip(pairs, draw) if u >= 0.9]))
print("split by photo    ", parrot([pair for pair in pairs if split_of[pair[0]] == "train"],
                                   [pair for pair in pairs if split_of[pair[0]] == "test"]))

# %% [markdown]
# (One reference each, so both figures are low.) Split by caption, memory alone doubles the score, and whoever is
# scored so is scored for memory. A split has to be of photos, whole photos. minisat takes the data set's own lists,
# and where there are none it draws photos, not captions.
#
# ## Train, and score
#
# The choices of a training are a *recipe*; here a tiny one, on one processor, in double precision, so that every
# machine prints the same.

# %%
write_json(terminal.folder / "tiny.json", {
    "embedding_size": 32, "hidden_size": 64, "attention_size": 32, "dropout": 0.0, "penalty": 0.0, "min_count": 1,
    "learning_rate": 0.015, "warmup_steps": 20, "average_decay": 0.9, "batch_size": 32, "epochs": rounds(7, short=1),
    "beam": 1, "max_words": 20, "precision": "float64"})
terminal("train toy --features toy.store --recipe tiny.json --run runs/first --device cpu", ("Training", "Finished"))
terminal("evaluate runs/first toy --split test --beam 3 --device cpu", ())
scores = read_json(terminal.folder / "runs/first/scores-test.json")
table = {name: (round(100 * row["bleu_4"]), round(100 * row["cider_d"])) for name, row in
         {"these captions": scores["corpus"], **scores["yardsticks"]}.items() if not name.startswith("always")}
print(f"{'':<42}BLEU-4   CIDEr-D")
for name, (bleu_4, cider_d) in table.items():
    print(f"{name:<40}{bleu_4:>8}{cider_d:>10}")
low, high = (round(100 * end) for end in scores["intervals"]["bleu_4"])
print(f"95 % interval of these captions' BLEU-4: {low} to {high}")
terminal("caption runs/first toy/Images/test_00000.png toy/Images/test_00001.png --device cpu")

# %%
figure, (left, right) = panels(1, 2, size=(8.2, 2.9))
for row, found in enumerate(named.values()):
    for place, (what, count) in enumerate(zip(("kind", "colour"), found)):
        share, y = 100 * count / len(names), row + 0.36 * place
        left.barh(y, share, 0.3, color=PALETTE[place])
        left.text(share + 2, y, f"{share:.0f} %" + (f" {what}" if row == 0 else ""), fontsize=8, va="center",
                  color=PALETTE[place])
left.set(yticks=np.arange(3) + 0.18, yticklabels=named, ylim=(2.7, -0.4), xlim=(0, 138), xticks=[0, 50, 100],
         title="The eye's names that are right")
for row, (bleu_4, _) in enumerate(table.values()):
    right.barh(row, bleu_4, 0.6, color=PALETTE[2] if row == 0 else MUTED)
    right.text(max(bleu_4, high if row == 0 else 0) + 2, row, f"{bleu_4}", fontsize=8, va="center")
right.plot([low, high], [0, 0], color=PALETTE[4], linewidth=2)
right.set(yticks=range(len(table)), yticklabels=[name.replace(", ", ",\n") for name in table], ylim=(3.6, -0.6),
          xlim=(0, 100), title="BLEU-4 among its neighbours")
show(figure, "neighbours", "Two bar charts. Left: trained pixels let the eye name nearly everything; with red and blue "
     "swapped it loses the colours, and without normalising it is hardly better than a guess. Right: BLEU-4 of the "
     "captions, with its interval, lies between that of the nearest training photo's caption and that of people")

# %% [markdown]
# The captioner's row needs its neighbours: people, each caption held against the other four of its photo; the parrot
# from above; a caption drawn at random; and the interval, which says how far chance alone may have moved the score.
# All are × 100. Without them a score says nothing (lesson 18). On real photos:
#
# ```bash
# minisat train Flickr8k --features mobilenet.store --run runs/first --dropout 0.6 --weight-decay 0.1 --epochs 7
# minisat evaluate runs/first Flickr8k --split dev --beam 5 --gallery
# minisat caption runs/first my-photos/ --attention attention
# ```
#
# What this project measured so, on Flickr8k's 1,000 dev photos (× 100; one seed; 27 minutes of training on one thread
# of a processor, no GPU, with the commands above):
#
# | soft attention on MobileNet v2, 7×7×1280 | BLEU-1 | BLEU-2 | BLEU-3 | BLEU-4 | METEOR | CIDEr-D |
# | --- | --- | --- | --- | --- | --- | --- |
# | greedy | 58.7 | 40.4 | 26.4 | 17.4 | | |
# | beam 5 | 60.5 | 42.7 | 29.3 | 20.1 | 19.5 | 49.2 |
# | people, one against the other four | | | | 21.8 | 25.6 | 83.5 |
#
# (Dropout and weight decay make it harder to learn the photos by heart: lesson 11.)
#
# Three remarks. BLEU-4 says "nearly as good as people", CIDEr-D says "three fifths of it".<!-- from: the table -->
# Here, believe the second: BLEU-4 pays as much for a stock phrase as for what tells this photo from others, and CIDEr-D
# does not (lesson 18). Then read captions. Differences below one point of BLEU-4 are noise here, so a list of tricks
# that bring half a point each is a list of dice. And the attention is **diffuse**: in a training like this one its
# entropy was 3.79, where looking at all 49 places alike would be $\log 49 \approx 3.89$; it is as if 44 of the 49
# places counted. The maps that papers print are chosen. Yours will mostly look like fog, because the penalty of lesson
# 15 asks for equal looks, and without it they rest on one spot.
#
# ## On a GPU
#
# Install `minisat-captioner[gpu]`, ask `minisat doctor` whether it works, and say `--device cuda` (or nothing: `auto`
# takes a GPU where there is one). The source is the same. No switch says where to compute: **arrays know where they
# live**, and a layer asks its input.

# %%
print("the module that computes on these features:", get_array_module(kept).__name__)

# %% [markdown]
# On the other machine the same line says `cupy`. Three things change. *Large products become fast, small operations
# expensive*: each costs some microseconds to start, however little it does, so a loop over words with many small steps
# keeps a GPU waiting. Whatever can be computed for all words at once is (the keys of the attention, all logits).
# *Transport becomes slow*: what moves between the two memories should move once, and to print the loss after each step
# makes the GPU wait, so the trainer asks only now and then. *Last digits change*, since sums are added in another
# order: a training on a GPU is as good as one on a processor, and not the same one. What stays slow is reading and
# resizing JPEGs, which the processor does; with stored features it does it once. All figures on this page were measured
# without a GPU.
#
# ## When the eye learns too
#
# If the eye is to blame (the next lesson asks), let its last blocks learn too, gently, after the captioner has learnt
# to speak:
#
# ```bash
# minisat features Flickr8k --encoder mobilenet_v2 --weights W --grid features.17,features.18 --out stores
# minisat train Flickr8k --features stores/features.18 --run runs/first
# minisat train Flickr8k --features stores/features.17 --start runs/first --tune 1 --run runs/tuned \
#     --learning-rate 2e-4 --encoder-learning-rate 1e-4
# ```
#
# (`W` stands for the weights file. In a toy world with an eye drawn at random, three more epochs took the dev BLEU-4
# from 46 to 54 with the eye as it was, and to 74 with its last block learning too.) The gradient that the attention
# sends to the grid (lesson 14) now walks on into the CNN, through convolutions (lesson 7), and through a layer that we
# have not met, which stands behind the convolutions of most newer networks and of our toy eye: **BatchNorm** (Ioffe and
# Szegedy 2015).
#
# Take one channel, and write its values at all places of all photos of the batch in one row, $x_1, \ldots, x_m$.
# BatchNorm takes their mean out, divides by their spread, and then lets the network choose another spread $\gamma$ and
# mean $\beta$:
#
# $$
# \mu = \frac{1}{m}\sum_k x_k, \quad v = \frac{1}{m}\sum_k (x_k-\mu)^2, \quad s = \sqrt{v + \epsilon}, \quad
# \hat x_k = \frac{x_k-\mu}{s}, \quad y_k = \gamma \hat x_k + \beta
# $$
#
# As in lesson 1, $d\gamma = \sum_k dy_k\, \hat x_k$ and $d\beta = \sum_k dy_k$. And $dx_j$? Each $\hat x_k$ sends back
# $g_k = \gamma\, dy_k$, and a nudge of $x_j$ reaches them along three paths, which add up:
#
# * *Straight.* $\hat x_j$ moves by $1/s$. That makes $g_j / s$.
# * *Through the mean.* $\mu$ moves by $1/m$, so every $\hat x_k$ moves by $-1/(ms)$. That makes
#   $-\frac{1}{ms}\sum_k g_k$.
# * *Through the spread.* $v$ moves by $\frac{2}{m}(x_j-\mu) = \frac{2s}{m}\hat x_j$ (that $\mu$ moves too changes
#   nothing here: the deviations sum to 0). A nudge of $v$ moves $s$ by $\frac{1}{2s}$ of it, so each $\hat x_k$ by
#   $-\frac{\hat x_k}{s}\cdot\frac{1}{2s}$ of it. All together $-\frac{1}{ms}\,\hat x_j \sum_k g_k \hat x_k$.
#
# With $\gamma$ taken out, the sums are old friends:
#
# $$
# dx_j = \frac{\gamma}{s}\Bigl(dy_j - \frac{d\beta}{m} - \hat x_j\,\frac{d\gamma}{m}\Bigr)
# $$
#
# It reads well: whatever a shift or a stretch of the whole channel would have done is taken out of $dy$, as BatchNorm
# would undo it anyway.
#
# That was **live** BatchNorm, as in training from nothing. It has an odd side: what the eye sees in *your* photo
# depends on which other photos happen to be in the batch. For captions there is no "batch", so training also keeps
# running averages of $\mu$ and $v$, and inference uses these. A borrowed eye comes with the averages of ImageNet,
# measured over a million photos, and tuning it on some dozens at a time should not replace these by worse ones. So they
# are **frozen**: $\mu$ and $s$ are constants, two of the three paths are closed, and $dx_j = \gamma\, dy_j / s$. (In
# frameworks, switching gradients off does not freeze the averages: a network left in training mode goes on changing
# them, in silence.)

# %%
photo = eye.encoder.preprocessing.normalise(pictures[:6]).astype("float64")
for mode in ("live", "frozen"):
    network = eye.encoder.train(mode == "live")
    one, other = network.forward(photo[:3])[0][0], network.forward(photo[[0, 4, 5]])[0][0]
    print(f"{mode:<7} the same photo in two batches: its features differ by "
          f"{100 * np.abs(one - other).mean() / np.abs(one).mean():.0f} %")

# %% [markdown]
# ## Your turn
#
# Write the backward pass of BatchNorm, live and frozen. It is the last link: with it you have written the gradients
# all the way from a word's surprise back to a pixel.
#
# ```
# minisat lesson check 20
# ```
#
# **What remains:** a borrowed eye needs the input that it was trained on; a split is a split of photos; a score needs
# neighbours; and BatchNorm takes out of a gradient what it would undo anyway. Next: most captions are still wrong
# somewhere. Whose fault is it?
