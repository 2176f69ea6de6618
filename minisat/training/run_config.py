"""config.json of a run: what it sees, learns and began with, as one object that is checked whenever it is read."""

from dataclasses import dataclass
from typing import Any

from minisat.captioner import Recipe
from minisat.errors import UserError
from minisat.rules import Either, Rule, check
from minisat.vision import View
from minisat.vision.preprocess import PREPROCESSING
from minisat.vision.store_header import LARGEST_SCALE

LARGEST = 10_000_000  # words, locations or features

_COUNT = Rule(int, least=0)
_START = {"run": str, "hash": str}
_WORD_VECTORS = {"file": str, "hash": str, "found": _COUNT, "words": _COUNT, "coverage": Rule(float, least=0)}
_CONFIG = {
    "inputs": Rule(str, choices=("features", "photos")), "recipe": dict, "V": Rule(int, least=5, most=LARGEST),
    "L?": Rule(int, least=1, most=LARGEST), "D": Rule(int, least=1, most=LARGEST),
    "feature_scale": Rule(float, above=0, most=LARGEST_SCALE), "encoder": str, "grid": str,
    "weights": Either(str, None), "weights_hash": Either(str, None), "preprocessing": PREPROCESSING, "features?": str,
    "after?": str, "tune?": [str], "encoder_seed?": _COUNT, "data?": str, "captions_hash?": str,
    "vocabulary_hash?": str, "more_captions?": str, "start?": _START, "word_vectors?": _WORD_VECTORS,
}
_TOLD = ("inputs", "encoder", "grid", "weights_hash", "feature_scale", "data", "more_captions", "V")


@dataclass(frozen=True)
class Origin:
    """The run whose captioner a run begins as, and the hash of its weights then."""

    run: str
    hash: str


@dataclass(frozen=True)
class WordVectors:
    """The file that an embedding starts from, and what of the vocabulary it had."""

    file: str
    hash: str
    found: int       # words of the vocabulary that it has
    words: int       # words of the vocabulary
    coverage: float  # share of all words said in training that it has


@dataclass(frozen=True)
class RunConfig:
    """What one training is, as its config.json holds it."""

    view: View                           # what the captioner sees
    recipe: Recipe
    V: int                               # words
    feature_scale: float                 # by which the captioner divides features
    data: str | None                     # the data set's folder
    captions_hash: str | None
    vocabulary_hash: str | None = None   # None in a run of an earlier version
    start: Origin | None = None
    word_vectors: WordVectors | None = None
    more_captions: str | None = None     # the file of further captions of training photos

    @property
    def batchnorm(self):
        """How the BatchNorms of encoder blocks that learn behave: live where they start at random, else frozen."""
        if self.recipe.encoder_batchnorm != "auto":
            return self.recipe.encoder_batchnorm
        return "frozen" if self.view.weights or self.start else "live"

    def choices(self):
        """{name: value} of all in which two runs may differ: the recipe, what is seen, the data."""
        return self.recipe.to_dict() | {name: value for name, value in self.to_dict().items() if name in _TOLD}

    def to_dict(self):
        """Ready for JSON."""
        facts: dict[str, Any] = {**self.view.to_dict(), "V": self.V, "recipe": self.recipe.to_dict(),
                                 "feature_scale": self.feature_scale}
        for name in ("data", "captions_hash", "vocabulary_hash", "more_captions"):
            if getattr(self, name) is not None:
                facts[name] = getattr(self, name)
        for name in ("start", "word_vectors"):
            if getattr(self, name) is not None:
                facts[name] = dict(vars(getattr(self, name)))
        return facts

    @classmethod
    def from_dict(cls, facts, file="config.json"):
        """The RunConfig of a config.json. UserError naming `file` and the entry for what no training writes there."""
        check(facts, _CONFIG, file)
        needed = "after" if facts["inputs"] == "photos" else "features"
        if needed not in facts and (facts["inputs"] == "features" or "features" in facts):
            raise UserError(f"{file} has no {needed}.")
        try:
            recipe = Recipe.from_dict(facts["recipe"])
        except UserError as error:
            raise UserError(f"{file} is damaged. {error}") from error
        start, words = facts.get("start"), facts.get("word_vectors")
        return cls(View.from_dict(facts), recipe, facts["V"], facts["feature_scale"], facts.get("data"),
                   facts.get("captions_hash"), facts.get("vocabulary_hash"),
                   start and Origin(start["run"], start["hash"]),
                   words and WordVectors(**{name: words[name] for name in _WORD_VECTORS}), facts.get("more_captions"))
