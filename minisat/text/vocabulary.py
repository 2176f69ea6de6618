"""The vocabulary: words as integer ids and back."""

import hashlib
from collections import Counter

from minisat.errors import UserError
from minisat.files import read_json, write_json

SPECIALS = ("<pad>", "<unk>", "<start>", "<end>")
PAD, UNK, START, END = range(len(SPECIALS))
_FORMAT = "minisat-vocabulary/1"


class Vocabulary:
    """A list of words whose first four are the special ones; a word's id is its place in the list.

    `Vocabulary.build` makes one from tokenised captions (of the training split only: a word that is first met in
    dev must stay unknown). Raises UserError for a list without the specials, with doubles, or with an entry that
    is no word.
    """

    def __init__(self, words):
        words = list(words)
        if tuple(words[:len(SPECIALS)]) != SPECIALS:
            raise UserError(f"A vocabulary must begin with {', '.join(SPECIALS)}.")
        for word in words:
            if not isinstance(word, str) or not word or word.split() != [word]:
                raise UserError(f"A vocabulary holds words without blanks, not {word!r}.")
        if doubles := [word for word, count in Counter(words).items() if count > 1]:
            raise UserError(f"The vocabulary holds {doubles[0]!r} twice.")
        self.words = words
        # The specials are no words of a caption: a caption that spells "<end>" must not end there.
        self._ids = {word: id for id, word in enumerate(words) if id >= len(SPECIALS)}

    @classmethod
    def build(cls, token_lists, min_count=5, max_size=None):
        """The words that occur at least `min_count` times in `token_lists`, most frequent first, ties by alphabet.

        With `max_size` (not None or 0) only that many of them; the four specials come on top.
        """
        counts = Counter(word for tokens in token_lists for word in tokens if word not in SPECIALS)
        kept = sorted((word for word, count in counts.items() if count >= min_count),
                      key=lambda word: (-counts[word], word))
        return cls([*SPECIALS, *kept[:max_size or None]])

    @property
    def fingerprint(self):
        """The SHA-256 of the words in their order, by which a run knows them."""
        return hashlib.sha256("\n".join(self.words).encode(errors="surrogatepass")).hexdigest()

    def __len__(self):
        return len(self.words)

    def __contains__(self, word):
        return word in self._ids

    def encode(self, tokens):
        """Ids (a list of int) of `tokens`, UNK for strangers; without START and END."""
        return [self._ids.get(word, UNK) for word in tokens]

    def decode(self, ids):
        """Words (a list of str) of `ids` up to the first END, specials dropped."""
        words = []
        for id in ids:
            if id == END:
                break
            if id >= len(SPECIALS):
                words.append(self.words[id])
        return words

    def save(self, path):
        """Write the words as JSON to `path`."""
        write_json(path, {"format": _FORMAT, "words": self.words})

    @classmethod
    def load(cls, path):
        """The vocabulary that `save` wrote; UserError for anything else."""
        content = read_json(path)
        if not isinstance(content, dict) or content.get("format") != _FORMAT \
                or not isinstance(content.get("words"), list):
            raise UserError(f"{path} is no vocabulary of minisat.")
        try:
            return cls(content["words"])
        except UserError as error:
            raise UserError(f"{path} is damaged. {error}") from error
