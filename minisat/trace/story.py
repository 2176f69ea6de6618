"""A recorded step as a story: a dozen stops, from the photo's places to the updated weight and the loss after it."""

import numpy as np

from minisat.trace.tensors import short

LETTERS = 3  # of a word that is worth a story

def story(document, arrays):
    """[{"title", "text", "frame", "show", "t"}] of a captioner's step; [] of others.

    A stop stands at a frame, and is about the values named in `show`. It follows the first caption, and of its words of
    some letters the one before which the captioner looked most at one place. What a captioner has not is left out.
    """
    if not document["captions"]:
        return []
    teller = _Teller(document, arrays)
    return [stop for tell in STOPS if (stop := tell(teller))]


class _Teller:
    """The step, and the word that the story follows."""

    def __init__(self, document, arrays):
        self.document, self.arrays, self.frames = document, arrays, document["frames"]
        self.caption = document["captions"][0]
        said = self.caption["said"]
        looks = [max(map(float, row)) for row in self.caption["alphas"]] or [0.0] * len(said)
        told = [k for k, word in enumerate(said) if len(word) >= LETTERS and word[0] != "<"] or range(len(said))
        self.word = max(told, key=lambda k: looks[k])
        self.t = self.word + self.caption["lead"]
        self.said = self.caption["said"][self.word]

    def frame(self, kind, phase="forward", ends="", timed=False, last=False):
        """The first call of a class (or the last), in the round of the word where it is `timed`; None without."""
        return next((f for f in (reversed(self.frames) if last else self.frames)
                     if f["class"] in kind.split() and f["phase"] == phase
                     and f["path"].endswith(ends) and (not timed or f["t"] == self.t)), None)

    def value(self, frame, field, place=0):
        """The array of a frame's value."""
        number = frame[field][place][-1]
        return None if isinstance(number, str) else self.arrays[f"t{number}"]

    def told(self, title, text, frame, *show):
        """A stop."""
        return {"title": title, "text": text, "frame": frame["index"], "show": list(show),
                "t": self.t if frame["t"] is None else frame["t"]}


def _number(x):
    """A number as a sentence holds it."""
    return f"{short(float(f'{float(x):.3g}')):g}".replace("-", "−")


def _places(s):
    frame = s.frame("ShowAttendTell GRUNotebook ShowTell Transformer")
    if frame is None or (features := s.value(frame, "inputs")) is None or features.ndim != 3:
        return None
    _, L, D = features.shape
    return s.told("The photo becomes places", f"The captioner is given no pixels. It is given {L} places, and of each "
                  f"place {D} numbers that say what is there. All that it will ever know of the photo stands here.",
                  frame, "features")


def _memory(s):
    frame = s.frame("Linear", ends="init_h") or s.frame("Linear", ends="image")
    if frame is None:
        return None
    return s.told("A first memory", "The mean over all places, times a matrix, makes the state with which the sentence "
                  "begins: a rough idea of the whole photo, before any look at a part.", frame, "x", "y")


def _words(s):
    frame = s.frame("Embedding")
    if frame is None:
        return None
    before = " ".join(s.caption["words"][:s.word + 1])
    return s.told("The words so far", f"“{before}” has been said, and “{s.said}” is to come. Each word is one row of "
                  "a table, learnt like every other weight.", frame, "ids", "y")


def _asking(s):
    frame = s.frame("ScaledDotProduct", ends="words.attention")
    if frame is None:
        return None
    return s.told("Words ask the words before them", "Every word asks, and it and the words before it answer, all in "
                  "one product: for each head a table of shares, with a row for each word. Right of the diagonal stand "
                  "zeros, since nobody may see what is still to come. No word waits for another.", frame, "weights")


def _scores(s):
    frame = s.frame("AdditiveScore DotScore GeneralScore", timed=True)
    if frame is None:
        return None
    return s.told("How much does each place matter now?", f"Before “{s.said}” each place is given a score: its own "
                  "numbers are held against the memory h.", frame, "scores", "h")


def _look(s):
    frame = s.frame("Softmax Sparsemax HardAttention", timed=True)
    frame = frame or s.frame("ScaledDotProduct", ends="look.attention", last=True)
    if frame is None:
        return None
    alpha = np.array(s.caption["alphas"][s.word], float)
    return s.told("The look", f"The scores become shares that add up to 1. The largest is {_number(alpha.max())}, "
                  f"where each place would have {_number(1 / alpha.size)} if all were alike: here it looks before it "
                  f"says “{s.said}”.", frame, "y", "alpha", "weights")


