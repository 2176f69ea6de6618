"""Fast twins of the captioners on the CPU, for training and decoding, equal to their readable references."""

from minisat.captioner.fast.decoding import FastDecoder
from minisat.captioner.fast.hard_attention import FastHardTeacherForcing
from minisat.captioner.fast.show_tell import FastShowTell
from minisat.captioner.fast.teacher_forcing import FastTeacherForcing

__all__ = ["FastDecoder", "FastHardTeacherForcing", "FastShowTell", "FastTeacherForcing"]
