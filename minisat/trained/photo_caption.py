"""A photo with its captions: the words, how sure the captioner was of each, and where it looked."""

import math
from typing import NamedTuple

import numpy as np
from PIL import Image

from minisat.captioner.decoding import sentinel_share
from minisat.plots.attention import attention_figure, upsample
from minisat.trained.neighbours import likeness, told
from minisat.vision import CellGrid


class PhotoCaption(NamedTuple):
    """What a captioner says of one photo; `print` shows the best caption.

        caption = minisat.load("runs/first").caption("dog.jpg", n_best=3)
        caption.words          # ["a", "brown", "dog", "runs"]
        caption.probabilities  # one a word: how sure it was of it, given those before; .logprobs: logarithms
        caption.probability    # of them all together, the end of the caption counted
        caption.instead        # with alternatives=3: of each word the likeliest others, [("tan", 0.12), …]
        caption.attention      # (words, rows, columns), each look sums to 1; None for a captioner that does not look
        caption.over_photo()   # the same drawn over the photo's pixels: (words, height, width)
        caption.n_best         # [("a brown dog runs", −9.1), …] with Σ log p, the end of the caption counted
        caption.draw("dog-looks.png")
        caption.neighbours     # by consensus: the training photos that decided, each a Neighbour
    """

    photo: Image.Image        # as the network saw it: cropped and resized
    said: tuple               # of decoding.Caption, best first
    texts: tuple              # of lists of words, one for each of `said`
    cells: CellGrid | None    # where the places lie that it attends to
    neighbours: tuple = ()    # of Neighbours, nearest first; their likeness has a row for each of `said`
    others: tuple = ()        # one for each of `said`: of every word [(another word, p)], likeliest first; if asked for

    def __str__(self):
        return " ".join(self.words)

    @property
    def words(self):
        """The words of the best caption."""
        return self.texts[0]

    @property
    def logprob(self):
        """Σ log p of the best caption, its end counted."""
        return self.said[0].logprob

    @property
    def logprobs(self):
        """log p of each word, float32 (words,)."""
        return self.said[0].logprobs[:len(self.words)]

    @property
    def probability(self):
        """p of the best caption as a whole, its end counted: the product of all."""
        return math.exp(self.logprob)

    @property
    def probabilities(self):
        """p of each word, given those before it, float32 (words,)."""
        return np.exp(self.logprobs)

    @property
    def instead(self):
        """Of each word of the best caption the likeliest others, [(word, p)]; None where they were not asked for."""
        return self.others[0] if self.others else None

    @property
    def betas(self):
        """How much each word let in of what it saw, float32 (words,): the gate, or what the sentinel left of the look.

        None without attention.
        """
        betas = self.said[0].betas
        return None if betas is None else betas[:len(self.words)]

    @property
    def attention(self):
        """Where it looked for each word, float (words, rows, columns); None without attention."""
        alphas = self.said[0].alphas
        return None if alphas is None else alphas[:len(self.words)].reshape(-1, *self.cells.shape)

    @property
    def n_best(self):
        """[(caption, Σ log p)], best first."""
        return [(" ".join(words), caption.logprob) for words, caption in zip(self.texts, self.said)]

    def over_photo(self):
        """Where it looked, spread smoothly over the photo's pixels: float64 (words, height, width), or None."""
        if self.attention is None:
            return None
        width, height = self.photo.size
        return np.array([upsample(look, self.cells, height, width) for look in self.attention])

    def draw(self, path):
        """Write the photo, and once for each word where it looked, to `path` (.png, .pdf, .svg)."""
        attention_figure(self.photo, self.words, self.attention_rows(0) or [], self.betas, path, self.cells)

    def attention_rows(self, which):
        """The looks of caption number `which` as a list of (L,), one a word; None without attention."""
        alphas = self.said[which].alphas
        return None if alphas is None else list(alphas[:len(self.texts[which])])

    def to_dict(self, image):
        """Ready for JSON; alpha has the grid's places row by row; `logprob` and `p` count the end of the caption.

        By consensus also `likeness` and `neighbours`, as `trained.neighbours.told` has them.
        """
        result = {"image": str(image), "caption": str(self), "logprob": self.logprob, "p": self.probability,
                  "words": self.words_to_dicts(0)}
        if len(self.said) > 1:
            result["n_best"] = [{"caption": " ".join(words), "logprob": caption.logprob,
                                 "mean_logprob": caption.mean_logprob, "finished": caption.finished}
                                for words, caption in zip(self.texts, self.said)]
        if self.neighbours:
            for which, entry in enumerate([result, *result.get("n_best", ())]):
                entry["likeness"] = likeness(self.neighbours, max(which - 1, 0))
            result["neighbours"] = told(self.neighbours)
        return result

    def words_to_dicts(self, which):
        """The words of caption number `which`, without its end: how likely each was, and where it looked for it."""
        caption, looks = self.said[which], self.attention_rows(which)
        instead = [{"instead": [{"word": other, "p": round(p, 6)} for other, p in likely]}
                   for likely in self.others[which]] if self.others else [{}] * len(self.texts[which])
        return [{"word": word, "logprob": float(caption.logprobs[t]), "p": round(math.exp(caption.logprobs[t]), 6),
                 **instead[t],
                 "beta": None if caption.betas is None else float(caption.betas[t]),
                 "sentinel": None if looks is None else sentinel_share(looks[t]),
                 "alpha": None if looks is None else [round(float(a), 6) for a in looks[t]]}
                for t, word in enumerate(self.texts[which])]
