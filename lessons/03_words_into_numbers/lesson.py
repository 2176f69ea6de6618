# %% [markdown]
# # 3. Words into numbers
#
# *The question:* people write captions as text, and a network takes arrays of whole numbers. What lies in between, and
# what does each decision on the way cost?
#
# You need lesson 2. Twenty-five minutes.

# %% [markdown]
# ## Text, words, ids
#
# Three steps lead from a caption to numbers. **Cut** the text into pieces, here words, called *tokens*. **List** the
# words that the network shall know: its vocabulary, $V$ words in a fixed order. **Look up** each word's place in that
# list, its *id*.
#
# Why words? With letters as tokens the list is short and never lacks one, but the network has to spell: a caption of
# eleven words is some fifty letters long, and lesson 9 will show how much a long way costs. With whole captions
# as tokens it could never say anything new. Words lie in between. (Large models cut between words and letters, as the
# second exercise does.)
#
# The first step already decides something. Cut at blanks alone, and the same word becomes several:

# %%
from collections import Counter

import numpy as np

from minisat.data.toy_world import ToyWorld
from minisat.evaluation import References
from minisat.teaching import MUTED, PALETTE, compared, panels, show
from minisat.text import END, PAD, START, UNK, Vocabulary, tokenize

texts = ["A brown dog runs.", "Two dogs run; one dog barks!", "The Dog, a brown dog, sleeps .", "A dog sleeps"]
for name, cut in (("at blanks", str.split), ("by minisat", tokenize)):
    found = Counter(word for text in texts for word in cut(text))
    print(f"cut {name}: {len(found)} words, of which", *(word for word in sorted(found) if "dog" in word.lower()))

# %% [markdown]
# Each of these would get numbers of its own, and learn from its own few sentences. So minisat's plain tokenizer writes
# everything in lower case and deletes punctuation. *Dogs* stays apart from *dog*: it means something else, and a
# captioner has to say it.
#
# The order of the list must be the same in every run: most frequent first, equals by the alphabet. A Python `set`
# has an order, too, but another one each time; a captioner that is loaded with another order has its weights in the
# wrong rows, and speaks fluent nonsense. That is why a run keeps its vocabulary beside its weights.
#
# ## How many words?
#
# Not all. A word that occurs once gets one push in each pass over the data, and none of its other uses is ever seen. In
# language most words are such words. Order them by how often they occur; the $r$-th occurs about
#
# $$
# f_r \approx c\, r^{-s}
# $$
#
# times (Zipf 1935, with $s$ near 1 for books). A word occurs at least $k$ times if $c\, r^{-s} \ge k$, which is
# $r \le (c/k)^{1/s}$. So $V_k$, the number of words that occur at least $k$ times, shrinks like
#
# $$
# V_k = V_1\, k^{-1/s}
# $$
#
# Here is what one finds in Flickr8k: 30,000 captions of training photos, 323,639 words, 7,630 different ones. (Half of
# the text is made of just 29 words.)

# %%
least = np.array([1, 2, 3, 5, 10, 20, 50, 100])
kept = np.array([7630, 4499, 3486, 2537, 1657, 1068, 569, 338])        # words that occur so often in training captions
strange = np.array([1.33, 1.99, 2.51, 3.37, 5.02, 7.26, 12.02, 16.81])  # % of the words of the dev captions not kept
print("at least k times   words kept   of all   k^(-2/3)   unknown in new captions")
for k, words, percent in zip(least, kept, strange):
    print(f"{k:>16}   {words:>10,}   {words / kept[0]:6.2f}   {k ** (-2 / 3):8.2f}   {percent:21.1f} %")

