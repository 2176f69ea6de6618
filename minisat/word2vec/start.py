"""How input vectors start."""


def small_uniform(rng, shape):
    """Uniform in ±1/M, float32, for `shape` (V, M): as gensim; word2vec.c takes half that. Output vectors start at 0.

    With both small, the first steps hardly move: the smaller the start, the longer until words begin to differ.
    """
    return ((2 * rng.random(shape) - 1) / shape[-1]).astype("float32")
