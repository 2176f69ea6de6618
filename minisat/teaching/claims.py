"""A built page held to its own measurements: what its sentences claim of a difference must be what the interval says.

A sentence that rests on a line of `compared` ends with a comment, which no reader of the page sees:

    Hard attention points better.<!-- rests on: pointing, hard − soft: above 0 -->

or `NAME; NAME: above 0` for several. It says `below 0` where the whole interval lies there, and `holds 0` where chance
alone may have made the difference: then the sentence must leave open which is better, and whether both are equally
good. A sentence that compares scores and rests on nothing of its page names its source: <!-- from: table 1 of … -->.
"""

import re

from minisat.teaching.comparing import printed

COMPARING = re.compile(
    r"\b(?:better|worse|higher|lower|outdo(?:es)?|overtakes?|wins?|beats?|worth|helps|helped|improves?|"
    r"rises?|rose|risen|falls?|fell|drops?|dropped|gains?|gained|loses?|lost|costs?|ahead|behind|"
    r"(?:more|less|oftener|rarer)(?: \w+)? than|more often|less often|"
    r"(?:as|so|equally|just) (?:good|well|often)|equal|no difference)\b", re.IGNORECASE)
"""Words that claim a difference, or that there is none."""
LEFT_OPEN = re.compile(
    r"\b(?:perhaps|may|might|chance|cannot tell|cannot say|proves? nothing|no evidence|not clear(?:ly)?|unclear|"
    r"left open|leaves? open|neither|seems?|nobody knows|too few|within noise)\b", re.IGNORECASE)
"""Words that leave it open."""
SCORE = re.compile(r"\b(?:BLEU|CIDEr|METEOR|ROUGE|pointing|points at)\b")

_RESTS = re.compile(r"<!-- rests on: (.+?): (above 0|below 0|holds 0) -->")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_NO_PROSE = re.compile(r"^```.*?^```$|^[|#!][^\n]*$", re.DOTALL | re.MULTILINE)
_SENTENCE_END = re.compile(r"(?:(?<=[.?!:])|(?<=[.?!]\))|(?<=-->))\s+(?=[^\s<a-z])")


def sentences(page):
    """The prose of a built page (Markdown) as sentences, each with the comments at its end, in one line."""
    blocks = re.split(r"\n\s*\n|\n(?=[*-] |\d+\. )", re.sub(_NO_PROSE, "\n", page))
    found = []
    for block in blocks:
        whole = _COMMENT.sub(lambda comment: comment.group().replace(" ", "\0"), " ".join(block.split()))
        found += [sentence.replace("\0", " ") for sentence in _SENTENCE_END.split(whole) if sentence]
    return found


def unfounded(page):
    """What a built page (Markdown) says that its measurements do not: a list of sentences, empty if all is well."""
    measured, rested, problems = printed(page), set(), []
    if re.search(r"^<!--", page, re.MULTILINE):
        problems.append("A comment at the beginning of a line would end the paragraph; put a word before it.")
    for sentence in sentences(page):
        said = _COMMENT.sub("", sentence)
        marks = _RESTS.findall(sentence)
        if len(marks) != sentence.count("<!-- rests on"):
            problems.append(f"Not of the form <!-- rests on: NAME: above 0 -->: {sentence}")
        for name, claim in [(name, claim) for names, claim in marks for name in names.split("; ")]:
            rested.add(name)
            if name not in measured:
                problems.append(f"It rests on a comparison that this page does not print, {name}: {said}")
            elif claim != (found := _side(measured[name])):
                problems.append(f"The mark says “{name}: {claim}”, and the interval {found}: {said}")
        left_open = bool(LEFT_OPEN.search(said))
        if any(claim == "holds 0" for _, claim in marks) and COMPARING.search(said) and not left_open:
            problems.append(f"Chance alone may have made this difference, and the sentence does not say so: {said}")
        if COMPARING.search(said) and SCORE.search(said) and not (marks or left_open or "<!-- from:" in sentence):
            problems.append(f"Scores are compared, and nothing says what that rests on: {said}")
    problems += [f"No sentence rests on “{name}”." for name in measured if name not in rested]
    return problems


def _side(difference):
    """Where the interval of a Difference lies, in the words of a mark."""
    return "holds 0" if difference.holds_zero else "above 0" if difference.value > 0 else "below 0"
