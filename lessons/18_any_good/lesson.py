# %% [markdown]
# # 18. Is it any good?
#
# *The question:* the captioner has said something about a thousand photos. Nobody wants to read it all. Can a program
# say how good it is, by comparing with what people said, and what does such a number not see?
#
# You need lessons 2 and 17, and lesson 16 for the last part and the exercise. Fifty minutes.

# %% [markdown]
# ## Five people, five sentences
#
# Ask five people what is in a photo, and you get five sentences, its **references**. All are true, and hardly two are
# alike. A score asks how much a caption has in common with them. It does not look at the photo, and it does not know
# what is true. Keep that in mind.
#
# ## BLEU by hand
#
# **BLEU** (Papineni et al. 2002) was made for translation. It counts **n-grams**, runs of $n$ words, and asks which of
# the caption's are found in a reference. Take the caption *a red ball above a blue box*, and two references: *a red
# ball above a blue crate* and *a ball in red over a box in blue*.
#
# * $n = 1$: seven words, and all are found (*box* in the second reference): 7 of 7.
# * $n = 2$: *a red, red ball, ball above, above a, a blue* are found, *blue box* is not: 5 of 6.
# * $n = 3$: all but *a blue box*: 4 of 5.
# * $n = 4$: all but *above a blue box*: 3 of 4.
#
# These shares are the **precisions** $p_n$. BLEU-4 is their geometric mean,
#
# $$
# \Big(\frac{7}{7} \cdot \frac{5}{6} \cdot \frac{4}{5} \cdot \frac{3}{4}\Big)^{1/4} = \Big(\frac{1}{2}\Big)^{1/4}
# \approx 0.84
# $$
#
# and BLEU-1, BLEU-2, BLEU-3 take only the first one, two or three of them. Two holes have to be stopped.
#
# * Say *a a a a a a a*: each word is found. So each n-gram counts at most as often as it occurs in a single reference
#   (here *a* twice): 2 of 7. The counts are **clipped**.
# * Say *a red ball* and stop: everything is found. So a caption shorter than the references pays the **brevity
#   penalty** $\exp(1 - r/c)$, where $c$ is its length and $r$ that of the reference that is closest in length; here
#   $\exp(1 - 7/3) \approx 0.26$. Longer captions pay nothing: their precisions suffer anyway.

# %%
import numpy as np

from minisat.captioner import TeacherForcing
from minisat.captioner.decoding import greedy
from minisat.data.toy_world import COLOURS, NOUNS, oracle_captions, understand
from minisat.data.toy_world.grammar import PHRASES, article
from minisat.evaluation import (
    References,
    compare,
    corpus_bleu,
    corpus_scores,
    diversity,
    image_search,
    intervals,
    log_likelihoods,
    photo_scores,
)
from minisat.optim import Adam, FlatParameters
from minisat.teaching import INK, compared, mosaic, panels, rounds, show
from minisat.teaching.toy_captioner import ToyPhotos, learn
from minisat.training.self_critical import SelfCritical

references = [["a red ball above a blue crate".split(), "a ball in red over a box in blue".split()]]
for caption in ("a red ball above a blue box", "a a a a a a a", "a red ball"):
    score = corpus_bleu([caption.split()], references)
    found = ", ".join(f"{m} of {total}" for m, total in zip(score.counts.matches, score.counts.totals))
    print(f"{caption}\n    found {found}\n    BLEU-1 to 4:", ", ".join(f"{x:.2f}" for x in score.plain))

