"""The recipe: every choice that makes one captioner differ from another, as plain configuration."""

import dataclasses
from dataclasses import dataclass, field, fields

from minisat.captioner.earlier_recipes import as_today
from minisat.captioner.parts import CELLS, SCORES
from minisat.errors import UserError
from minisat.nn import HardAttention

MODELS = ("soft-attention", "hard-attention", "show-and-tell", "gru-notebook")


def _choice(default, text, choices=None):
    return field(default=default, metadata={"help": text, "choices": choices})


@dataclass(frozen=True)
class Recipe:
    """Model, words and training of one captioner. Flags and JSON files are made from these fields."""

    model: str = _choice("soft-attention", "which captioner", MODELS)
    embedding_size: int = _choice(512, "M, entries of a word vector")
    hidden_size: int = _choice(512, "H, entries of the recurrent state")
    attention_size: int = _choice(512, "A, entries of the attention's hidden layer")
    score: str = _choice("additive", "soft and hard attention: how a location's score e_i is made of a_i and h", SCORES)
    cell: str = _choice("lstm", "the recurrent cell, except gru-notebook's", CELLS)
    image_every_step: bool = _choice(False, "show-and-tell: the image joins every word, not only comes first")
    dropout: float = _choice(0.5, "share of the deep-output sum that is dropped")
    penalty: float = _choice(1.0, "strength of the doubly stochastic penalty")
    penalty_reduction: str = _choice("mean", "how the penalty is averaged", ("paper", "arctic", "mean"))

    hard_weight: float = _choice(0.1, "hard: lambda_r, weight of REINFORCE's (C - b) d log p(s)")
    hard_entropy: float = _choice(0.002, "hard: lambda_e, weight of the attention's entropy H(alpha), which is sought")
    hard_reward: str = _choice("sum", "hard: a caption's cost C is the sum or the mean of its words'", ("sum", "mean"))
    hard_reduction: str = _choice("mean", "hard: REINFORCE and entropy are averaged over the batch's words, as the "
                                  "likelihood is, or summed over captions", ("mean", "sum"))
    hard_baseline: str = _choice("per-word", "hard: b, what C is compared with: a moving average of C, or of C per "
                                 "word, or (self-critical) the cost when looking where alpha is largest",
                                 ("none", "moving-average", "per-word", "self-critical"))
    hard_decay: float = _choice(0.9, "hard: the moving average is b <- decay b + (1 - decay) mean C")
    hard_expectation: float = _choice(0.5, "hard: probability that attention is soft instead of drawn")
    hard_substitution: str = _choice("image", "hard: this is decided for each caption or for the whole minibatch",
                                     ("image", "minibatch"))
    attention_temperature: float = _choice(1.0, "hard: tau in alpha = softmax(e / tau); above 1 it flattens")
    hard_samples: int = _choice(1, "hard: drawn paths per caption and step")
    hard_decoding: str = _choice("expectation", "hard: where captions look", tuple(HardAttention.DECODING))

    own_words: float = _choice(0.0, "scheduled sampling: share of the words read that are the captioner's own, at the "
                                    "end of training (0: teacher forcing)")
    own_words_schedule: str = _choice("linear", "how that share rises", ("linear", "inverse-sigmoid"))

    objective: str = _choice("likelihood", "what training raises: the likelihood of people's captions, or the CIDEr-D "
                             "of captions that are drawn, after it (--start RUN)", ("likelihood", "self-critical"))
    drawn_captions: int = _choice(1, "self-critical: captions drawn per photo and step")
    drawn_baseline: str = _choice("greedy", "self-critical: what a drawn caption's reward is compared with: that of "
                                  "the greedy caption, or the mean of the photo's other drawn ones",
                                  ("greedy", "others"))

    tokenizer: str = _choice("simple", "how captions are cut into words", ("simple", "ptb", "none"))
    min_count: int = _choice(5, "a word must occur this often in the training captions")
    max_vocabulary: int = _choice(0, "at most this many words, the most frequent (0: no limit)")
    repair_spelling: bool = _choice(False, "repair known typos of the Flickr8k captions, whole words only")

    optimizer: str = _choice("adam", "update rule", ("sgd", "momentum", "adagrad", "rmsprop", "adam"))
    learning_rate: float = _choice(1e-3, "step size at its highest")
    schedule: str = _choice("cosine", "how the step size changes", ("constant", "step", "cosine", "plateau"))
    warmup_steps: int = _choice(100, "steps over which the step size rises from zero")
    drop_factor: float = _choice(0.5, "step and plateau: the step size is multiplied by this")
    drop_every: int = _choice(3, "step: epochs between drops; plateau: epochs without a better BLEU-4")
    weight_decay: float = _choice(0.0, "pull of every weight towards zero, decoupled from the gradient")
    clip_norm: float = _choice(5.0, "longest gradient, all parameters together (0: no limit)")
    clip_value: float = _choice(0.0, "largest entry of a gradient (0: no limit)")
    average_decay: float = _choice(0.999, "running average of the weights that is decoded (0: none)")
    batch_size: int = _choice(64, "captions per step")
    like_lengths: bool = _choice(True, "captions of like length share a batch; no: mixed, as BatchNorm wants them")
    epochs: int = _choice(5, "passes over the training captions, at most")
    patience: int = _choice(4, "stop after this many epochs without a better dev BLEU-4 (0: never)")
    beam: int = _choice(3, "beam width of the dev captions")
    max_words: int = _choice(40, "longest caption")
    freeze_embedding: int = _choice(0, "first epochs in which the word vectors stay as they start (-1: all epochs)")
    encoder_learning_rate: float = _choice(4e-4, "step size of an encoder that trains along")
    encoder_batchnorm: str = _choice("auto", "its BatchNorms: running statistics kept, or each batch's own; auto: "
                                     "live where it starts at random, else frozen", ("auto", "frozen", "live"))
    seed: int = _choice(0, "everything random follows from it")
    precision: str = _choice("float32", "the numbers to train in; float64 takes about twice the time, and another "
                             "processor or number of threads then changes only digits that nobody sees",
                             ("float32", "float64"))

    def __post_init__(self):
        for entry in fields(self):
            value, choices = getattr(self, entry.name), entry.metadata["choices"]
            if entry.type is float and isinstance(value, int) and not isinstance(value, bool):
                object.__setattr__(self, entry.name, float(value))  # JSON writes 5.0 as 5
            elif not isinstance(value, entry.type) or isinstance(value, bool) != (entry.type is bool):
                raise UserError(f"The recipe's {entry.name} must be {entry.type.__name__}, not {value!r}.")
            if choices and value not in choices:
                raise UserError(f"The recipe's {entry.name} must be one of {', '.join(choices)}, not {value!r}.")
        for name in ("embedding_size", "hidden_size", "attention_size", "batch_size", "epochs", "beam",
                     "max_words", "min_count", "drop_every", "hard_samples", "drawn_captions"):
            if getattr(self, name) < 1:
                raise UserError(f"The recipe's {name} must be at least 1, not {getattr(self, name)}.")
        if self.freeze_embedding < -1:
            raise UserError(f"The recipe's freeze_embedding must be at least -1 (always), not {self.freeze_embedding}.")
        if not 0 <= self.dropout < 1:
            raise UserError(f"The recipe's dropout must be in [0, 1), not {self.dropout}.")
        for name in ("hard_expectation", "hard_decay", "own_words"):
            if not 0 <= getattr(self, name) <= 1:
                raise UserError(f"The recipe's {name} must be in [0, 1], not {getattr(self, name)}.")
        if self.own_words > 0 and (self.model == "hard-attention" or self.objective == "self-critical"):
            raise UserError("Scheduled sampling (own_words) goes neither with hard-attention nor with self-critical.")
        if self.objective == "self-critical" and self.model == "hard-attention":
            raise UserError("Self-critical training is for captioners without drawn locations, not for hard-attention.")
        if self.objective == "self-critical" and self.drawn_baseline == "others" and self.drawn_captions < 2:
            raise UserError("The recipe's drawn_baseline others needs drawn_captions of at least 2.")
        if self.attention_temperature <= 0:
            raise UserError(f"The recipe's attention_temperature must be positive, not {self.attention_temperature}.")

    def to_dict(self):
        """{field: value}, ready for JSON."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values):
        """A recipe from {field: value}; absent fields take their defaults. UserError for unknown ones.

        Fields of earlier versions are understood, as `as_today` says.
        """
        values = as_today(values)
        known = {entry.name for entry in fields(cls)}
        if unknown := sorted(set(values) - known):
            raise UserError(f"A recipe has no {', '.join(unknown)}; it has {', '.join(sorted(known))}.")
        return cls(**values)
