"""Why is this number what it is? A rule for every layer says which entries made each entry; two interpreters read it.

A trace's document (see minisat/trace/document.py) holds, where a class has rules (`calls.py` lists the tables):

    "rules": [[line, …], …]    a line: {"of": ["at", name, [indices]], "axes": [[index, size], …], "is": tree, "step":
                               whether it is a number in between, that nothing recorded}; trees: see language.py
    frame["rules"]: 3          which of them explain this call; null where none do
    frame["names"]: [["x", 12], …]            the names that its lines use, and their tensors
    frame["inside"]: [["attend", [3, 17]], …] the frames of the calls that its lines name, by their number: attend[1]
    frame["place"]: ["attend", 1]             its own name and number in the call around it; null outermost

A line says how to make every entry of what stands on its left: an output, a cache entry, an input gradient, a
parameter's gradient, or (with a call's name in front) what an inner call is given. An index on the left may have an
offset, ["+", 16, "j"]: then the line makes those entries only, and others have lines of their own.

Given a place, (frame, name, index), `explain` tells the entries that made it, and `follow` where that number was made
in its turn: it goes through what is only handed on, into inner calls and out into the ones around, up to the next place
that has a sum of its own, or to a weight, a pixel, a word. minisat/plots/step_page/why.js is the same for the page.

A layer of your own is explained like those of the house once RULES has it, before the recording:

    RULES[Squared] = Rules("x → y", "y[…] = x[…]²", "dx[…] = 2·dy[…]·x[…]")   # x here is a field of the cache
"""

from minisat.trace.why.calls import RULES, Explainer, known_class, values_of
from minisat.trace.why.entries import Place, Recorded, Unreadable, explain, follow, found_line, sentence
from minisat.trace.why.evaluation import evaluate
from minisat.trace.why.tables import Rules

__all__ = ["Explainer", "Place", "RULES", "Recorded", "Rules", "Unreadable", "evaluate", "explain", "follow",
           "found_line", "known_class", "sentence", "values_of"]