# %% [markdown]
# The package agrees. It also shows a third hole, and this one is not stopped: with no 4-gram in common, or with fewer
# than four words, BLEU-4 is **0**, whatever else is right. So BLEU is meant for a **corpus**: the counts of all
# captions are added up first, and then divided once. That is not the mean of the captions' own scores. (Some programs
# add a little to every count, so that a single caption does not get 0. coco-caption, whose numbers papers quote, adds
# next to nothing.)
#
# ## Three others
#
# * **ROUGE-L** (Lin 2004) looks for the longest list of words that both have in the same order, with gaps allowed.
# * **METEOR** (Denkowski & Lavie 2014) pairs each word of the caption with one of the reference: the same word, else
#   the same stem (*runs*, *running*), else a synonym. Of the pairs it makes precision $P$ and recall $R$ (the share of
#   the reference's words that were said), and weighs $R$ more. If the pairs lie in $k$ unbroken runs and there are $m$
#   pairs, it takes away more the larger $k/m$: order counts. Its list of synonyms is a download
#   (`minisat setup --fetch meteor`); here we do without and match words and stems only.
# * **CIDEr** (Vedantam et al. 2015) asks which n-grams are *telling*. An n-gram that occurs in the references of $d$
#   of all $N$ photos weighs $\log(N/d)$: one that is said of every photo weighs nothing, a rare one much. Each
#   sentence becomes a vector, for every n-gram how often it occurs times what it weighs. The score is the cosine
#   between the caption's vector and a reference's, averaged over references and over $n$ from 1 to 4 (eqs. 1 to 3),
#   and programs report ten times that. CIDEr-D, which everybody reports, also clips, and punishes a difference in
#   length. Since $d$ and $N$ are counted in the references at hand, the same captions score differently among 100
#   photos and among 1,000: only scores on the same photos can be compared.

# %%
photos = ToyPhotos(train=rounds(400, short=8), test=rounds(200, short=8))
several = [i for i, scene in enumerate(photos.test.scenes) if len(scene.things) > 1]
scenes = [photos.test.scenes[i] for i in several]
told = {i: photos.test.references[i] for i in several}
print(f"{len(told)} photos of two or three things; of one of them people said:")
for words in max(told.values(), key=lambda own: len(set(map(tuple, own)))):
    print("   ", " ".join(words))
for word in ("a", "in", "red", "trout"):
    d = sum(any(word in words for words in own) for own in told.values())
    print(f"{word:<6} is said of {d:>3} photos and weighs {np.log(len(told) / max(d, 1)):.2f}")

# %% [markdown]
# ## What each of them sees
#
# In the toy world we know what is true: a program understands every sentence of its language. So we can make captions
# with one fault each and see which score notices. We start from what one more person says, who sees everything and
# makes no mistake, and spoil it.

# %%
rng = np.random.default_rng(0)
synonyms = [*NOUNS.values(), *PHRASES.values()]  # pairs: the usual word, the rarer one
opposite = {"left": "right", "right": "left", "above": "below", "below": "above", "over": "under", "under": "over"}


def with_articles(words):
    """`words` with a or an, as the next word wants it."""
    return [article(following) if word in ("a", "an") else word for word, following in zip(words, [*words[1:], ""])]


def reworded(words, wanted):
    """The same, wherever there are two ways to say it in the usual one (`wanted` 0) or the rarer one (1)."""
    text = f" {' '.join(words)} "
    for number, pair in enumerate(synonyms):
        for word in sorted(pair, key=len, reverse=True):
            text = text.replace(f" {word} ", f" #{number} ")
    for number, pair in enumerate(synonyms):
        text = text.replace(f" #{number} ", f" {pair[wanted]} ")
    return with_articles(text.split())


def one_colour_wrong(words, scene):
    """The first colour becomes one that nothing in the photo has."""
    place = next(i for i, word in enumerate(words) if word in COLOURS)
    wrong = rng.choice([colour for colour in COLOURS if colour not in {thing.colour for thing in scene.things}])
    return with_articles([*words[:place], str(wrong), *words[place + 1:]])


def first_thing_only(words, scene):
    """Up to where the caption says where."""
    end = next(i for i, word in enumerate(words) if word in opposite)
    return words[:end - 2 if words[end - 1] == "the" else end]


person = [oracle_captions(scene, rng).split() for scene in scenes]
faults = {
    "one more person": lambda words, scene: words,
    "in the usual words": lambda words, scene: reworded(words, 0),
    "in rarer words": lambda words, scene: reworded(words, 1),
    "one colour wrong": one_colour_wrong,
    "right and left exchanged": lambda words, scene: [opposite.get(word, word) for word in words],
    "the first thing only": first_thing_only,
    "words shuffled": lambda words, scene: [words[i] for i in rng.permutation(len(words))],
    "the same of all photos": lambda words, scene: "a ball in red to the left of a box in blue".split(),
}
captions = {name: [spoil(*pair) for pair in zip(person, scenes)] for name, spoil in faults.items()}
captions["of another photo"] = person[1:] + person[:1]

