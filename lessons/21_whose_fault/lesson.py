# %% [markdown]
# # 21. Who is to blame?
#
# *The question:* a caption is wrong. Whose fault is it: the eye's, the tongue's, or that of the one who keeps the
# score? And how does one find out without guessing?
#
# You need lessons 14, 18 and 20. Thirty minutes.

# %% [markdown]
# ## A captioner to question
#
# It is the one of lesson 20, made with the same commands: an eye that has learnt to name single things, a folder of toy
# scenes, features, seven epochs, scores.

# %%
import numpy as np

from minisat.data.toy_world import COLOURS, MISTAKES, NOUNS, ToyWorld, mistake, things_named, write_flickr8k
from minisat.evaluation import pointing_game
from minisat.files import read_json, write_json
from minisat.teaching import PALETTE, panels, rounds, show
from minisat.teaching.spotlight import spotlight
from minisat.teaching.terminal import Terminal
from minisat.teaching.toy_eye import NamingEye
from minisat.trained import Decoding, TrainedCaptioner
from minisat.vision import FeatureStore, cells_of

terminal = Terminal()
eye = NamingEye().learn(rounds(140, short=2))
eye.save(terminal.folder / "eye.safetensors")
world = ToyWorld(seed=0)
counts = {"train": rounds(300, short=8), "dev": rounds(40, short=2), "test": rounds(100, short=2)}
write_flickr8k(terminal.folder / "toy", world, counts)
write_json(terminal.folder / "tiny.json", {
    "embedding_size": 32, "hidden_size": 64, "attention_size": 32, "dropout": 0.0, "penalty": 0.0, "min_count": 1,
    "learning_rate": 0.015, "warmup_steps": 20, "average_decay": 0.9, "batch_size": 32, "epochs": rounds(7, short=1),
    "beam": 1, "max_words": 20, "precision": "float64"})
terminal("features toy --encoder toy_cnn --weights eye.safetensors --precision float64 --device cpu --out toy.store",
         ())
terminal("train toy --features toy.store --recipe tiny.json --run runs/first --device cpu", ("Finished",))
terminal("evaluate runs/first toy --split test --beam 3 --device cpu", ())
store = FeatureStore.open(terminal.folder / "toy.store")
scores = read_json(terminal.folder / "runs/first/scores-test.json")

# %% [markdown]
# ## Reading failures
#
# This is the part that no score does for you. Take what the captioner said of the test scenes and hold it against the
# truth, which the toy world knows. (On real photos you read: `evaluate` has written `analysis-dev.html`, with the best
# and the worst captions, and with what was said in place of what.)

# %%
captioner = TrainedCaptioner(terminal.folder / "runs/first", device="cpu")
scenes = world.scenes("test", counts["test"])
test = [f"test_{i:05d}.png" for i in range(len(scenes))]
features = store.gather(store.rows(test))
captions = [found.captions[0] for found in captioner.decode(features, Decoding(beam=3))]
said = [captioner.words(caption) for caption in captions]
wrong = [mistake(words, scene) for words, scene in zip(said, scenes)]
score = [scores["per_image"][name]["bleu_4"] for name in test]


def eye_names(i):
    """(kind, colour) of each thing of scene i as the eye names it, asked alone about the places that it covers."""
    names = []
    for thing in scenes[i].things:
        covered = thing.mask.reshape(8, 8, 8, 8).mean(axis=(1, 3)).ravel() > 0.5  # more than half of the place
        kind, colour = eye.names(features[i:i + 1, covered])[0]
        names.append((list(NOUNS)[kind], list(COLOURS)[colour]))
    return names


truth = [[(thing.kind, thing.colour) for thing in scene.things] for scene in scenes]
knows = [eye_names(i) == truth[i] for i in range(len(scenes))]
print(f"{'of ' + str(len(scenes)) + ' captions':<26}{'number':>7}{'the eye knew all of it':>25}")
for what in (None, *MISTAKES):
    which = [i for i, one in enumerate(wrong) if (one and one.what) == what]
    print(f"{what or 'true':<26}{len(which):>7}{sum(knows[i] for i in which):>25}")
true, false = ([i for i, one in enumerate(wrong) if (one is None) == kind] for kind in (True, False))
low, high = min(true, key=lambda i: score[i], default=0), max(false, key=lambda i: score[i], default=0)
for what, i in (("lowest BLEU-4 of a true caption", low), ("highest BLEU-4 of a false one", high)):
    pairs_said = {*zip(said[i], said[i][1:])}
    nearest = max(scenes[i].captions, key=lambda text: len(pairs_said & {*zip(text.split(), text.split()[1:])}))
    print(f"\n{what}: {score[i]:.2f}\n  said               {' '.join(said[i])}\n  nearest reference  {nearest}")
cells = cells_of(store.header)  # where the eye's places lie (lesson 8)
game = pointing_game(said, [caption.alphas for caption in captions],
                     lambda i, word: [scenes[i].things[k].mask for k in things_named(word, scenes[i])], cells)
print(f"\nnouns and colours that look at what they name: {game.score:.2f}; looking anywhere: {game.chance:.2f}")
blind, = captioner.decode(store.gather(np.arange(counts["train"])).mean(axis=0, keepdims=True), Decoding(beam=3))
print("shown the mean of all photos, it says:", " ".join(captioner.words(blind.captions[0])))

