"""The lessons keep their words: a nudge goes forwards, a gradient comes back, a push is what learning gives."""

import re

import pytest

from minisat.teaching.shelf import all_lessons, lessons_folder

FOLDER = lessons_folder()
PAGES = sorted([*(path for lesson in all_lessons() for name in ("lesson", "exercise", "solution", "checks", "hints")
                  for folder in (lesson.folder, *(each.folder for each in lesson.more))
                  for path in folder.glob(f"{name}.*") if path.suffix != ".ipynb"),
                *FOLDER.glob("capstone/**/*.md"), *FOLDER.glob("capstone/**/*.py"),
                FOLDER / "README.md", FOLDER / "what_came_next.md", FOLDER / "stretch.md"])
AMISS = {
    "a nudge goes forwards; what comes back is a gradient":
        r"nudges? (that |which )?(arrives?|dies?|vanish|explodes?|comes? back|goes back|gets back|is multiplied"
        r"|reaches each)|nudges? on the way back|sent the nudge",
    "by hand one nudges; learning alone pushes":
        r"\bPush \$|\bPush the |\b[Aa] (small )?push (of|on) \$|push (it|one|both) (by|to)|pushing to"
        r"|(was|were) pushed",
    "e is Euler's number, and a score beside it wants exp(e)": r"e\^\{e_",
    "one spelling: learnt": r"\b(un)?learned\b",
    "trained too, or trained with it": r"\b(learn|train)(s|ed|ing)? along\b",
    "whoever, or what it is that does so": r"(?<![\w,*] )\bWho (?!(?:[^.?!]|\n)*\?)",
    "along three paths": r"\bon (two|three|many|several) ways\b",
    "for each word, or per word":
        r"\b(numbers?|rows?|vectors?|gradients?|products|multiplications|pushes|steps?) an? "
        r"(word|place|photo|guess|look)\b",
    "words of another age": r"\b(foretells?|murmur|dearer|dearest|how manieth)\b|\bbut one of\b|\bin sum\b",
}


def prose(path):
    """The text of a page in one line: without comment signs and line breaks."""
    return re.sub(r"\s+", " ", re.sub(r"^# ?", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE))


@pytest.mark.parametrize("path", PAGES, ids=[f"{path.relative_to(FOLDER)}" for path in PAGES])
def test_a_page_keeps_its_words(path):
    """No page of the course uses a word against its meaning, nor one of the turns that made readers stumble."""
    found = {why: match.group() for why, pattern in AMISS.items() if (match := re.search(pattern, prose(path)))}
    assert not found


@pytest.mark.parametrize("sentence", [
    "The nudge dies on the way back.", "Push $w$ by a little.", "A push of $h_t$ moves $h_T$.", r"$\frac{e^{e_i}}{S}$",
    "It has learned.", "A CNN that learns along.", "It ends. Who knows nothing pays.", "It reaches them on three ways.",
    "We want one number a place.", "without a murmur",
])
def test_the_list_sees_what_it_is_for(sentence):
    """Each of its entries."""
    assert any(re.search(pattern, sentence) for pattern in AMISS.values())


def test_the_list_lets_good_sentences_be():
    """A question, and pushes of learning."""
    for sentence in ("Who is there?", "It ends. Who made $e_i$?", "Learning pushes each logit the other way.",
                     "A nudge of $w$ travels down the chain."):
        assert not any(re.search(pattern, sentence) for pattern in AMISS.values()), sentence
