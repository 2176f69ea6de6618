"""Where a training stands: small numbers that a checkpoint carries as JSON beside the arrays."""

import dataclasses
from dataclasses import dataclass


@dataclass
class State:
    """The position and the running metrics of a training."""

    epoch: int = 0            # epochs completed, dev captions and all
    batch: int = 0            # steps taken in the epoch after them
    steps: int = 0            # steps taken in all
    loss_sum: float = 0.0     # this epoch's Σ cross-entropy × words, in nats; or Σ rewards of drawn captions
    words: int = 0            # words this epoch, <end> counted; or drawn captions
    seconds: float = 0.0      # spent so far, evaluation included
    best_score: float | None = None  # dev BLEU-4 of best.safetensors
    best_epoch: int = 0       # counted from 1
    waited: int = 0           # epochs since then
    first_loss: float | None = None  # train cross-entropy of the first epoch, nats a word
    diverged: int | None = None      # the first epoch whose loss was far above it, or above guessing's
    log_size: int = 0         # bytes of metrics.jsonl that belong to this state
    finished: str = ""        # why the training is over ("" while it is not)

    def to_dict(self):
        """{field: value}, ready for JSON."""
        return dataclasses.asdict(self)
