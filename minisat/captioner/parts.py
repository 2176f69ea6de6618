"""The parts that a recipe chooses by name: attention scores, what makes weights of them, and recurrent cells."""

from minisat.nn import (
    AdditiveScore,
    ConcatScore,
    DotScore,
    GeneralScore,
    GRUCell,
    LSTMCell,
    RNNCell,
    Softmax,
    Sparsemax,
)

SCORES = ("additive", "dot", "general", "concat")
FUNCTIONS = ("softmax", "sparsemax")
CELLS = ("lstm", "gru", "rnn")


def key_size(score, A, H):
    """How wide the keys must be for the score of that name: A, or H for dot, which multiplies them with the query.

    H is the width of what the score is asked with: the state's, or, with the word in the query, both widths together.
    """
    return H if score == "dot" else A


def build_score(name, A, H, *, rng=None):
    """The attention score of that name, for keys of width A = `key_size` and a query of width H."""
    if name == "dot":
        return DotScore()
    return {"additive": AdditiveScore, "general": GeneralScore, "concat": ConcatScore}[name](A, H, rng=rng)


def build_function(name):
    """What makes the weights of locations of their scores, by name."""
    return {"softmax": Softmax, "sparsemax": Sparsemax}[name]()


def build_cell(name, D_in, H, *, rng=None):
    """The recurrent cell of that name; the GRU has its reset gate before the product, as in Cho et al. 2014."""
    return {"lstm": LSTMCell, "gru": GRUCell, "rnn": RNNCell}[name](D_in, H, rng=rng)
