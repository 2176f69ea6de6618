"""Weights and statistics as training leaves them: biases not zero, BatchNorm's statistics not its initial ones."""


def settled(module, rng):
    """`module` with biases, gammas and BatchNorm's statistics drawn anew; returns it."""
    for name, member in (*module.named_parameters(), *module.named_buffers()):
        if member.data.ndim == 1:
            drawn = rng.standard_normal(member.data.shape)
            positive = name.endswith(("gamma", "running_var"))
            member.data[...] = 0.7 + 0.3 * abs(drawn) if positive else 0.2 * drawn
    return module
