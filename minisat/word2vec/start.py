"""How input vectors start."""


def small_uniform(rng, shape):
    """Uniform in ±1/(2M), float32, for `shape` (V, M): as word2vec.c. Output vectors start at zero."""
    return ((rng.random(shape) - 0.5) / shape[-1]).astype("float32")
