"""Formulas: as MathML for pages, as a line of Unicode for the terminal."""

import re
from xml.etree import ElementTree

import pytest

pytest.importorskip("latex2mathml")
from minisat.book.formulas import mathml, parts, tree  # noqa: E402
from minisat.book.plain import plain  # noqa: E402
from minisat.plots import page  # noqa: E402
from minisat.teaching.shelf import lessons_folder  # noqa: E402

FORMULA = re.compile(r"\$`([^`]+)`\$|```math\n(.*?)\n```", re.DOTALL)
FORMULAS = sorted({formula for path in lessons_folder().rglob("*.md")
                   for formula in FORMULA.findall(path.read_text(encoding="utf-8"))})
KNOWN = {"math", "mrow", "mi", "mo", "mn", "mtext", "mspace", "msub", "msup", "msubsup", "munder", "mover",
         "munderover", "mfrac", "msqrt", "mstyle", "mtable", "mtr", "mtd"}


@pytest.mark.parametrize("latex, text", [
    (r"\frac{h + 2P - k}{S}", "(h + 2P − k)/S"), (r"\frac{p}{kq}", "p/(kq)"),
    (r"\log \frac{p}{q} - \log k", "log (p/q) − log k"),
    (r"\frac{\partial \ell}{\partial z_v} = p_v - [v = y]", "∂ℓ/∂zᵥ = pᵥ − [v = y]"),
    (r"\frac{e^{-s}}{(1 + e^{-s})^2}", "e⁻ˢ/(1 + e⁻ˢ)²"), (r"dW_h = \sum_t h_{t-1}^\top\, da_t", "dWₕ = ∑ₜ hₜ₋₁ᵀ daₜ"),
    (r"[a_i\; a_f]", "[a_i a_f]"), (r"W_{x,ij}", "W_{x,ij}"), (r"c_{prev}", "c_prev"), (r"E_{w_{t-1}}", "E_{w_{t−1}}"),
    (r"dU_j \mathrel{+}= ds_j\, h", "dUⱼ += dsⱼ h"), (r"\bar z", "z̄"), (r"0 \cdot (-\infty)", "0 · (−∞)"),
    (r"p(w \mid v)", "p(w | v)"), (r"2k \max(0,\, s_i - c)^2", "2k max(0, sᵢ − c)²"),
    (r"(h^{prev})^\top da", "(h^prev)ᵀ da"),
    (r"\sqrt{t/f} + \sqrt A", "√(t/f) + √A"), (r"\underbrace{x}_{\text{of } wx+b}", "x [of wx + b]"),
    (r"\mathrm{softmax}(h\, U^\top)", "softmax(h Uᵀ)"), (r"\sum_{j=1}^{k} s_j", "∑ⱼ₌₁ᵏ sⱼ"), (r"\tanh^2 c", "tanh² c")])
def test_a_line_of_unicode(latex, text):
    """What is above and below a line keeps together, and indices are small where all of them can be."""
    assert plain(latex) == text


def test_display_formulas_are_lines():
    """Parts one below the other; rows of an aligned formula with their signs in one column."""
    assert parts(r"a = b, \qquad \text{as } \frac{c\quad d}{e} \quad\Rightarrow\quad f") == [
        "a = b,", r"\text{as } \frac{c\quad d}{e}", r"\Rightarrow", "f"]
    assert plain("\\begin{aligned}\nx_{-1} &= v \\\\\nh &= 0\n\\end{aligned}", display=True) == ["x₋₁ = v", "  h = 0"]


def test_signs_and_names():
    """What the library leaves to be mended: words of letters, a sign of two, minus before a letter, letters that it
    takes for signs."""
    text = mathml(r"-\infty \mathrel{+}= \mathrm{softmax}\, \partial a / b, = -c")
    assert "<mi>softmax</mi>" in text and "<mo>+=</mo>" in text and "∂</mi>" in text and "∞</mi>" in text
    assert text.count('form="prefix"') == 2 and '<mo lspace="0" rspace="0">/</mo>' in text
    assert 'class="right"' in mathml(r"\begin{aligned} a &= b \end{aligned}")


def letters():
    """The letters that the book's font has, as its style sheet says."""
    style = (page.Path(page.__file__).parent / "book_page" / "font.css").read_text(encoding="utf-8")
    ranges = re.findall(r"U\+([0-9a-f]+)(?:-([0-9a-f]+))?", style)
    return {code for low, high in ranges for code in range(int(low, 16), int(high or low, 16) + 1)}


def test_every_formula_of_the_course():
    """Is understood to the last sign, and the book's font has its letters; as text no LaTeX is left in it."""
    assert len(FORMULAS) > 400
    font = letters()
    for inline, display in FORMULAS:
        lines = plain(display, display=True) if display else [plain(inline)]
        assert lines and not re.search(r"[\\&$]", " ".join(lines)), (inline, display, lines)
        for part in parts(display) or [inline]:
            math = ElementTree.fromstring(mathml(part))
            assert {each.tag.partition("}")[2] for each in math.iter()} <= KNOWN, part
            said = "".join(each.text or "" for each in tree(part).iter() if each.tag != "mtext")
            assert not re.search(r"[\\&]", said) and {ord(letter) for letter in said} <= font, (part, said)


def test_what_is_not_understood_is_seen():
    """The test above can fail: a command that the library does not know stays as it was written."""
    assert "\\" in plain(r"\unheardof x")