judges = {"BLEU-1": "bleu_1", "BLEU-4": "bleu_4", "ROUGE-L": "rouge_l", "METEOR*": "meteor_exact_stem",
          "CIDEr-D": "cider_d"}
people = References(told)


def true_share(said, scenes):
    """The share of captions that are the whole truth of their scenes."""
    claims = [understand(words) for words in said]
    return np.mean([claim is not None and claim.true_of(scene) for claim, scene in zip(claims, scenes)])


table = {}
print(f"{'':<24}", "".join(f"{name:>9}" for name in (*judges, "true")), "  of the first photo")
for name, said in captions.items():
    scores = corpus_scores(people.families(dict(zip(told, said))))
    table[name] = [scores[key] for key in judges.values()] + [true_share(said, scenes)]
    print(f"{name:<24}", "".join(f"{x:9.2f}" for x in table[name]), "  ", " ".join(said[0]))

# %%
figure, axis = panels(size=(6.4, 4.3))
numbers = np.array(list(table.values()))
shades = np.round(np.clip(numbers / numbers[0], 0, 1), 2)  # 1: as much as the person gets
mosaic(axis, shades, largest=1.6)
for (row, column), number in np.ndenumerate(numbers):
    axis.text(column, row, f"{number:.2f}", ha="center", va="center", fontsize=9, color=INK)
axis.set(aspect="auto", yticks=range(len(table)), xticks=range(len(judges) + 1))
axis.set_yticklabels(table, fontsize=9, color=INK)
axis.set_xticklabels([*judges, "true"], fontsize=9, color=INK)
axis.xaxis.tick_top()
axis.tick_params(length=0)
axis.set_xlabel("bluer: nearer to what one more person gets        * words and stems only", fontsize=8)
axis.axvline(len(judges) - 0.5, color=INK, linewidth=1)
axis.axhline(2.5, color=INK, linewidth=1)
show(figure, "faults", "A table of nine kinds of captions against five scores and the share that is true, bluer where "
     "more: true captions in rarer words score less than captions with left and right exchanged, of which none is true")

# %% [markdown]
# Read the table from the top.
#
# * **A perfect speaker does not get 1.** She sees everything and says only what is true, and gets a BLEU-4 of 0.81,
#   because people differ. One who always takes the usual word gets more, 0.88. So a captioner that scores more than
#   people do is not better than people. It is more ordinary.
# * **Lies beat the truth in rarer words.** The third row is true of every photo, the fourth and the fifth are false of
#   every photo (in the fifth above and below are exchanged, too). The fifth wins on every score, the fourth on all but
#   BLEU-1.<!-- from: the table --> To a counter of n-grams a good synonym costs as much as a wrong word. METEOR with
#   its synonyms, and more references, would help the third row. Nothing here treats the fifth as it deserves.
# * **BLEU-1 does not see order.** Shuffled words get what the sentence got. BLEU-4 notices most; METEOR takes a
#   quarter off, and CIDEr-D still gives nearly half.
# * **Little is needed.** One caption for all photos, said with closed eyes, gets a BLEU-1 of 0.61 and a BLEU-4 of
#   0.29. CIDEr-D, which gives nothing for what is said of every photo, is less impressed. On Flickr8k's dev photos
#   the string *a with on a is in the and* gets a BLEU-1 of 0.72, and one person beside four others 0.64.
# * **A short safe caption**, the first thing only, says nothing false. (In the last column *true* means the whole
#   truth.) It falls to the brevity penalty. *Show, Attend and Tell* reports BLEU without that penalty, so whoever
#   compares must know which of the two it is.
#
# The last point is a general one. A score belongs to the way it was computed:

# %%
def bleu_4(said, start=(), end=()):
    """Corpus BLEU-4 of one caption a photo; `start` and `end` are put around every caption and every reference."""
    around = [[[*start, *words, *end] for words in own] for own in told.values()]
    return corpus_bleu([[*start, *words, *end] for words in said], around)