# %% [markdown]
# The law holds with $s = 1.5$ (compare the third column with the fourth). What it is good for: a threshold of 5 throws
# away two thirds of the words, and only one word in thirty of a *new* caption is then a stranger. Even with no
# threshold at all, one in seventy-five is. So every captioner needs an answer to strangers: one id, `<unk>`, for all of
# them.
#
# Three things to keep in mind about it:
#
# * The list is made from the *training* captions alone. A word that is first met in dev has to be a stranger, as it
#   would be in life.
# * `<unk>` is easy to guess. The fewer words there are, the lower the loss: with all words strangers it is 0. The
#   surprise of a network that knows nothing is $\log V$ (lesson 2), which is 7.8 for 2,537 words and 5.8 for 338. So
#   losses of two vocabularies must not be compared.
# * Nobody wants to read it. minisat learns to predict `<unk>` where people wrote a rare word, and forbids itself to say
#   it.
#
# ## Beginning, end, and nothing
#
# Three more ids are no words. `<start>` is what is read before the first word has been said. `<end>` is a "word" to be
# guessed like any other: only so can a captioner stop. `<pad>` fills up the shorter captions of a batch, since an
# array has to be a rectangle. minisat gives the four the ids 0 to 3: pad, unk, start, end.
#
# Now take one caption, $w_1 \dots w_T$. The network reads a word and guesses the next. What it *reads* and what it is
# *asked for* are the same row, moved by one:
#
# $$
# \begin{aligned}
# \textrm{read:} &\quad \texttt{<start>},\ w_1,\ \dots,\ w_T \\
# \textrm{asked:} &\quad w_1,\ \dots,\ w_T,\ \texttt{<end>}
# \end{aligned}
# $$
#
# Both have $T + 1$ entries. Forget the shift, and the network is asked for the word that it has just been given: the
# loss falls to 0 within minutes, and nothing has been learnt. Forget `<end>`, and captions never end.

# %%
vocabulary = Vocabulary.build([tokenize(text) for text in texts], min_count=2)
print("the list:", *(f"{i} {word}" for i, word in enumerate(vocabulary.words)))
captions = [vocabulary.encode(tokenize(text)) for text in ("A brown dog sleeps.", "The dog runs!")]
longest = max(map(len, captions))
rows = np.full((2, longest + 2), PAD)
for row, ids in zip(rows, captions):
    row[:len(ids) + 2] = [START, *ids, END]
read, asked = rows[:, :-1], rows[:, 1:]
real = asked != PAD
print("read\n", read, "\nasked\n", asked, "\nreal\n", real.astype(int))
print("back again:", *(" ".join(vocabulary.decode(ids)) for ids in asked), sep="\n  ")

# %%
figure, (left, right) = panels(1, 2, size=(8.2, 3.1), width_ratios=(1, 1.45))
for values, colour in ((100 * kept / kept[0], PALETTE[0]), (strange, PALETTE[1])):
    left.plot(least, values, "o-", color=colour, markersize=4)
left.annotate("of the list is kept", (2, 59), xytext=(7, 3), textcoords="offset points", fontsize=8, color=PALETTE[0])
left.annotate("of new text\nis unknown", (50, 12.0), xytext=(0, 9), textcoords="offset points", fontsize=8,
              color=PALETTE[1], ha="center")
left.set(xscale="log", xticks=[1, 2, 5, 10, 20, 50, 100], xticklabels=["1", "2", "5", "10", "20", "50", "100"],
         ylim=(0, 105), xlabel="a word must occur at least … times", ylabel="%",
         title="Few words make most of the text")
left.minorticks_off()
right.set(xlim=(-1.2, longest + 1), ylim=(5.3, -0.9), title="What is read, and what is asked for")
right.axis("off")
marks = {PAD: MUTED, UNK: PALETTE[1], START: PALETTE[2], END: PALETTE[2]}
for top, name, table in ((0, "read", read), (3, "asked", asked)):
    for i, ids in enumerate(table):
        right.text(-0.62, top + i, name if i == 0 else "", fontsize=9, color=MUTED, ha="right", va="center")
        for t, each in enumerate(ids):
            colour = marks.get(int(each), PALETTE[0])
            right.text(t, top + i, vocabulary.words[each], fontsize=8.5, color=colour, ha="center", va="center",
                       bbox={"facecolor": "none", "edgecolor": colour, "boxstyle": "round,pad=0.35", "linewidth": 0.8})
for t in range(longest):  # the word asked for now is read next
    right.annotate("", (t + 0.85, 1.55), (t + 0.1, 2.5), arrowprops={"arrowstyle": "->", "color": MUTED, "lw": 0.8})
