"""What a check says of one backward call."""

from typing import NamedTuple


class Verdict(NamedTuple):
    """`ok` is None where it cannot tell: on a kink, or with nothing to check."""

    ok: bool | None
    error: float       # relative
    tolerance: float
    text: str          # one sentence
    tensors: tuple = ()  # (name, error) of a local check
    numbers: tuple = ()  # (name, its numeric gradient, what the wrong one has in common with it or "") of wrong ones