person_families = people.families(dict(zip(told, person)))
own = photo_scores(person_families)["bleu_4_plain"]
print(f"one more person, as a corpus            {bleu_4(person).bleu_4:.2f}")
print(f"mean of each caption's own BLEU-4       {own.mean():.2f}, and {(own == 0).sum()} of {len(own)} have 0")
other = captions["of another photo"]
print(f"of another photo                        {bleu_4(other).bleu_4:.2f}")
print(f"the same, <start> and <end> left in     {bleu_4(other, ['<start>'], ['<end>']).bleu_4:.2f}")
first = bleu_4(captions["the first thing only"])
print(f"the first thing only                    {first.bleu_4:.2f}")
print(f"the same, without the brevity penalty   {first.no_bp[3]:.2f}")

# %% [markdown]
# Each pair is of the same captions. A perfectly true caption may have a BLEU-4 of 0 of its own. To leave the marks in
# as if they were words, as popular programs do, is worth points that nobody has earned, since everybody gets the first
# and the last word right: a little here, and on Flickr8k it lifts people's own BLEU-4 from 0.22 to
# 0.26.<!-- from: the same captions, scored twice --> Without the
# brevity penalty, the first thing only beats the person. So: the same cutting into words, the same references, the
# same program, or no comparison.
#
# ## Is the difference real?
#
# Now two captioners with soft attention (lesson 14) that differ in the seed alone, on all test photos. How much of a
# difference is chance? The **bootstrap** asks: what if we had had other photos? It draws as many photos as there are,
# with replacement, so that some come twice and some not at all, computes the score, and does that a thousand times.
# The middle 95 % of these scores are an interval.

# %%
tests = photos.test
told_all = dict(enumerate(tests.references))
all_people, everything = References(told_all), {}
training = [words for own in photos.train.references for words in own]
learnt = [learn(photos, rounds(5, short=1), seed=seed)[0] for seed in range(2)]
for seed, captioner in enumerate(learnt):
    said = [photos.vocabulary.decode(caption.ids) for caption in greedy(captioner, tests.features, 20)]
    everything[seed] = all_people.families(dict(enumerate(said)))
    score, (low, high) = corpus_scores(everything[seed])["bleu_4"], intervals(everything[seed])["bleu_4"]
    variety = diversity(said, training)
    print(f"seed {seed}: BLEU-4 {score:.2f}, interval {low:.2f} to {high:.2f}; "
          f"true {true_share(said, tests.scenes):.2f}\n        "
          f"{variety['unique_captions']} different captions of {variety['n']}, "
          f"{variety['share_in_train']:.2f} of them word for word in training")
compared("BLEU-4, seed 1 − seed 0", everything[0], everything[1], "bleu_4")
print(f"p = {compare(everything[0], everything[1])['bleu_4'].p_value:.2f}")
rarer, exchanged = (people.families(dict(zip(told, captions[name])))
                    for name in ("in rarer words", "right and left exchanged"))
compared("BLEU-4, right and left exchanged − in rarer words", rarer, exchanged, "bleu_4")

tell = [photos.vocabulary.encode(own[0]) for own in tests.references[:100]]
ranks = image_search(log_likelihoods(learnt[0], tests.features[:100], tell), np.arange(len(tell)))
print(f"recall of the right photo among {len(tell)}: {ranks.recall(1):.2f} at 1, {ranks.recall(5):.2f} at 5; "
      f"by chance {1 / len(tell):.2f} and {5 / len(tell):.2f}")

