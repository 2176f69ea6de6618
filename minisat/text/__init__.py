"""Words: tokenizers, the vocabulary and corpus statistics."""
