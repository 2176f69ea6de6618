"""The recipe: every choice that makes one captioner differ from another, as plain configuration."""

from dataclasses import dataclass

from minisat.captioner.earlier_recipes import as_today
from minisat.captioner.parts import CELLS, FUNCTIONS, SCORES
from minisat.errors import UserError
from minisat.nn import DoublyStochasticPenalty, HardAttention
from minisat.optim import OPTIMIZERS
from minisat.settings import Configuration, setting
from minisat.text import TOKENIZERS

MODELS = ("soft-attention", "hard-attention", "show-and-tell", "gru-notebook", "transformer")
LARGEST = 100_000  # entries of a vector


@dataclass(frozen=True)
class Recipe(Configuration):
    """Model, words and training of one captioner. Flags and JSON files are made from these fields."""

    model: str = setting("soft-attention", "which captioner", choices=MODELS)
    embedding_size: int = setting(512, "M, entries of a word vector", least=1, most=LARGEST)
    hidden_size: int = setting(512, "H, entries of the recurrent state; transformer: hidden units of a block", least=1,
                               most=LARGEST)
    attention_size: int = setting(512, "A, entries of the attention's hidden layer; transformer: of the queries, all "
                                  "heads together", least=1, most=LARGEST)
    blocks: int = setting(2, "transformer: blocks, one after the other", least=1, most=100)
    heads: int = setting(4, "transformer: looks side by side in each block", least=1, most=1000)
    score: str = setting("additive", "soft and hard attention: how a location's score e_i is made of a_i and h",
                         choices=SCORES)
    attention_function: str = setting("softmax", "soft attention: what makes alpha of the scores; sparsemax gives most "
                                      "locations exactly nothing", choices=FUNCTIONS)
    word_in_query: bool = setting(False, "soft and hard attention: the look for a word knows the word before it, too")
    sentinel: bool = setting(False, "soft attention: one place more to look at, made of memory, for words that need no "
                             "eyes; it takes the place of the gate beta")
    normalised_places: bool = setting(False, "soft and hard attention: every location's vector is brought to mean 0 "
                                      "and variance 1 before anything reads it")
    cell: str = setting("lstm", "the recurrent cell, but of gru-notebook and transformer", choices=CELLS)
    image_every_step: bool = setting(False, "show-and-tell: the image joins every word, not only comes first")
    tied_embedding: bool = setting(False, "soft and hard attention: the output's weights are the word vectors, L_o.W = "
                                   "E^T")
    dropout: float = setting(0.5, "share of the deep-output sum that is dropped", least=0, below=1)
    word_dropout: float = setting(0.0, "share of the words read in training that <unk> stands in for, except <start>",
                                  least=0, below=1)
    label_smoothing: float = setting(0.0, "share of each word's target that all words get alike, in training (dev_loss "
                                     "stays unsmoothed)", least=0, below=1)
    penalty: float = setting(1.0, "strength of the penalty on s_i, what location i gets of a caption's looks", least=0)
    penalty_form: str = setting("doubly-stochastic", "what it charges: (1 - s_i)^2, least where all locations get "
                                "the same; or, one-sided, max(0, s_i - c)^2, where only staying costs",
                                choices=("doubly-stochastic", "one-sided"))
    penalty_share: float = setting(1.0, "one-sided: c, the looks at one location that cost nothing", least=0)
    penalty_reduction: str = setting("mean", "how the penalty is averaged", choices=DoublyStochasticPenalty.REDUCTIONS)

    hard_weight: float = setting(0.1, "hard: lambda_r, weight of REINFORCE's (C - b) d log p(s)", least=0)
    hard_entropy: float = setting(0.002, "hard: lambda_e, weight of the attention's entropy H(alpha), which is sought",
                                  least=0)
    hard_reward: str = setting("sum", "hard: a caption's cost C is the sum or the mean of its words'",
                               choices=("sum", "mean"))
    hard_reduction: str = setting("mean", "hard: REINFORCE and entropy are averaged over the batch's words, as the "
                                  "likelihood is, or summed over captions", choices=("mean", "sum"))
    hard_baseline: str = setting("per-word", "hard: b, what C is compared with: a moving average of C, or of C per "
                                 "word, or (self-critical) the cost when looking where alpha is largest",
                                 choices=("none", "moving-average", "per-word", "self-critical"))
    hard_decay: float = setting(0.9, "hard: the moving average is b <- decay b + (1 - decay) mean C", least=0, most=1)
    hard_expectation: float = setting(0.5, "hard: probability that attention is soft instead of drawn", least=0, most=1)
    hard_substitution: str = setting("image", "hard: this is decided for each caption or for the whole minibatch",
                                     choices=("image", "minibatch"))
    attention_temperature: float = setting(1.0, "hard: tau in alpha = softmax(e / tau); above 1 it flattens", above=0)
    hard_samples: int = setting(1, "hard: drawn paths per caption and step", least=1, most=1000)
    hard_decoding: str = setting("expectation", "hard: where captions look", choices=HardAttention.DECODING)

    own_words: float = setting(0.0, "scheduled sampling: share of the words read that are the captioner's own, at the "
                               "end of training (0: teacher forcing)", least=0, most=1)
    own_words_schedule: str = setting("linear", "how that share rises", choices=("linear", "inverse-sigmoid"))

    objective: str = setting("likelihood", "what training raises: the likelihood of people's captions, or the CIDEr-D "
                             "of captions that are drawn, after it (--start RUN)",
                             choices=("likelihood", "self-critical"))
    drawn_captions: int = setting(1, "self-critical: captions drawn per photo and step", least=1, most=1000)
    drawn_baseline: str = setting("greedy", "self-critical: what a drawn caption's reward is compared with: that of "
                                  "the greedy caption, or the mean of the photo's other drawn ones",
                                  choices=("greedy", "others"))

    tokenizer: str = setting("simple", "how captions are cut into words", choices=TOKENIZERS)
    min_count: int = setting(5, "a word must occur this often in the training captions", least=1)
    max_vocabulary: int = setting(0, "at most this many words, the most frequent (0: no limit)", least=0)
    repair_spelling: bool = setting(False, "repair known typos of the Flickr8k captions, whole words only")

    optimizer: str = setting("adam", "update rule", choices=OPTIMIZERS)
    learning_rate: float = setting(1e-3, "step size at its highest", least=0)
    schedule: str = setting("cosine", "how the step size changes", choices=("constant", "step", "cosine", "plateau"))
    warmup_steps: int = setting(100, "steps over which the step size rises from zero", least=0)
    drop_factor: float = setting(0.5, "step and plateau: the step size is multiplied by this", above=0, most=1)
    drop_every: int = setting(3, "step: epochs between drops; plateau: epochs without a better BLEU-4", least=1)
    weight_decay: float = setting(0.0, "pull of every weight towards zero, decoupled from the gradient", least=0)
    clip_norm: float = setting(5.0, "longest gradient, all parameters together (0: no limit)", least=0)
    clip_value: float = setting(0.0, "largest entry of a gradient (0: no limit)", least=0)
    average_decay: float = setting(0.999, "running average of the weights that is decoded (0: none)", least=0, below=1)
    batch_size: int = setting(64, "captions per step", least=1, most=1_000_000)
    like_lengths: bool = setting(True, "captions of similar length share a batch; no: mixed, as BatchNorm wants them")
    epochs: int = setting(5, "passes over the training captions, at most", least=1)
    patience: int = setting(4, "stop after this many epochs without a better dev BLEU-4 (0: never)", least=0)
    beam: int = setting(3, "beam width of the dev captions", least=1, most=1000)
    max_words: int = setting(40, "longest caption", least=1, most=10_000)
    freeze_embedding: int = setting(0, "first epochs in which the word vectors stay as they start (-1: all epochs)",
                                    least=-1)
    encoder_learning_rate: float = setting(4e-4, "step size of an encoder that is trained too", least=0)
    encoder_batchnorm: str = setting("auto", "its BatchNorms: running statistics kept, or each batch's own; auto: live "
                                     "where it starts at random, else frozen", choices=("auto", "frozen", "live"))
    seed: int = setting(0, "everything random follows from it", least=0)
    precision: str = setting("float32", "the numbers to train in; float64 takes about twice the time, and another "
                             "processor or number of threads then changes only digits that nobody sees",
                             choices=("float32", "float64"))

    @staticmethod
    def called(name):
        """How a sentence begins that is about the field `name`."""
        return f"The recipe's {name}"

    @classmethod
    def from_dict(cls, values):
        """A recipe from {field: value}, as Configuration has it; fields of earlier versions are understood, too."""
        return super().from_dict(as_today(values))

    def __post_init__(self):
        super().__post_init__()
        if self.sentinel and self.model == "hard-attention":
            raise UserError("The recipe's sentinel goes with soft-attention, not with hard-attention.")
        if self.attention_function != "softmax" and self.model == "hard-attention":
            raise UserError("The recipe's attention_function sparsemax goes with soft-attention, not with "
                            "hard-attention: a location without weight would never be drawn, and never learn.")
        if self.model == "transformer" and self.attention_size % self.heads:
            raise UserError(f"The recipe's attention_size {self.attention_size} cannot be shared evenly by its "
                            f"{self.heads} heads.")
        if self.own_words > 0 and (self.model == "hard-attention" or self.objective == "self-critical"):
            raise UserError("Scheduled sampling (own_words) goes neither with hard-attention nor with self-critical.")
        if self.word_dropout > 0 and (self.model == "hard-attention" or self.objective == "self-critical"):
            raise UserError("Word dropout (word_dropout) goes neither with hard-attention nor with self-critical.")
        if self.objective == "self-critical" and self.label_smoothing > 0:
            raise UserError("Label smoothing (label_smoothing) is for people's captions, not for self-critical.")
        if self.objective == "self-critical" and self.model == "hard-attention":
            raise UserError("Self-critical training is for captioners without drawn locations, not for hard-attention.")
        if self.objective == "self-critical" and self.drawn_baseline == "others" and self.drawn_captions < 2:
            raise UserError("The recipe's drawn_baseline others needs drawn_captions of at least 2.")