# %%
kinds = MISTAKES[:rounds(4, short=2)]
firsts = [next((i for i, one in enumerate(wrong) if one and one.what == what), 0) for what in kinds]
for what, i in zip(kinds, firsts):
    there, seen = (", ".join(f"{colour} {kind}" for kind, colour in names) for names in (truth[i], eye_names(i)))
    print(f"{what}\n    in the photo  {there}\n    the eye sees  {seen}\n    the caption   {' '.join(said[i])}")
largest = max(captions[i].alphas[wrong[i].word if wrong[i] else 0].max() for i in firsts)  # one scale for all
figure, axes = panels(2, len(kinds), size=(8, 5.0))
for (above, below), i in zip(axes.T, firsts):
    words, alphas = said[i], captions[i].alphas
    word = wrong[i].word if wrong[i] else 0
    middle = (len(words) + 1) // 2
    spotlight(above, scenes[i])
    above.set_title(wrong[i].what if wrong[i] else "true", color=PALETTE[4], fontsize=9)
    above.set_xlabel(" ".join(words[:middle]) + "\n" + " ".join(words[middle:]), fontsize=8)
    spotlight(below, scenes[i], alphas[word], largest, cells)
    below.set_xlabel(f"“{words[word] if words else ''}”, largest share {alphas[word].max():.2f}", fontsize=8)
show(figure, "failures", "Four scenes with wrong captions, one for each kind of mistake, and below each where the "
     "captioner looked as it said the wrong word")

# %% [markdown]
# Three may be to blame, and each has its own test.
#
# **The score?** Read the references. Above, a caption that is true gets 0.00, since no four words in a row are those of
# a reference, and a false one gets 0.83, since only one of its words is wrong (*house* stands in another reference).
# Neither is a fault of the captioner.
#
# **The eye?** Ask it alone. Here its own classifier reads the places that a thing covers (which nobody tells the
# captioner) and names kind and colour; on real photos, `minisat classify` does it. In 35 of the 56 wrong captions the
# eye had known every thing, so most of the blame is not the eye's, and a larger CNN would not be the cure. In the
# others it may share the blame, but only if it was wrong about what the caption has wrong. In the second picture it
# takes the red fish for a cup, and a cup is what the caption says: that word is the eye's fault. The missing ball and
# the second boat are not, since it knew the ball and the boat. In the third it takes the cup for a ball. But the
# caption says "cup"; what it has wrong is the colour, and the fish that it leaves out, and the eye knew both.
#
# **The tongue, or the way it looks?** What is left. Look at the maps, with a little doubt: a map shows where the
# weights went, and not why a word was said (Jain and Wallace 2019). In the last picture the eye, asked about all of
# it, knows the fish. But as the word is said the look rests where the tail begins and above it, and a tail alone has
# the shape of a sail. In the third, as it says "cup", half of the look is on the fish. The context is then a *mean* of
# an orange fish and a green cup, and in a mean the colours have lost their owners: "a cup in orange". (The count calls
# that a swap; in fact one thing is left out, and the other gets its colour.) In the second, the look is spread over the
# whole picture, no place has more than 0.06 of it, and without a penalty nobody asks where it has looked before. In the
# first it is on the house and on the tree, the eye knows both, and the sentence ends all the same: that is the tongue's
# doing.
#
# One more test for the tongue: show it the mean of all photos, where nothing is to be seen. What it says then, it says
# from habit. If you meet that sentence again and again, you know where it comes from.
#
# And one more for the look. A map shows where the weights went. To learn what a word *hangs on*, take a place away
# (set its features to 0), ask again for the same word, and see by how much its log-probability falls (occlusion, after
# Zeiler and Fergus 2014). You will write this below; `minisat evaluate --occlusion` does it for 200 photos, and says
# how well its ranking of the places agrees with the map's.
#
# What you will meet on real photos, and what it points to:
#
# * *A word that never comes.* The data: it is not in the run's `vocabulary.json`. Of the 7,630 words in Flickr8k's
#   training captions, two thirds occur fewer than five times and are left out, and 28 % of the dev captions hold a word
#   that cannot be said. More captions help.
# * *Two dogs where there are three.* The attention: its weights sum to 1, so the mean over three equal dogs is the
#   mean over one. Little helps; read numbers with suspicion.
# * *The right things in each other's colours.* The attention: the map lies on both. A finer grid may help (14×14), or
#   less penalty.
# * *"A man in a blue shirt", and no shirt.* The tongue: it says so to the mean photo, too. Stop earlier (a dev loss
#   that rises again means reciting), or find more data.
# * *A wrong thing, and `classify` is wrong as well.* The eye: another encoder, or let it learn too (lesson 20).
# * *Nonsense for every photo.* You: preprocessing, or weights that do not fit. Run `data check`, `weights check` and
#   `classify`, and see lesson 19.
# * *A good caption with a low score.* The metric: take several, and read.
#
# ## Your turn
#
# Write the two tests as functions: who is suspect, given what was said, what the eye names and what is there; and by
# how much a word's log-probability falls without each place.
#
# ```
# minisat lesson check 21
# ```
#
# **What remains:** a failure has an owner, whom a small experiment finds: read the references, ask the eye alone, show
# the tongue nothing, take places away. You can now read, write and mend a captioner that looks where it speaks. What
# others built from the same pieces stands on one more page: [what came next](../what_came_next.md).
