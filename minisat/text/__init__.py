"""Words: tokenizers, the vocabulary, corpus statistics and word vectors."""

from minisat.text.function_words import FUNCTION_WORDS
from minisat.text.spelling import REPAIRS, repair_spelling
from minisat.text.statistics import WordStatistics, word_statistics
from minisat.text.subwords import Subwords, bucket, character_ngrams
from minisat.text.tokenize import TOKENIZERS, tokenize
from minisat.text.vector_files import FORMATS, read_vectors, vector_size, write_vectors
from minisat.text.vector_scores import read_pairs, read_questions, score_analogies, score_similarity
from minisat.text.vocabulary import END, PAD, SPECIALS, START, UNK, Vocabulary
from minisat.text.word_vectors import ANALOGIES, WordVectors

__all__ = ["ANALOGIES", "END", "FORMATS", "FUNCTION_WORDS", "PAD", "REPAIRS", "SPECIALS", "START", "Subwords",
           "TOKENIZERS", "UNK", "Vocabulary", "WordStatistics", "WordVectors", "bucket", "character_ngrams",
           "read_pairs", "read_questions", "read_vectors", "repair_spelling", "score_analogies", "score_similarity",
           "tokenize", "vector_size", "word_statistics", "write_vectors"]
