"""PPMI and its singular value decomposition: word vectors by counting and one factorisation."""

import numpy as np

_EXTRA, _ROUNDS = 16, 6  # of the randomised decomposition: spare directions, power iterations


def ppmi(counts, shift=1.0, smoothing=0.75):
    """Positive pointwise mutual information of a Cooccurrence: max(0, log P(w, c) / (P(w) P(c)) - log shift).

    P(c) ∝ count(c)^smoothing, the noise distribution of negative sampling, whose best scores these are with shift the
    number of negatives (Levy & Goldberg 2014, eq. 7; Levy, Goldberg & Dagan 2015, section 3.1). The zeros drop out.
    """
    rows, columns, values, V = counts
    total = np.bincount(rows, values, V)
    context = np.bincount(columns, values, V) ** smoothing
    information = np.log(values * context.sum() / (total[rows] * context[columns])) - np.log(shift)
    positive = information > 0
    return counts._replace(rows=rows[positive], columns=columns[positive], values=information[positive])


def transposed(matrix):
    """The transpose of a Cooccurrence, sorted by row again."""
    order = np.lexsort((matrix.rows, matrix.columns))
    return matrix._replace(rows=matrix.columns[order], columns=matrix.rows[order], values=matrix.values[order])


def truncated_svd(matrix, M, seed=0):
    """(U (V, M), s (M,), Vt (M, V)) of the M largest singular values of a Cooccurrence; M ≤ V.

    The matrix is met by products alone: a random subspace, turned towards the large singular values by power
    iteration, then a small exact decomposition inside it (Halko, Martinsson & Tropp 2011, algorithms 4.4 and 5.1).
    """
    back = transposed(matrix)
    width = min(M + _EXTRA, matrix.V)
    Q = np.linalg.qr(matrix.times(np.random.default_rng(seed).standard_normal((matrix.V, width))))[0]
    for _ in range(_ROUNDS):
        Q = np.linalg.qr(back.times(Q))[0]
        Q = np.linalg.qr(matrix.times(Q))[0]
    U, s, Vt = np.linalg.svd(back.times(Q).T, full_matrices=False)  # Qᵀ X = (Xᵀ Q)ᵀ
    return (Q @ U)[:, :M], s[:M], Vt[:M]


def ppmi_vectors(counts, M, shift=1.0, seed=0):
    """(V, M) float32: U √s, the symmetric split that suits word similarity (Levy et al. 2015, section 3.3).

    With fewer than M words, or singular values, the rest is zero.
    """
    U, s, _ = truncated_svd(ppmi(counts, shift), min(M, counts.V), seed)
    U = U * np.where(U[np.abs(U).argmax(axis=0), np.arange(U.shape[1])] < 0, -1, 1)  # fixes what sign is free to be
    vectors = np.zeros((counts.V, M), np.float32)
    vectors[:, :len(s)] = U * np.sqrt(s)
    return vectors