# %% [markdown]
# One seed is three points better than the other (a point is a hundredth), and that proves nothing: the interval of the
# difference holds 0, and *p* says how often a difference as large comes about when a coin decides whose caption is
# whose.<!-- rests on: BLEU-4, seed 1 − seed 0: holds 0 --> That lies score higher than the truth in rarer words is no
# accident of the photos: that interval is far from 0.<!-- rests on: BLEU-4, right and left exchanged − in rarer words:
# above 0 --> And all this is about other *photos*. The difference between seeds comes on top of that, as you have just
# seen.
#
# Two more things can be read off these lines. A BLEU-4 of 0.63 goes with less than half of all captions being true.<!--
# from: the lines of seed 0 --> Only in a toy world can one count that, but the table has shown why it can be so. And
# **diversity**: how many captions are different, and how many are nobody's but the captioner's own. One that only
# recites what it has read is found out here, and by no score above.
#
# The last line asks the captioner the other way round: given what a person said, which of a hundred photos was meant?
# The one that makes the sentence likeliest (lesson 12). **Recall@k** is the share of sentences whose photo is among
# the first $k$. It needs no n-grams; and it knows nothing of what the captioner would have said itself.
#
# ## Train on the score itself?
#
# We have trained for likelihood and judge by a score. Why not climb the score? Because it has no slope: nudge a logit,
# and the caption stays as it is, until a word changes. You know this from lesson 16, and the way out. There a place
# was drawn, here a whole caption $w$ is, word by word. Its score $r(w)$ is its **reward**, the expected reward is
# $J = \sum_w p(w)\, r(w)$, and by the log-derivative trick
#
# $$
# \partial J = \sum_w p(w)\; r(w)\; \partial \log p(w), \qquad \log p(w) = \sum_t \log p_{t, w_t}
# $$
#
# The slope of $\log p_{t,w_t}$ for logit $v$ is $[v = w_t] - p_{t,v}$ (lesson 2). The loss is $-J$, so a drawn caption
# gives the logits of each of its steps
#
# $$
# dz_t = (r(w) - b)\left(p_t - \mathrm{onehot}(w_t)\right)
# $$
#
# It is the gradient of lesson 2, of the captioner's own caption instead of a person's, with a weight. Better than $b$:
# learn to say it. Worse: unlearn it. The baseline $b$ may be anything that does not depend on this draw: the reward of
# the greedy caption (**self-critical** training, Rennie et al. 2017, eq. 9), or the mean reward of the *other*
# captions drawn of the same photo (Luo 2020). With $K$ captions for each of $N$ photos, each counts $(r - b) / (N K)$.
#
# We take the first of the two captioners, draw four captions of each training photo, with CIDEr-D as the reward, and
# go through all photos four times.

# %%
def judged(when, captioner):
    """Print what it says of the test photos: CIDEr-D, the share that is true, how many different captions and words."""
    said = [photos.vocabulary.decode(caption.ids) for caption in greedy(captioner, tests.features, 20)]
    variety = diversity(said, training)
    families = all_people.families(dict(enumerate(said)))
    print(f"{when}: CIDEr-D {corpus_scores(families)['cider_d']:.2f}, true {true_share(said, tests.scenes):.2f}, "
          f"{variety['unique_captions']} different captions, {variety['vocab_used']} different words")
    return families


captioner = learnt[0]
before = judged("before", captioner)
drawing = SelfCritical(range(len(photos.train.scenes)), photos.train.references, photos.vocabulary, 32, samples=4,
                       baseline="others", max_words=20)
objective, optimizer = TeacherForcing(captioner), Adam(FlatParameters(captioner.parameters()), 0.003)
rng, rewards = np.random.default_rng(0), []
for _ in range(rounds(4, short=1)):
    rewards.append([])
    for batch in drawing.epoch(rng):
        drawn, features = drawing.drawn(captioner, batch, photos.train.features[batch.photos], rng)
        objective.zero_grad()
        _, cache = objective.forward(features, drawn.ids, drawn.lengths, weights=drawn.weights)  # (r − b) / (N K)
        objective.backward(1.0, cache)
        optimizer.step()
        rewards[-1].append(drawn.reward)
print("mean reward of what is drawn:", ", ".join(f"{np.mean(of_epoch):.2f}" for of_epoch in rewards))
compared("CIDEr-D, after − before", before, judged("after ", captioner), "cider_d")

