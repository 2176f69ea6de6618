"""Turning a captioner's word probabilities into captions, with nothing but its protocol.

A captioner speaks `start(inputs) → state`, `step(state, ids (N,)) → (log_probs (N, V), state, alpha, beta)`
and `select(state, index (N',)) → state`. PAD, START and UNK are never said: they are marks, no words (UNK
matches no reference and tells a reader nothing). END is never the first word, so no caption is empty. The
probabilities are left as they are: what is forbidden is skipped, the rest is not scaled up.
"""

from minisat.captioner.decoding.alternatives import alternatives
from minisat.captioner.decoding.beam import beam
from minisat.captioner.decoding.caption import Caption, gate_label, sentinel_share
from minisat.captioner.decoding.ensemble import Ensemble
from minisat.captioner.decoding.greedy import greedy
from minisat.captioner.decoding.sampling import sample
from minisat.captioner.decoding.without_repeats import WithoutRepeats

__all__ = ["Caption", "Ensemble", "WithoutRepeats", "alternatives", "beam", "gate_label", "greedy", "sample",
           "sentinel_share"]
