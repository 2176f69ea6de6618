"""Which word vectors to make, and how: every choice of `word2vec.train` in one place."""

from dataclasses import dataclass

from minisat.errors import UserError
from minisat.text import TOKENIZERS

METHODS = {
    "skip-gram": "predict the words around from the word in the middle (Mikolov et al. 2013a)",
    "cbow": "predict the word in the middle from the mean of the words around (Mikolov et al. 2013a)",
    "subword": "skip-gram whose words are made of character n-grams, so that unseen words have vectors too "
               "(fastText: Bojanowski et al. 2017)",
    "glove": "fit the logarithms of co-occurrence counts (Pennington et al. 2014)",
    "ppmi-svd": "positive pointwise mutual information, reduced by a singular value decomposition (LSA; "
                "Levy & Goldberg 2014)",
    "counts": "how often each word stands near each other word",
    "one-hot": "a 1 at the word's own place: all words equally far apart",
}
"""{method: what it does}."""

PREDICTIVE = ("skip-gram", "cbow", "subword")
"""The methods that learn by predicting words, with one of OUTPUTS."""

OUTPUTS = {
    "negative-sampling": "tell the true word from a few drawn at random (Mikolov et al. 2013b, eq. 4)",
    "hierarchical-softmax": "take the right turns on the way down a Huffman tree (Mikolov et al. 2013b, eq. 3)",
    "full-softmax": "a probability for every word of the vocabulary (Mikolov et al. 2013b, eq. 2); slow",
}
"""{output layer of a predictive method: what it does}."""

VECTORS = ("input", "output", "mean")
"""Which matrix is the embedding: the input words', the output words', or the mean of both."""

_WHOLE = {"dim": 1, "window": 1, "min_count": 1, "negatives": 1, "epochs": 1, "buckets": 1, "shortest": 1,
          "longest": 1, "batch": 2, "pool": 0, "seed": 0}


@dataclass(frozen=True)
class Settings:
    """What `train` is to do. UserError for a name that does not exist and a number out of range."""

    method: str = "skip-gram"            # a key of METHODS
    output: str = "negative-sampling"    # a key of OUTPUTS, for the predictive methods
    dim: int = 100                       # M, entries of a vector (one-hot and counts have one for each word)
    window: int = 5                      # words to each side
    dynamic_window: bool = True          # draw each word's window from 1..window, or weigh by 1/distance when counting
    min_count: int = 5                   # rarer words are left out
    subsample: float = 1e-3              # words more frequent than this share are thinned out; 0: none are
    negatives: int = 5                   # noise words for each true one
    noise_power: float = 0.75            # noise is drawn with P(w) ∝ count^noise_power
    epochs: int = 5                      # passes over the corpus (GloVe: over the table of counts)
    learning_rate: float = 0.025         # at the start (GloVe and its AdaGrad: twice that)
    last_learning_rate: float = 1e-4     # it falls to this in a straight line
    exact_mean: bool = False             # CBOW, subword: divide the step as the gradient says; word2vec.c does not
    vectors: str = "input"               # one of VECTORS, for the predictive methods and GloVe
    buckets: int = 50_000                # subword: rows for hashed n-grams
    shortest: int = 3                    # subword: characters of the shortest n-gram
    longest: int = 6                     # and of the longest
    shift: float = 1.0                   # ppmi-svd: log `shift` is subtracted (k negatives correspond to shift k)
    fast: bool = True                    # use the fast twin where there is one
    batch: int = 128                     # words (GloVe: entries) whose steps are taken together, at most
    pool: int = 0                        # fast twin: noise words shared by a batch (0: 128, CBOW 48)
    tokenizer: str = "simple"            # for a text file: a key of text.TOKENIZERS
    seed: int = 1                        # the same seed, corpus and settings give the same vectors

    def __post_init__(self):
        for field, choices in (("method", METHODS), ("output", OUTPUTS), ("vectors", VECTORS),
                               ("tokenizer", TOKENIZERS)):
            if getattr(self, field) not in choices:
                raise UserError(f"There is no {field} {getattr(self, field)!r}; there are {', '.join(choices)}.")
        for field, least in _WHOLE.items():
            value = getattr(self, field)
            if not isinstance(value, int) or value < least:
                raise UserError(f"{field} must be a whole number of at least {least}, not {value!r}.")
        if self.output == "hierarchical-softmax" and self.vectors != "input" and self.method in PREDICTIVE:
            raise UserError("Hierarchical softmax has no output vectors of words: its output matrix belongs to the "
                            "inner nodes of the tree. Choose vectors=\"input\".")
        if self.longest < self.shortest:
            raise UserError("longest must not be below shortest: no n-gram would be left.")
        for field in ("subsample", "noise_power", "last_learning_rate"):
            if not 0 <= getattr(self, field) < float("inf"):
                raise UserError(f"{field} must not be negative, and finite.")
        for field in ("learning_rate", "shift"):
            if not 0 < getattr(self, field) < float("inf"):
                raise UserError(f"{field} must be above 0, and finite.")

    @property
    def pool_size(self):
        """How many noise words a batch of the fast twin shares: fewer are faster, more are nearer to own noise."""
        return self.pool or (48 if self.method == "cbow" else 128)
