"""The reliability figure: what was right, over how sure the captioner was; below it, how often it was that sure."""

from html import escape

SIZE, LEFT, TOP, BARS, GAP = 300, 58, 64, 56, 86   # of a panel, in pixels; BARS: the height of the counts below
_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2937 } .muted { fill: #6b7280; font-size: 12px }
.title { font-weight: 600; font-size: 14px } .rule { stroke: #d1d5db; fill: none } .ideal { stroke: #6b7280;
stroke-dasharray: 5 4 } .mark { stroke: #2563eb; fill: #2563eb } .line { stroke: #2563eb; fill: none; stroke-width: 2 }
.bar { fill: #2563eb; opacity: .35 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .muted { fill: #9ba6b4 } .rule { stroke: #30363d }
.ideal { stroke: #9ba6b4 } .mark, .line { stroke: #74a9ff } .mark, .bar { fill: #74a9ff } .line { fill: none } }"""


def reliability_figure(metrics):
    """The figure of `trained.sureness.sureness_metrics` as SVG text, readable on light pages and dark ones.

    Two panels. A point for each bin of p: the mean p of its words, the share that is right, and its 95 % interval; on
    the diagonal p is to be taken at its word. Below, how the words spread over p.
    """
    after, own = metrics["next_word"], metrics["own_words"]
    low, high = after["interval"]
    error = f"calibration error {100 * after['ece']:.1f} % ({100 * low:.1f} to {100 * high:.1f})"
    shared = f"{100 * own['right']:.0f} % are said by people of that photo"
    panels = [_panel(after, "The next word of a person's caption", error, "share that the person wrote", LEFT),
              _panel(own, "The words that it says itself", shared, "share that people say", LEFT + SIZE + GAP)]
    width, height = LEFT + 2 * SIZE + GAP + 16, TOP + SIZE + BARS + 66
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
            f'height="{height}">\n<style>{_STYLE}</style>\n' + "\n".join(panels) + "\n</svg>\n")


def _panel(found, title, subtitle, label, left):
    bottom, base = TOP + SIZE, TOP + SIZE + BARS + 22

    def x(value):
        return round(left + SIZE * value, 1)

    def y(value):
        return round(bottom - SIZE * value, 1)
    parts = [_text(left, TOP - 34, title, "title"), _text(left, TOP - 14, subtitle, "muted"),
             f'<rect class="rule" x="{left}" y="{TOP}" width="{SIZE}" height="{SIZE}"/>',
             f'<line class="ideal" x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(1)}"/>']
    for value in (0, 0.25, 0.5, 0.75, 1):
        parts += [_text(left - 8, y(value) + 4, f"{100 * value:.0f}", "muted", "end"),
                  _text(x(value), base + 16, f"{value:g}", "muted", "middle")]
    parts.append(_text(left + SIZE / 2, base + 34, "p, as the captioner has it", "muted", "middle"))
    parts.append(f'<text class="muted" text-anchor="middle" transform="translate({left - 38} {TOP + SIZE / 2}) '
                 f'rotate(-90)">{escape(label)}, %</text>')
    points = " ".join(f"{x(entry['mean_p'])},{y(entry['right'])}" for entry in found["bins"])
    parts.append(f'<polyline class="line" points="{points}"/>')
    most = max(entry["words"] for entry in found["bins"])
    for entry in found["bins"]:
        at, (low, high) = x(entry["mean_p"]), entry["interval"]
        told = (f"p {entry['low']:.2f} to {entry['high']:.2f}: {entry['words']:,} words, right "
                f"{100 * entry['right']:.0f} % ({100 * low:.0f} to {100 * high:.0f})")
        tall = round(BARS * entry["words"] / most, 1)
        parts += [f'<g class="mark"><title>{escape(told)}</title><line x1="{at}" y1="{y(low)}" x2="{at}" '
                  f'y2="{y(high)}"/><circle cx="{at}" cy="{y(entry["right"])}" r="4"/></g>',
                  f'<rect class="bar" x="{x(entry["low"]) + 1}" y="{base - tall}" '
                  f'width="{SIZE * (entry["high"] - entry["low"]) - 2:.1f}" height="{tall}"><title>{escape(told)}'
                  "</title></rect>"]
    parts.append(_text(left + SIZE, base - BARS + 8, f"{found['words']:,} words", "muted", "end"))
    return "\n".join(parts)


def _text(x, y, text, kind, anchor="start"):
    return f'<text class="{kind}" x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'
