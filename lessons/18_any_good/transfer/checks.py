"""What exercise 18b is checked on: repeated words, several references, captions that are too short."""

from minisat.evaluation.bleu import count
from minisat.teaching.asking import parts, wrong_unless

CASES = (("a red ball", ["a red ball"], "a caption that is its reference"),
         ("a a a a", ["a ball and a box", "a cup"], "a word that is repeated: no more often than one reference has it"),
         ("the cat the dog", ["the cat", "the dog"], "two references: their counts are not added"),
         ("a red ball a red ball", ["a red ball left of a red ball"], "a phrase that is said twice and was said twice"),
         ("sky", ["a cat"], "nothing in common"),
         ("a cat", ["a cat on a mat"], "a caption with fewer than n words has no n-gram"))


def cases(exercise):
    """Yield a sentence for each thing that is right."""
    for caption, references, what in CASES:
        right = count(caption.split(), [reference.split() for reference in references])
        for n in range(1, 5):
            found = parts("matches", exercise.matches(caption.split(), [each.split() for each in references], n), 2)
            wanted = right.matches[n - 1], right.totals[n - 1]
            wrong_unless(tuple(found) == wanted, f"matches({caption!r}, {references}, {n}) is {tuple(found)} and "
                         f"should be {wanted}. ({what[0].upper()}{what[1:]}.)")
        yield what
