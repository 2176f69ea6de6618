"""What exercise 3 is checked on: the list's order and its limits, then batches, strangers and marks among them."""

import numpy as np

from minisat.teaching.asking import agree, parts, wrong_unless

CAPTIONS = [["a", "red", "ball"], ["a", "ball", "and", "a", "cat"], ["a", "cat"]]
LIST = ["<pad>", "<unk>", "<start>", "<end>", "a", "ball", "cat", "and", "red"]


def cases(exercise):
    """Yield a sentence for each thing that is right."""
    found = exercise.word_list(CAPTIONS, 1)
    wrong_unless(list(found[:4]) == LIST[:4], "The list begins with SPECIALS: <pad>, <unk>, <start>, <end>.")
    wrong_unless(sorted(found) == sorted(LIST), f"Of {CAPTIONS} every word belongs into the list, once; yours is "
                 f"{list(found)}.")
    wrong_unless(list(found) == LIST, f"The most frequent word comes first, equals by the alphabet: {LIST[4:]}, not "
                 f"{list(found[4:])}.")
    wrong_unless(list(exercise.word_list(CAPTIONS[::-1], 1)) == LIST, "The same captions in another order give another "
                 "list: of equals the first by the alphabet comes first, not the first that is met.")
    yield "word_list: the same list for the same captions"
    wrong_unless(list(exercise.word_list(CAPTIONS, 2)) == LIST[:7], f"Of words that occur at least twice the list is "
                 f"{LIST[4:7]}, not {list(exercise.word_list(CAPTIONS, 2)[4:])}.")
    twice = list(exercise.word_list([["<end>", "a"], ["<end>"]], 1))
    wrong_unless(twice == LIST[:5], "A caption that spells “<end>” makes no second <end>: the marks are in the list "
                 f"already, and no words; it is {twice}.")
    yield "word_list: rare words and marks stay out"
    read, asked, real = parts("batch", exercise.batch([["a", "red", "ball"]], LIST), 3)
    agree("read, of one caption,", read, [[2, 4, 8, 5]])
    agree("asked, of one caption,", asked, [[4, 8, 5, 3]])
    wrong_unless(np.asarray(real).dtype == bool and np.all(real), "Of one caption alone, all places are real: real is "
                 "an array of True.")
    yield "batch: what is asked for is what is read, moved by one"
    read, asked, real = parts("batch", exercise.batch(CAPTIONS, LIST), 3)
    agree("read", read, [[2, 4, 8, 5, 3, 0], [2, 4, 5, 7, 4, 6], [2, 4, 6, 3, 0, 0]])
    agree("asked", asked, [[4, 8, 5, 3, 0, 0], [4, 5, 7, 4, 6, 3], [4, 6, 3, 0, 0, 0]])
    agree("real", real, [[1, 1, 1, 1, 0, 0], [1] * 6, [1, 1, 1, 0, 0, 0]])
    yield "batch: short captions are padded, and <end> is asked for"
    read, asked, real = parts("batch", exercise.batch([["a", "zebra"], ["<end>", "a"]], LIST), 3)
    wrong_unless(asked[0][1] == 1, "A word that is not in the list is UNK, 1.")
    agree("asked, where a caption spells “<end>” as a word (which nobody knows),", asked, [[4, 1, 3], [1, 4, 3]])
    wrong_unless(np.all(real), "UNK is asked for, too: real is False only where there is padding.")
    yield "batch: strangers are <unk>"
