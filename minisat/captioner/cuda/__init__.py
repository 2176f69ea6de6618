"""The captioners' twins on the GPU, for training and decoding, equal to their readable references."""

from minisat.captioner.cuda.decoding import CudaDecoder
from minisat.captioner.cuda.hard_attention import CudaHardTeacherForcing
from minisat.captioner.cuda.teacher_forcing import CudaTeacherForcing

__all__ = ["CudaDecoder", "CudaHardTeacherForcing", "CudaTeacherForcing"]
