"""METEOR's candidate matches: which words and phrases of a caption may stand for which of a reference."""

from typing import NamedTuple

from minisat.evaluation.meteor.resources import LONGEST_PHRASE, paraphrases_among
from minisat.text.with_nltk import english_stemmer

WEIGHTS = {"exact": 1.0, "stem": 0.6, "synonym": 0.8, "paraphrase": 0.6}

# WordNet's rules of detachment (its `morphy` page): nouns, verbs, adjectives.
_ENDINGS = (("s", ""), ("ses", "s"), ("xes", "x"), ("zes", "z"), ("ches", "ch"), ("shes", "sh"), ("men", "man"),
            ("ies", "y"), ("es", "e"), ("es", ""), ("ed", "e"), ("ed", ""), ("ing", "e"), ("ing", ""),
            ("er", ""), ("est", ""), ("er", "e"), ("est", "e"))


class Match(NamedTuple):
    """`length` words of the reference from `start` on match `from_length` words of the caption from `from_` on."""

    start: int
    length: int
    from_: int
    from_length: int
    module: str


class Matcher:
    """Finds the candidates; remembers what it found out about words and sentences.

    `sentences`: lists of words, all those that will be compared. The paraphrase table is looked through once for them.
    """

    def __init__(self, resources, sentences):
        self.resources = resources
        self._stemmer = english_stemmer()
        self._stems, self._synsets, self._relations, self._phrases, self._paraphrases = {}, {}, {}, {}, {}
        if "paraphrase" in resources.modules:
            wanted = {phrase for words in sentences for *_, phrase in phrases(words)}
            self._paraphrases = paraphrases_among(resources.table, wanted)
            self._known = {*self._paraphrases, *(other for found in self._paraphrases.values() for other in found)}

    def candidates(self, caption, reference):
        """For each word of `reference` (a list of words) the Matches that begin there, exact ones first."""
        found = []
        for j, word in enumerate(reference):
            matches = [Match(j, 1, i, 1, "exact") for i, other in enumerate(caption) if word == other]
            if caption != reference:
                related = [(i, self._related(word, other)) for i, other in enumerate(caption) if word != other]
                matches += [Match(j, 1, i, 1, module) for module in ("stem", "synonym")
                            for i, modules in related if module in modules]
            found.append(matches)
        if self._paraphrases and caption != reference:
            for j, length, i, other_length in self._paraphrased(reference, caption):
                found[j].append(Match(j, length, i, other_length, "paraphrase"))
        return found

    def _related(self, word, other):
        """Which of the modules stem and synonym match two different words."""
        found = self._relations.get((word, other))
        if found is None:
            synonyms = not self._synset(word).isdisjoint(self._synset(other))
            same = (("stem", self._stem(word) == self._stem(other)), ("synonym", synonyms))
            found = self._relations[word, other] = tuple(module for module, holds in same if holds)
        return found

    def _stem(self, word):
        if word not in self._stems:
            self._stems[word] = self._stemmer.stem(word)
        return self._stems[word]

    def _synset(self, word):
        """The numbers of the synonym sets of the word and of its base form."""
        if word not in self._synsets:
            forms = [word, *self._base_forms(word)]
            self._synsets[word] = frozenset(n for form in forms for n in self.resources.synonyms.get(form, ()))
        return self._synsets[word]

    def _base_forms(self, word):
        """The bases of an irregular form; else the first that the rules of detachment give and the table knows."""
        if word in self.resources.irregular:
            return self.resources.irregular[word]
        if len(word) <= 2 or word.endswith("ss"):
            return []
        forms = (word.removesuffix(ending) + new for ending, new in _ENDINGS if word.endswith(ending))
        return [form for form in forms if form in self.resources.synonyms][:1]

    def _paraphrased(self, reference, caption):
        """(start, length) in the reference and in the caption of phrases that are listed as paraphrases.

        A pair that is listed both ways comes twice, and so is its own rival: a quirk of METEOR's.
        """
        theirs, ours = self._known_phrases(reference), self._known_phrases(caption)
        for first, second in ((theirs, ours), (ours, theirs)):
            places = {}
            for start, length, phrase in second:
                places.setdefault(phrase, []).append((start, length))
            for start, length, phrase in first:
                for other in self._paraphrases.get(phrase, ()):
                    for place in places.get(other, ()):
                        yield (start, length, *place) if first is theirs else (*place, start, length)

    def _known_phrases(self, words):
        """The phrases of a sentence that the table knows."""
        sentence = tuple(words)
        if sentence not in self._phrases:
            self._phrases[sentence] = [found for found in phrases(words) if found[-1] in self._known]
        return self._phrases[sentence]


def phrases(words):
    """(start, length, phrase) of all phrases of a sentence."""
    for start in range(len(words)):
        for length in range(1, min(LONGEST_PHRASE, len(words) - start) + 1):
            yield start, length, " ".join(words[start:start + length])
