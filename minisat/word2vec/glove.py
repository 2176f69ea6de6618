"""GloVe: vectors whose dot products fit the logarithms of co-occurrence counts (Pennington et al. 2014)."""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module, scatter_add
from minisat.nn import Module, Parameter
from minisat.word2vec.start import small_uniform

X_MAX, POWER, EPSILON = 100.0, 0.75, 1e-8


class GloVeCache(NamedTuple):
    """What backward remembers."""

    rows: np.ndarray     # (N,) words i
    columns: np.ndarray  # (N,) words j
    w: np.ndarray        # (N, M)
    w_tilde: np.ndarray  # (N, M)
    weight: np.ndarray   # (N,) f(X_ij)
    error: np.ndarray    # (N,)


class GloVe(Module):
    """J = ½ Σ f(X_ij) (w_i · w̃_j + b_i + b̃_j - log X_ij)², f(x) = min(1, (x / 100)^¾) (eqs. 8 and 9).

    The paper has no ½, its program has. All parameters start uniform in ±1/M.
    """

    def __init__(self, V, M, *, rng=None):
        rng = np.random.default_rng(rng)
        self.W, self.W_tilde = (Parameter(small_uniform(rng, (V, M))) for _ in range(2))
        self.b, self.b_tilde = (Parameter(np.zeros((V, 1), np.float32)) for _ in range(2))

    def forward(self, rows, columns, *, counts):
        """rows (N,), columns (N,) ids, counts (N,) > 0 → loss ()."""
        xp = get_array_module(self.W.data)
        w, w_tilde = self.W.data[rows], self.W_tilde.data[columns]
        error = (w * w_tilde).sum(axis=1) + (self.b.data[rows] + self.b_tilde.data[columns])[:, 0] - xp.log(counts)
        weight = xp.minimum(1.0, (counts / X_MAX) ** POWER)
        return 0.5 * (weight * error * error).sum(), GloVeCache(rows, columns, w, w_tilde, weight, error)

    def backward(self, dloss, cache):
        """dloss, a number → (None, None): ids have no gradient."""
        rows, columns, w, w_tilde, weight, error = cache
        de = (dloss * weight * error)[:, None]        # J = ½ Σ f e²  ⇒  de = f e
        scatter_add(self.W.grad, rows, de * w_tilde)  # e_ij = w_i · w̃_j + b_i + b̃_j - log X_ij  ⇒  dw_i = Σ_j de_ij w̃_j
        scatter_add(self.W_tilde.grad, columns, de * w)
        scatter_add(self.b.grad, rows, de)
        scatter_add(self.b_tilde.grad, columns, de)
        return None, None

    def touched(self, cache):
        """[(parameter, rows (R,) with a gradient)]."""
        xp = get_array_module(self.W.data)
        rows, columns = xp.unique(cache.rows), xp.unique(cache.columns)
        return [(self.W, rows), (self.b, rows), (self.W_tilde, columns), (self.b_tilde, columns)]


def fit(model, counts, settings, progress=None):
    """Fit a GloVe to a Cooccurrence in `settings.epochs` passes over its entries in random order, with AdaGrad.

    AdaGrad (Duchi et al. 2011) gives every entry of every vector a step of its own, the smaller the larger its
    gradients were: s += g², w -= η g / √s. `progress(entries so far)` is called after every batch.
    """
    rng, done = np.random.default_rng(settings.seed), 0
    squares = {id(parameter): np.full_like(parameter.data, EPSILON) for parameter in model.parameters()}
    values = counts.values.astype(np.float32)
    for _ in range(settings.epochs):
        order = rng.permutation(len(values))
        for start in range(0, len(order), settings.batch):
            k = order[start:start + settings.batch]
            _, cache = model.forward(counts.rows[k], counts.columns[k], counts=values[k])
            model.backward(1.0, cache)
            for parameter, rows in model.touched(cache):
                grad, s = parameter.grad[rows], squares[id(parameter)]
                s[rows] += grad * grad
                parameter.data[rows] -= 2 * settings.learning_rate * grad / np.sqrt(s[rows])
                parameter.grad[rows] = 0
            done += len(k)
            if progress is not None:
                progress(done)
