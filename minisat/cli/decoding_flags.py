"""How to decode, on the command line: beam or sampling, how many captions, repeated phrases."""

from dataclasses import dataclass, field

import numpy as np

from minisat.captioner.decoding import WithoutRepeats, beam, sample
from minisat.errors import UserError


@dataclass
class Decoding:
    """A way to decode. UserError when its parts do not go together."""

    beam: int = 5
    n_best: int = 1
    normalise: bool = True
    sample: bool = False
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 0
    block_repeats: int = 0
    rng: np.random.Generator = field(init=False, repr=False)

    def __post_init__(self):
        if self.beam < 1 or self.n_best < 1 or self.top_k < 0 or self.block_repeats < 0 or self.seed < 0:
            raise UserError("--beam and --n-best begin at 1; --top-k, --block-repeats and --seed at 0.")
        if not self.temperature > 0 or not 0 < self.top_p <= 1:
            raise UserError("--temperature must be above 0 and --top-p above 0 and at most 1, "
                            f"not {self.temperature:g} and {self.top_p:g}.")
        if not self.sample and (self.temperature, self.top_k, self.top_p) != (1.0, 0, 1.0):
            raise UserError("--temperature, --top-k and --top-p say how to sample: add --sample.")
        if not self.sample and self.n_best > self.beam:
            raise UserError(f"A beam of width {self.beam} cannot give the {self.n_best} best captions: choose 1 to its "
                            "width.")
        self.rng = np.random.default_rng(self.seed)

    def captions(self, model, inputs, max_words):
        """inputs (N, …) → N lists of `n_best` Captions, best first; sampled ones in the order in which they came."""
        if self.block_repeats:
            model = WithoutRepeats(model, self.block_repeats)
        if self.sample:
            return sample(model, inputs, self.rng, self.n_best, max_words, self.temperature, self.top_k, self.top_p)
        return beam(model, inputs, self.beam, max_words, self.n_best, self.normalise)

    def described(self):
        """In a few words: "beam 5", "sampled at temperature 0.7, seed 0"."""
        if self.sample:
            parts = [f"sampled at temperature {self.temperature:g}"]
            parts += [f"top-k {self.top_k}"] if self.top_k else []
            parts += [f"top-p {self.top_p:g}"] if self.top_p < 1 else []
            parts += [f"seed {self.seed}"]
        else:
            parts = [f"beam {self.beam}"] + ([] if self.normalise else ["by the sum of log p"])
        parts += [f"no {self.block_repeats} words twice"] if self.block_repeats else []
        return ", ".join(parts)


def add_decoding_flags(parser):
    """The flags of `Decoding`."""
    group = parser.add_argument_group("decoding")
    group.add_argument("--beam", type=int, default=5, metavar="K", help="beam width (default 5; 1 is greedy)")
    group.add_argument("--n-best", "--nbest", type=int, default=1, metavar="N",
                       help="the N best captions (at most the beam), or N drawn ones; evaluate measures how they vary")
    group.add_argument("--no-length-normalisation", dest="normalise", action="store_false",
                       help="rank the beam's captions by the sum of log p, which favours short ones, not by its mean")
    group.add_argument("--sample", action="store_true", help="draw every word instead of searching")
    group.add_argument("--temperature", type=float, default=1.0, metavar="T",
                       help="sample from p^(1/T): below 1 sharper, above 1 flatter")
    group.add_argument("--top-k", type=int, default=0, metavar="K", help="sample from the K likeliest words (0: all)")
    group.add_argument("--top-p", type=float, default=1.0, metavar="P",
                       help="sample from the fewest words whose probabilities reach P")
    group.add_argument("--seed", type=int, default=0, metavar="S", help="what sampling follows from (default 0)")
    group.add_argument("--block-repeats", type=int, default=0, metavar="N",
                       help="no phrase of N words twice in a caption (0: off)")


def chosen_decoding(arguments):
    """The Decoding that the flags ask for."""
    names = ("beam", "n_best", "normalise", "sample", "temperature", "top_k", "top_p", "seed", "block_repeats")
    return Decoding(**{name: getattr(arguments, name) for name in names})
