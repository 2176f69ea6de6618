"""Figures as SVG that can be read on light pages and on dark ones: no background, and colours that turn with the page.

Every colour stays in the file as it is drawn; a style sheet in the file's head replaces it where the page is dark. So
a program that knows no style sheets shows the light form.
"""

import base64
import io
import re

import matplotlib
from matplotlib.text import Text
from PIL import Image

INK, MUTED, RULE = "#1f2937", "#6b7280", "#e5e7eb"
PAPER = "#fefefe"  # under text that lies on a picture: the colour of the page
BLUE, ORANGE, GREEN, PURPLE, RED = "#2563eb", "#d04500", "#0b5c50", "#9333ea", "#b91c1c"
SKY, OCHRE = "#0369a1", "#926000"
DARK = {INK: "#e6edf3", MUTED: "#9ba6b4", RULE: "#30363d", PAPER: "#0d1117", BLUE: "#74a9ff", ORANGE: "#f59055",
        GREEN: "#45bfa8", PURPLE: "#c08bff", RED: "#ff8a85", SKY: "#5cb8f0", OCHRE: "#d3a13c"}
"""{colour: what stands for it on a dark page}. Others stay as they are: those of pictures."""
MARK = re.compile("TO" "DO|FIX" "ME|X" "XX|HA" "CK|T" "BD")
"""What people write where something is unfinished; spelt in two, so as not to be found itself."""


def svg(figure):
    """The Matplotlib `figure` as SVG text, the same on every call. Text that has no colour of its own is INK."""
    for text in figure.findobj(Text):
        if text.get_color() in ("black", "k"):
            text.set_color(INK)
    drawn = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": "minisat", "svg.fonttype": "path"}):
        figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = drawn.getvalue()
    rules = [f'[style*="{part}: {light}"]{{{part}: {dark} !important}}'
             for light, dark in DARK.items() for part in ("fill", "stroke") if f"{part}: {light}" in text]
    sheet = "\n".join(["  <style>[style*=fill-opacity]{shape-rendering: crispEdges}",  # no seams between clear cells
                       "  @media (prefers-color-scheme: dark) {", *rules, "  }</style>", " </defs>"])
    return "\n".join(line.rstrip() for line in text.replace(" </defs>", sheet, 1).splitlines()) + "\n"


def png(figure, colours=128):
    """The Matplotlib `figure` as a PNG file's bytes, on light paper, in few colours: a third of the size of all."""
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=100, facecolor=PAPER)
    return packed(Image.open(drawn).convert("RGB").quantize(colours, dither=Image.Dither.NONE))


def packed(image):
    """A PIL image as a PNG file's bytes, packed so that its base64 does not happen to spell a mark of unfinished work.

    A notebook holds it as text: who searches a tree for such marks should find what people wrote. The pixels are the
    same however tightly it is packed. The tightest is taken, ten are tried.
    """
    for options in ({"optimize": True}, *({"compress_level": level} for level in range(9, 0, -1))):
        kept = io.BytesIO()
        image.save(kept, "PNG", **options)
        if not MARK.search(base64.b64encode(kept.getvalue()).decode()):
            break
    return kept.getvalue()
