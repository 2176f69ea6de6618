"""Exercise 21b: how far two judges agree.

Two people sort captions: true, half true, false. They give the same verdict to 80 of 100. Is that much? If nearly all
captions are true, and both nearly always say so, they would agree that often without looking. So take away what chance
would do (Cohen 1960): with p the share on which they agree, and q the share on which two judges would agree who give
each verdict as often as these two do, but to captions drawn by lot,

    κ = (p − q) / (1 − q)        1: always of one opinion; 0: no more than by chance

And a score is a judge too. Whether it sees what people see, one asks in pairs: of a true caption and a false one, does
the true one score higher? Replace the lines that return, then run: minisat lesson check 21b
"""


def agreement(first, second):
    """The verdicts of two judges on the same captions, two lists of words → (p, κ).

    κ is 0.0 where q is 1, since both always say the same one thing: nothing can be learnt from that.
    """
    return 0.0, 0.0


def ranked(true, false):
    """Scores of true captions (n,), of false ones (m,) → the share of all n · m pairs where the true one is higher.

    Where both have the same score, the pair counts half. A coin would get 0.5.
    """
    return 0.0