# %% [markdown]
# What is rewarded goes up. On new photos CIDEr-D rises here as well, if by less.<!-- rests on: CIDEr-D, after − before:
# above 0 --> But hardly more than before is true, and the captions have become fewer and use fewer words: it has learnt
# what pays. (On Flickr8k, in one training of this project's, the reward of what is drawn of training photos rose from
# 0.30 to 0.54 in five epochs. With a beam of 5, the dev photos' captions gained in BLEU-1, from 60.5 to 63.1 with a *p*
# of 0.001; their CIDEr-D, 49.2 before and 47.5 in the best epoch, moved no further than chance may move it, *p* being
# 0.17.)<!-- from: tests/benchmarks/README.md --> A reward is obeyed to the letter. CIDEr-D does not see that a caption
# breaks off after *in a*, so minisat counts `<end>` as a word, as Rennie et al. did and as Luo's widely used program
# does (`minisat train --recipe self-critical --start RUN`). And no training can teach what its reward does not see.
#
# ## Scores that look further, and people
#
# Two more names stand in papers, and neither counts n-grams. **SPICE** (Anderson et al. 2016) parses the caption and
# the references into facts: things (*ball*), properties (*red ball*), relations (*ball above box*), with synonyms. Its
# score weighs precision and recall of facts equally. "A ball in red over a box" and "a box below a red ball" say nearly
# the same to it. It hears nothing of how a sentence sounds, and what the parser misreads is lost. **CLIPScore** (Hessel
# et al. 2021) asks for no reference at all. A network that was trained on hundreds of millions of photos with their
# captions makes a vector of the photo and one of the sentence, and their cosine, times 2.5 and at least 0, is the
# score. It is the only one here that looks at the photo. Yet such networks read sentences much like bags of words
# (Yuksekgonul et al. 2023), so *the dog bites the man* and *the man bites the dog* are hard to tell apart, as are two
# and three. And a captioner that was built on the same network pleases it for reasons of its own. minisat has neither:
# one needs a Java parser, the other a network of hundreds of megabytes.
#
# Which score should one believe? Whichever agrees with people; and that depends on what one asks. Over the systems of
# COCO's 2015 challenge the correlation with people's judgements was 0.88 for SPICE, 0.53 for METEOR and 0.43 for
# CIDEr;<!-- from: the abstract of Anderson et al. 2016 --> over single captions all of these are much lower, and an
# n-gram score may well prefer a false sentence, as the table above does. A score can rank systems that differ greatly.
# It cannot say whether *your* caption of *this* photo is right.
#
# So ask people. An afternoon will do:
#
# 1. Draw 100 test photos. Show each with two captions, yours and the rival's (or a person's), in random order and
#    without names.
# 2. Ask two friends, separately, two questions: *Is anything in it wrong? Which would you rather have if you could not
#    see the photo?* Allow "equal".
# 3. Count on how many photos they agree. If it is hardly more than chance, the question was unclear, and no average
#    mends that.
# 4. Of $n$ photos on which one was preferred, $k$ went to yours. If nothing divides the two, $k$ is a count of heads in
#    $n$ throws: with $n = 80$, anything from 31 to 49 is within chance's 95 %.
#
# ## Captions: for whom, and at whose cost
#
# Captions are read most by those who cannot see the photo: in alternative texts, read aloud by a screen reader. They
# cannot check. In MacLeod et al. (2017) blind people trusted captions even when these made little sense, and invented
# stories to reconcile them with what they knew; a caption that says how unsure it is was doubted more readily. So the
# two kinds of mistake are not alike. To leave something out costs a detail; to invent it misleads somebody who has no
# second source. No score in this lesson knows the difference.
#
# A captioner also repeats what its sentences do. Annotators guess what cannot be seen, jobs and kinship and moods (van
# Miltenburg 2016), so it learns to guess. Where most training photos of snowboards say *man*, it says *man* of a woman
# on a snowboard, and looks at the snowboard to say so (Hendricks et al. 2018): you can see that with an attention map.
# Captions of people with darker skin differ in accuracy and in tone (Zhao et al. 2021). And photos that blind people
# take themselves, close, blurred, turned, hardly occur in the sets on which all this is scored (Gurari et al. 2020).
#
# None of this is mended by another point of BLEU. What helps is modest: write *person* where nothing shows more; score
# the groups apart, not the mean; count false statements as a number of their own, as the tables here do with *true*;
# and let the reader know that a machine wrote it.
#
# ## Your turn
#
# Write what each drawn caption counts, with the mean of the others as baseline, and the gradient of the logits. The
# check goes through everything that a tiny captioner could draw, and asks whether your gradients average to the slope
# of the expected reward: by nudging, as always. (That average is the same without a baseline; so one more case asks for
# the baseline itself.)
#
# ```
# minisat lesson check 18
# ```
#
# **What remains:** a score counts what a caption shares with what people said, and never looks at the photo; know what
# each one cannot see, name the program, give an interval, and read captions all the same. Next: what to do when the
# numbers are not low but `nan`.
