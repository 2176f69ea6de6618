"""Words: tokenizers, the vocabulary and corpus statistics."""

from minisat.text.function_words import FUNCTION_WORDS
from minisat.text.spelling import REPAIRS, repair_spelling
from minisat.text.statistics import WordStatistics, word_statistics
from minisat.text.tokenize import TOKENIZERS, tokenize
from minisat.text.vocabulary import END, PAD, SPECIALS, START, UNK, Vocabulary

__all__ = ["END", "FUNCTION_WORDS", "PAD", "REPAIRS", "SPECIALS", "START", "TOKENIZERS", "UNK", "Vocabulary",
           "WordStatistics", "repair_spelling", "tokenize", "word_statistics"]
