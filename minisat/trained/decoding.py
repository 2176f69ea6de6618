"""How a trained captioner decodes: beam or sampling, how many captions, repeated phrases, by consensus or not."""

import math
from dataclasses import dataclass, field

import numpy as np

from minisat.captioner.decoding import WithoutRepeats, beam, sample
from minisat.captioner.decoding.caption import no_probability
from minisat.errors import UserError
from minisat.settings import Configuration, setting

NEIGHBOURS, LIKELIHOOD_WEIGHT = 10, 0.1  # of a consensus; tests/benchmarks/README.md has others


@dataclass(frozen=True)
class Decoding(Configuration):
    """A way to decode. UserError when its parts do not go together."""

    beam: int = setting(5, "beam width; 1 is greedy", least=1, most=1000, metavar="K")
    n_best: int = setting(1, "the N best captions (at most the beam), or N drawn ones; evaluate measures how they vary",
                          least=1, most=1000, flags=("--n-best", "--nbest"), metavar="N")
    normalise: bool = setting(True, "rank the beam's captions by the mean of log p, not by its sum, which favours "
                              "short ones", flags=("--length-normalisation",))
    sample: bool = setting(False, "draw every word instead of searching")
    temperature: float = setting(1.0, "sample from p^(1/T): below 1 sharper, above 1 flatter", above=0, metavar="T")
    top_k: int = setting(0, "sample from the K likeliest words (0: all)", least=0, metavar="K")
    top_p: float = setting(1.0, "sample from the fewest words whose probabilities reach P", above=0, most=1,
                           metavar="P")
    seed: int = setting(0, "what sampling follows from", least=0, metavar="S")
    block_repeats: int = setting(0, "no phrase of N words twice in a caption (0: off)", least=0, metavar="N")
    consensus: bool = setting(False, "of the beam's captions take the one most like what people said of the most "
                              "similar training photos")
    neighbours: int = setting(NEIGHBOURS, "let so many training photos decide", least=1, most=1000, metavar="K")
    likelihood_weight: float = setting(LIKELIHOOD_WEIGHT, "by consensus, how much a caption's mean log p counts "
                                       "beside its likeness (CIDEr-D, 0 to 10)", least=0, metavar="W")
    rng: np.random.Generator = field(init=False, repr=False)

    def __post_init__(self):
        super().__post_init__()
        if not self.sample and (self.temperature, self.top_k, self.top_p) != (1.0, 0, 1.0):
            temperature, top_k, top_p, drawn = map(self.called, ("temperature", "top_k", "top_p", "sample"))
            raise UserError(f"{temperature}, {top_k} and {top_p} say how to sample: add {drawn}.")
        if not self.sample and self.n_best > self.beam:
            raise UserError(f"A beam of width {self.beam} cannot give the {self.n_best} best captions: choose 1 to its "
                            "width.")
        self._check_consensus()
        object.__setattr__(self, "rng", np.random.default_rng(self.seed))

    def _check_consensus(self):
        """UserError for a consensus of one caption, of drawn ones, and for what counts in one where there is none."""
        called = self.called
        if self.consensus and (self.sample or self.beam < 2):
            drawn = f", and no {called('sample')}" if self.sample else ""
            raise UserError(f"{called('consensus')} chooses among the captions of a beam: it needs {called('beam')} of "
                            f"at least 2{drawn}.")
        if not self.consensus and (self.neighbours, self.likelihood_weight) != (NEIGHBOURS, LIKELIHOOD_WEIGHT):
            raise UserError(f"{called('neighbours')} and {called('likelihood_weight')} say how to find a consensus: "
                            f"add {called('consensus')}.")

    def captions(self, model, inputs, max_words):
        """inputs (N, …) → N lists of `n_best` Captions, best first; sampled ones in the order in which they came.

        For a consensus, which is found elsewhere, all captions of the beam.

        UserError when the model's probabilities, or what it looks at, are not finite numbers.
        """
        if self.block_repeats:
            model = WithoutRepeats(model, self.block_repeats)
        if self.sample:
            drawn = sample(model, inputs, self.rng, self.n_best, max_words, self.temperature, self.top_k, self.top_p)
            if any(math.isnan(caption.logprob) for captions in drawn for caption in captions):
                raise no_probability(inputs)
            return drawn
        return beam(model, inputs, self.beam, max_words, self.beam if self.consensus else self.n_best, self.normalise)

    def described(self):
        """In a few words: "beam 5", "sampled at temperature 0.7, seed 0"."""
        if self.sample:
            parts = [f"sampled at temperature {self.temperature:g}"]
            parts += [f"top-k {self.top_k}"] if self.top_k else []
            parts += [f"top-p {self.top_p:g}"] if self.top_p < 1 else []
            parts += [f"seed {self.seed}"]
        else:
            parts = [f"beam {self.beam}"] + ([] if self.normalise else ["by the sum of log p"])
        if self.consensus:
            parts += [f"consensus of {self.neighbours} neighbours"]
            parts += [f"log p × {self.likelihood_weight:g}"] if self.likelihood_weight != LIKELIHOOD_WEIGHT else []
        parts += [f"no {self.block_repeats} words twice"] if self.block_repeats else []
        return ", ".join(parts)
