"""How the step size changes: functions from the step's number to a factor on the learning rate."""

import math


def _warmed(warmup, after):
    """`after(step)`, preceded by a rise from 1 / (warmup + 1) over the first `warmup` steps."""
    return lambda step: (step + 1) / (warmup + 1) if step < warmup else after(step)


def constant(warmup=0):
    """step → 1 after the warm-up. Steps count from 0; factors are Python floats in every schedule."""
    return _warmed(warmup, lambda step: 1.0)


def step(every, factor, warmup=0):
    """step → factor^⌊step / every⌋."""
    return _warmed(warmup, lambda step: float(factor) ** (step // every))


def cosine(total, warmup=0, floor=0.0):
    """step → half a cosine, 1 after the warm-up, `floor` at `total` (Loshchilov & Hutter 2017, eq. 5)."""
    def factor(step):
        done = min(1.0, (step - warmup) / max(total - warmup, 1))
        return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * done))
    return _warmed(warmup, factor)


class Plateau:
    """A factor that is multiplied by `drop` whenever `patience` scores in a row bring no new best one."""

    def __init__(self, drop, patience):
        self.drop, self.patience = float(drop), patience
        self.factor, self.best, self.waited = 1.0, -math.inf, 0

    def update(self, score):
        """Take in one score (higher is better); returns the factor from now on."""
        if score > self.best:
            self.best, self.waited = float(score), 0
        else:
            self.waited += 1
        if self.waited >= self.patience:
            self.factor, self.waited = self.factor * self.drop, 0
        return self.factor

    def state_dict(self):
        """{name: number}, ready for JSON (the best score is null before the first)."""
        return {"factor": self.factor, "best": None if self.best == -math.inf else self.best,
                "waited": self.waited}

    def load_state_dict(self, state):
        """Take a state over."""
        self.factor, self.waited = state["factor"], state["waited"]
        self.best = -math.inf if state["best"] is None else state["best"]
