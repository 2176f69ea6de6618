"""Hierarchical softmax: a word's probability as the product of the turns on its way down a tree."""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module, scatter_add
from minisat.nn import Module, Parameter
from minisat.nn.activations import sigmoid
from minisat.nn.module import Buffer
from minisat.word2vec.negative_sampling import log_sigmoid


class HierarchicalSoftmaxCache(NamedTuple):
    """What backward remembers."""

    h: np.ndarray       # (N, M)
    nodes: np.ndarray   # (N, depth) the inner nodes on the way to each target
    rows: np.ndarray    # (N, depth, M) their vectors
    turns: np.ndarray   # (N, depth) +1 left, -1 right, 0 past the end
    scores: np.ndarray  # (N, depth)


class HierarchicalSoftmax(Module):
    """p(v | h) = Π_j σ(turn_j · h · W_node(j)) along the path to v (Mikolov et al. 2013b, eq. 3); loss = -Σ log p.

    W (V - 1, M): one vector for each inner node of the `tree`, zero at the start. The probabilities of all V words
    sum to 1, for σ(s) + σ(-s) = 1 at every fork, and one costs log V dot products instead of V.
    """

    def __init__(self, tree, M):
        self.W = Parameter(np.zeros((len(tree.nodes) - 1, M), np.float32))
        self.nodes, self.turns = Buffer(tree.nodes), Buffer(tree.turns)

    def forward(self, h, targets):
        """h (N, M), targets (N,) ids → loss ()."""
        nodes, turns = self.nodes.data[targets], self.turns.data[targets].astype(h.dtype)
        rows = self.W.data[nodes]
        scores = (rows * h[:, None]).sum(axis=-1)
        loss = -(get_array_module(h).abs(turns) * log_sigmoid(turns * scores)).sum()
        return loss, HierarchicalSoftmaxCache(h, nodes, rows, turns, scores)

    def backward(self, dloss, cache):
        """dloss, a number → (dh (N, M), None)."""
        h, nodes, rows, turns, scores = cache
        # loss = -log σ(turn s)  ⇒  ds = -turn σ(-turn s) = σ(s) - [turn left]; 0 past the end  (Rong 2014, section 3.1)
        ds = (-dloss * turns * sigmoid(-turns * scores))[:, :, None]
        # s_nj = h_n · W_node(n,j)  ⇒  dW_node = Σ of ds_nj h_n over all paths through it
        scatter_add(self.W.grad, nodes.reshape(-1), (ds * h[:, None]).reshape(-1, h.shape[1]))
        return (ds * rows).sum(axis=1), None   # ⇒  dh_n = Σ_j ds_nj W_node(n,j)

    def touched(self, cache):
        """[(parameter, rows (R,) with a gradient, how many terms each row's gradient sums up (R,))]."""
        real = cache.nodes[cache.turns != 0]
        return [(self.W, *get_array_module(real).unique(real, return_counts=True))]