def _seen(s):
    frame = s.frame("WeightedSum", timed=True)
    if frame is None:
        return None
    return s.told("What was seen", "The places' numbers are added up, each times its share. From a photo of any size "
                  "this one row is left: what is seen now.", frame, "context", "alpha")


def _cell(s):
    frame = s.frame("LSTMCell GRUCell RNNCell", timed=True)
    if frame is None:
        return None
    gates = "Gates between 0 and 1 say what of it is kept, what is forgotten and what is shown. " \
        if frame["class"] != "RNNCell" else ""
    return s.told("It remembers", f"The last word and what was seen change the memory. {gates}The memory goes on to "
                  "the next word, and to the answer of this one.", frame, "gates", "h", "c")


def _answer(s):
    frame = s.frame("CrossEntropy SmoothedCrossEntropy")
    logits = None if frame is None else s.value(frame, "inputs")
    if logits is None or not s.document.get("words"):
        return None
    row = logits.reshape(len(s.document["captions"]), -1, logits.shape[-1])[0, s.word]
    p = np.exp(row - row.max()) / np.exp(row - row.max()).sum()
    best = ", ".join(f"“{s.document['words'][i]}” {_number(p[i])}" for i in np.argsort(-p)[:3])
    right = p[s.document["words"].index(s.said)]
    return s.told("How surprised is it?", f"Every word of the vocabulary has a number now, and these make "
                  f"probabilities: {best}. “{s.said}” was said, with p = {_number(right)}; the loss of this word is "
                  f"−log p = {_number(-np.log(right))}, and of all words the mean counts.", frame, "logits", "loss")


def _turn(s):
    frame = s.frame("CrossEntropy SmoothedCrossEntropy", "backward")
    if frame is None:
        return None
    return s.told("The turn", f"Here the way back begins, and with the shortest formula of all: p − y. For "
                  f"“{s.said}” it is negative (more of this), for every other word positive (less of that), each as "
                  "strongly as it was wrong, divided by how many words there are.", frame, "dlogits")


def _back(s):
    frame = s.frame("LSTMCell GRUCell RNNCell", "backward", timed=True)
    if frame is None:
        return None
    return s.told("Back through the memory", "The same call, read from its last line up. What each gate let through "
                  "forwards it lets through backwards; what comes out goes to the word before, and so to all words "
                  "before it.", frame, "dh", "dc", "dh_prev", "dc_prev")


def _elsewhere(s):
    frame = s.frame("Softmax Sparsemax HardAttention", "backward", timed=True)
    if frame is None:
        return None
    return s.told("Should it have looked elsewhere?", "A number for each place again: negative where a higher score "
                  "would have made the loss smaller. They add up to zero, since shares do: to look more here is to "
                  "look less there.", frame, "dx", "dscores")


def _weights(s):
    frame = s.frame("AdditiveScore DotScore GeneralScore", "backward", timed=True)
    frame = frame or s.frame("LSTMCell GRUCell RNNCell", "backward", timed=True)
    if frame is None or not frame["parameters"]:
        return None
    times = sum(f["path"] == frame["path"] and f["phase"] == "backward" for f in s.frames)
    return s.told("A weight's share of the blame", f"Each entry of a weight's gradient is a sum of products: what came "
                  f"in times what came back. The same weights worked {times} times, so {times} such sums add up.",
                  frame, *(f"d{name}" for name, *_ in frame["parameters"]))


def _step(s):
    pushed = s.document.get("update")
    if not pushed:
        return None
    frame = next((f for f in reversed(s.frames) if f["path"] == pushed["path"] and f["phase"] == "backward"), None)
    if frame is None:
        return None
    entry = f"{pushed['name']}[{','.join(map(str, pushed['entry']))}]"
    sign = "−" if float(pushed["gradient"]) >= 0 else "+"
    return s.told("The step, and the loss after it", f"Every weight moves against its gradient: {entry} = "
                  f"{_number(pushed['was'])} {sign} {_number(pushed['rate'])}·"
                  f"{_number(abs(float(pushed['gradient'])))} = {_number(pushed['is'])}. The loss of the same captions "
                  f"was {float(pushed['before']):.4f}; after this one step it is {float(pushed['after']):.4f}.", frame,
                  pushed["name"], f"d{pushed['name']}")


STOPS = (_places, _memory, _words, _asking, _scores, _look, _seen, _cell, _answer, _turn, _back, _elsewhere, _weights,
         _step)