show(figure, "batch", "Left: with a growing threshold the share of the vocabulary that is kept falls steeply to a few "
     "percent, while the share of new text that is unknown rises slowly to 17 percent. Right: two captions as rows of "
     "words with start, end, unknown and padding; the row that is asked for is the row that is read, moved by one")

# %% [markdown]
# The mask `real` is that of lesson 2: what is asked for at a padded place is nothing, costs nothing and is not counted.
# (The short caption's `<end>` is read, too; nobody listens to what is guessed then.) And a text that spells "<end>"
# must not end a caption: marks are ids, never words.
#
# ## What careless cleaning breaks
#
# Popular notes "clean" captions before they count words. Let us do what they do.

# %%
STOP_WORDS = {"a", "the", "are", "not", "in", "no", "without", "is", "of", "s"}
steps = {
    "lower case, no punctuation": lambda text: text,
    "drop words of one letter": lambda text: " ".join(word for word in text.split() if len(word) > 1),
    "drop words with digits": lambda text: " ".join(word for word in text.split() if word.isalpha()),
    "drop stop words": lambda text: " ".join(word for word in text.split() if word not in STOP_WORDS),
    "replace('cola', 'coca-cola')": lambda text: text.replace("cola", "coca-cola"),
}
for text in ("A man without a shirt sells chocolate.", "The 2 dogs are not in the water."):
    print(text)
    for name, step in steps.items():
        print(f"    {name:<29} {step(' '.join(tokenize(text)))}")

# %% [markdown]
# * Without words of one letter there is no *a*: every seventh word of Flickr8k. The captioner will say "man on bench",
#   and no amount of training gives the article back.
# * Without stop words, *not*, *no* and *without* are gone, and with them what the sentence says. Search engines may
#   do this, since they only match words. A captioner has to write.
# * `str.replace` does not know where words begin. In Flickr8k's training captions there is
#   *chocolate*, ten times.
# * What looks like a correction list (*rakes* → *lakes*) was made for one file, and is wrong for the next.
#
# The worst is not seen in the captions at all. If people's sentences, which a caption is compared with, are cleaned in
# the same way, the score changes, and there is no telling from the number. Let one person's captions of 100 toy photos
# stand for a captioner's, and compare them with four others' (BLEU-4; lesson 18 explains it): as they are, without
# *a*, and with all but the 15 most frequent words made `<unk>` on both sides.

# %%
told = {i: [caption.split() for caption in scene.captions] for i, scene in enumerate(ToyWorld(0).scenes("test", 100))}
counts = Counter(word for people in told.values() for words in people for word in words)
frequent = {word for word, _ in counts.most_common(15)}


def judged(change):
    """The first person's captions against the others', all of them changed."""
    changed = {i: [change(words) for words in people] for i, people in told.items()}
    return References({i: rest for i, (_, *rest) in changed.items()}).families(
        {i: first for i, (first, *_) in changed.items()})


whole = judged(lambda words: words)
compared("BLEU-4, without “a” − as it is", whole, judged(lambda words: [w for w in words if len(w) > 1]), "bleu_4")
unknown = judged(lambda words: [word if word in frequent else "<unk>" for word in words])
compared("BLEU-4, 15 words − as it is", whole, unknown, "bleu_4")

# %% [markdown]
# The same people said the same things of the same photos. Without *a*, BLEU-4 falls; with most words made
# unknown, it rises.<!-- rests on: BLEU-4, without “a” − as it is: below 0 --><!-- rests on: BLEU-4, 15 words − as it
# is: above 0 --> So whoever wants to be compared scores against people's sentences as they are, cut by the tokenizer
# that everybody uses (minisat's `ptb` is coco-caption's), and chooses freely only what the network itself reads.
#
# ## Your turn
#
# There is no gradient today, and two functions all the same: make the list, and make a batch of captions, shifted and
# padded.
#
# ```
# minisat lesson check 3
# ```
#
# **What remains:** tokens, a list in a fixed order, ids; strangers share one id; what is asked for is what is read,
# moved by one; every cleaning step changes the language that is learnt. Next: a word has an id now. But a network
# multiplies, and word 7 is not seven times word 1.
