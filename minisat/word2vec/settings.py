"""Which word vectors to make, and how: every choice of `word2vec.train` in one place."""

from dataclasses import dataclass

from minisat.errors import UserError
from minisat.settings import Configuration, setting
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

@dataclass(frozen=True)
class Settings(Configuration):
    """What `train` is to do. UserError for a name that does not exist and a number out of range."""

    method: str = setting("skip-gram", "what makes the vectors", choices=METHODS)
    output: str = setting("negative-sampling", "how the methods that predict words score them", choices=OUTPUTS)
    dim: int = setting(100, "M, entries of a vector; one-hot and counts have one for each word", least=1, most=100_000)
    window: int = setting(5, "words to each side that count as near", least=1)
    dynamic_window: bool = setting(True, "draw each word's window from 1 to window, so that near words count more; "
                                   "counts are weighted by 1/distance")
    min_count: int = setting(5, "a word must occur this often", least=1)
    subsample: float = setting(1e-3, "words more frequent than this share are thinned out (0: none)", least=0)
    negatives: int = setting(5, "noise words for each true one", least=1, most=10_000)
    noise_power: float = setting(0.75, "noise is drawn in proportion to count to this power", least=0)
    epochs: int = setting(5, "passes over the text (GloVe: over the table of counts)", least=1)
    learning_rate: float = setting(0.025, "step size at the start (GloVe and its AdaGrad: twice that)", above=0)
    last_learning_rate: float = setting(1e-4, "step size at the end, to which it falls in a straight line", least=0)
    exact_mean: bool = setting(False, "CBOW, subword: divide the step as the gradient says; word2vec's own program "
                               "does not")
    vectors: str = setting("input", "which matrix the vectors are: the input words', the output words', the mean of "
                           "both", choices=VECTORS)
    buckets: int = setting(50_000, "subword: rows that n-grams are hashed to", least=1)
    shortest: int = setting(3, "subword: characters of the shortest n-gram", least=1)
    longest: int = setting(6, "subword: characters of the longest n-gram", least=1)
    shift: float = setting(1.0, "ppmi-svd: the logarithm of this is subtracted (k negatives correspond to shift k)",
                           above=0)
    fast: bool = setting(True, "use the fast twin where there is one")
    batch: int = setting(128, "words (GloVe: entries) whose steps are taken together, at most", least=2)
    pool: int = setting(0, "fast twin: noise words that a batch shares; 0: 128, and 48 for cbow", least=0)
    tokenizer: str = setting("simple", "how a text file is cut into words", choices=TOKENIZERS)
    seed: int = setting(1, "everything random follows from it: the same seed, corpus and settings give the same "
                        "vectors", least=0)

    def __post_init__(self):
        super().__post_init__()
        if self.output == "hierarchical-softmax" and self.vectors != "input" and self.method in PREDICTIVE:
            raise UserError("Hierarchical softmax has no output vectors of words: its output matrix belongs to the "
                            "inner nodes of the tree. Choose vectors=\"input\".")
        if self.longest < self.shortest:
            raise UserError("longest must not be below shortest: no n-gram would be left.")

    @property
    def pool_size(self):
        """How many noise words a batch of the fast twin shares: fewer are faster, more are nearer to own noise."""
        return self.pool or (48 if self.method == "cbow" else 128)
