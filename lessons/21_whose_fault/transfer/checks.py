"""What exercise 21b is checked on: verdicts by hand, judges of one opinion and of none, and scores in pairs."""

import numpy as np

from minisat.teaching.asking import agree, fixed, parts


def cases(work):
    """Yield a sentence for each thing that is right."""
    for what, first, second, p, kappa in (
            ("of t t t f and t t f f", "tttf", "ttff", 0.75, 0.5),
            ("of judges who say the opposite", "tftf", "ftft", 0.0, -1.0),
            ("with three verdicts", "ttthhf", "tththf", 4 / 6, (4 / 6 - 14 / 36) / (1 - 14 / 36)),
            ("where one judge has a verdict that the other never gives", "tttt", "ttth", 0.75, 0.0)):
        found = parts("agreement", work.agreement(list(first), list(second)), 2)
        agree(f"The share on which they agree, {what},", found[0], p)
        agree(f"κ {what}", found[1], kappa)
    yield "agreement: p and κ of verdicts by hand"
    with np.errstate(all="ignore"):
        found = parts("agreement", work.agreement(["true"] * 5, ["true"] * 5), 2)
    agree("κ of two who always say the same one thing", found[1], 0.0)
    lazy = ["true"] * 18 + ["true", "false"], ["true"] * 18 + ["false", "true"]
    found = parts("agreement", work.agreement(*lazy), 2)
    agree("κ of two who agree in 18 of 20, and by chance would agree as often,", found[1], (0.9 - 0.905) / (1 - 0.905))
    yield "agreement: no more than chance is nothing, however often they agree"

    for what, true, false, share in (("higher each time", [3.0, 2.0], [1.0, 0.5, 0.0], 1.0),
                                     ("lower each time", [0.0], [1.0, 2.0], 0.0),
                                     ("the same for all", [1.0, 1.0], [1.0, 1.0, 1.0], 0.5),
                                     ("in between", [2.0, 1.0, 0.0], [1.0, 0.5], (2 + 1.5 + 0) / 6)):
        agree(f"ranked, where the scores of true captions are {what},",
              work.ranked(*fixed((np.array(true), np.array(false)))), share)
    yield "ranked: the share of pairs in the right order, equal ones by half"
