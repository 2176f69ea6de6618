"""Every rule of the Penn-Treebank tokenizer does what its example says, and its example needs it."""

import importlib.util
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from minisat.text.penn_treebank import RULES, matcher, penn_treebank
from minisat.text.plain_characters import BRACKETS


@pytest.mark.parametrize("rule", RULES, ids=[rule.why for rule in RULES])
def test_a_rule_does_what_its_example_says_and_no_other_rule_does(rule):
    assert penn_treebank(rule.example) == rule.tokens.split()
    others = matcher([other for other in RULES if other is not rule])
    assert [match.group().translate(BRACKETS) for match in others.finditer(rule.example)] != rule.tokens.split()


# Invented captions; the tokens are those of coco-caption's own tokenizer before it drops punctuation.
AS_THE_ORIGINAL = (
    ("Two dogs. One cat.", "Two dogs . One cat ."),
    ("Two dogs.One cat", "Two dogs.One cat"),
    ("Main St. in D.C. at 5 p.m.", "Main St. in D.C. at 5 p.m."),
    ("Dr. Dog, Mr. Cat, etc., run", "Dr. Dog , Mr. Cat , etc. , run"),
    ("a sled of about 5 ft. and 10 lb.", "a sled of about 5 ft. and 10 lb ."),
    ("a fish'n'chips shop, rock 'n' roll", "a fish 'n' chips shop , rock 'n' roll"),
    ("'twas y'all's hat", "'t was y' all 's hat"),
    ("d'you see what they whad'ya", "d'you see what they whad ' ya"),
    ("a bird 's-eye-view of a bird's nest", "a bird 's - eye-view of a bird 's nest"),
    ("a sign reading -less and more=less", "a sign reading - less and more = less"),
    ("a B&W photo of salt&pepper", "a B&W photo of salt & pepper"),
    ("<pad> a dog <end>", "<pad> a dog <end>"),
    ("write to cat@dogs.org or www.dogs.org", "write to cat@dogs.org or www.dogs.org"),
    ("¾ of a cake at 200°F for £5 or 50¢", "3/4 of a cake at 200 ° F for # 5 or 50 cents"),
    ("a wet dog 🐕 runs", "a wet dog runs"),
    ("^up^ ~about~ *there*", "^ up ^ ~ about ~ * there *"),
    ("a man's 6-year-old and/or 1990s hat", "a man 's 6-year-old and/or 1990s hat"),
    ("shouldn't've, DON'T", "should n't 've , DO N'T"),
    ("in the '80s and 1980's", "in the '80s and 1980 's"),
    ("salt &amp; pepper", "salt & pepper"),
    ("a café's naïve façade", "a café 's naïve façade"),
    ("good ol' boys, Ol' Red and ol'yeller; that ol's", "good ol' boys , Ol' Red and ol' yeller ; that ol 's"),
    ("a pistol' and col' beer", "a pistol ' and col ' beer"),
    ("the d', an l'. j'ai a d'artagnan hat, d'll do", "the d' , an l' . j' ai a d'artagnan hat , d 'll do"),
    ("10,000 people in 1,000.50 at 3:30pm", "10,000 people in 1,000.50 at 3:30 pm"),
    ("a shirt saying RIF=ding, :Dog", "a shirt saying RIF = ding , : Dog"),
    ("'nother rock'nroll, rock'n roll", "' nother rock ' nroll , rock 'n roll"),
    ("yes ma'am, o'er and ne'er, e'er, c'mon n'sync, hawai'i",
     "yes ma'am , o'er and ne'er , e'er , c'mon n'sync , hawai'i"),
    ("dog'some, we'llama and 'super", "dog ' some , we ' llama and ' super"),
)


@pytest.mark.parametrize("text, tokens", AS_THE_ORIGINAL)
def test_the_tokens_are_those_of_the_original(text, tokens):
    assert penn_treebank(text) == tokens.split()


@pytest.mark.parametrize("text", ["a" * 20000, "a-" * 10000, "a." * 10000, "." * 20000, "1," * 10000, "'" * 20000,
                                  "a'" * 10000, "http://" * 3000, "@" * 20000, "a/" * 10000, "<a" * 10000])
def test_no_text_takes_long(text):
    start = time.process_time()
    assert "".join(penn_treebank(text)) == text
    assert time.process_time() - start < 2


@pytest.mark.peer
def test_the_original_gives_these_tokens(tmp_path):
    """The tokens above are not remembered but those of coco-caption's tokenizer, where it and Java are there."""
    package = importlib.util.find_spec("pycocoevalcap")
    places = package.submodule_search_locations if package else ()
    jars = [jar for place in places for jar in Path(place).glob("tokenizer/stanford-corenlp-*.jar")]
    if not jars or not shutil.which("java"):
        pytest.skip("needs pycocoevalcap and Java")
    texts, tokens = zip(*AS_THE_ORIGINAL, *((rule.example, rule.tokens) for rule in RULES))
    (tmp_path / "texts").write_text("".join(f"{text}\n\n" for text in texts), encoding="utf-8")
    command = ["java", "-Dfile.encoding=UTF-8", "-cp", str(jars[0]), "edu.stanford.nlp.process.PTBTokenizer",
               "-preserveLines", str(tmp_path / "texts")]
    found = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout.split("\n")[::2]
    plain = [line.replace("``", '"').replace("''", '"').replace("`", "'") for line in found]
    assert [pair for pair in zip(texts, plain, tokens) if pair[1] != pair[2]] == []
