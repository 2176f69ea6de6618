"""The same file and the same keys in the terminal."""

import os
import select
import sys
import textwrap

from minisat.errors import UserError
from minisat.trace.asking import asked, largest, why_lines
from minisat.trace.document import is_bad
from minisat.trace.tensors import short
from minisat.trace.walking import born, innermost, is_red, matching, next_red, time_step
from minisat.trace.why import Recorded

try:  # a terminal's raw mode is Unix's own
    import termios
    import tty
except ImportError:
    termios = tty = None

HELP = ("arrows step · t twin · [ ] time step · b next red · n birth of NaN · g {kind} check · / filter · number+enter "
        "frame · q quit\nw why, of an entry such as dW[3,5] · f follow the largest term to where it was made · u back "
        "· s story")
TYPED = ("/", "w")  # keys after which a line is typed
ARROWS = {"\x1b[C": "right", "\x1b[B": "right", "\x1b[D": "left", "\x1b[A": "left"}
FIELDS = {"inputs": "inputs", "outputs": "outputs", "upstream": "upstream gradients",
          "downstream": "downstream gradients", "cache": "cache"}


def frame_text(document, index, kind="local"):
    """One frame as lines of text: what it is, the verdicts, statistics of its tensors, its formulas."""
    frame = document["frames"][index]
    time = "" if frame["t"] is None else f", time step {frame['t'] + 1}"
    twin = "" if frame["twin"] is None else f", twin {frame['twin']}"
    red = "  RED" if is_red(document, frame, kind) else ""
    site = frame["site"]
    lines = [f"frame {index} of {len(document['frames']) - 1}: {frame['path']} ({frame['class']}) {frame['phase']}"
             f"{time}{twin}{red}", f"  called at {site['file']}:{site['line']}  {site['text']}"]
    if (inside := innermost(document, index, kind)) is not None:
        lines.append(f"  inside it frame {inside}, {document['frames'][inside]['path']}, is red: perhaps that is why")
    if is_bad(document, frame) and (first := born(document)):
        lines.append("  the first number that is not finite was made "
                     + ("here" if first is frame else f"in frame {first['index']}, {first['path']}"))
    for which in ("local", "global"):
        if which in frame:
            sign = {None: "?", True: "right", False: "WRONG"}[frame[which]["ok"]]
            lines.append(f"  {which}: {sign}. {frame[which]['text']} (error {frame[which]['error']})")
    lines += [f"  {name}: {said}" for name, _, said in frame.get("numbers", ()) if said]
    for field, title in FIELDS.items():
        if frame.get(field):
            lines.append(f"  {title}")
            lines += [f"    {_called(frame, name, number):<14} {_tensor(document, number)}"
                      for name, number in frame[field]]
    if frame.get("parameters"):
        lines.append("  parameters, and what this call adds to their gradients")
        for name, value, gradient in frame["parameters"]:
            lines += [f"    {name:<14} {_tensor(document, value)}",
                      f"    {'d' + name:<14} {_tensor(document, gradient)}"]
    source = document["sources"].get(frame["source"] or "")
    if source:
        lines.append(f"  {source['file']}:{source['line']}")
        ran = frame.get("helpers", range(len(source["helpers"])))
        for part in (source, *(source["helpers"][i] for i in ran)):
            lines += [f"    {'▌' if i in part['formulas'] else ' '} {line}" for i, line in enumerate(part["code"])]
    return printable("\n".join(lines))


def _called(frame, name, number):
    """A tensor's name as the layer's rules have it (dh, not dstate[0]), where only one has it."""
    names = [title for title, its in frame.get("names", ()) if its == number]
    return names[0] if len(names) == 1 else name


def printable(text):
    """`text` without the signs with which a file could command the terminal; lines and tabs stay."""
    return "".join(sign if sign.isprintable() or sign in "\n\t" else "\ufffd" for sign in text)


def _tensor(document, number):
    if isinstance(number, str):
        return number
    row = document["tensors"][number]
    if row["shape"] == [] and "values" in row:
        return str(short(row["values"][0]))
    shape = f"{tuple(row['shape'])} {row['dtype']}"
    if "min" not in row:
        return f"{shape}  {row['bad']} not finite"
    bad = f"  {row['bad']} NOT FINITE" if row["bad"] else ""
    return f"{shape}  {row['min']} … {row['max']}  mean {row['mean']}  norm {row['norm']}{bad}"


class Walker:
    """Where a walk through a trace stands; `press` takes a key and moves. `said` is the answer to why, [lines]."""

    def __init__(self, document, recorded=None):
        self.document, self.here, self.kind = document, 0, "local"
        self.recorded, self.place, self.trail, self.said = recorded or Recorded(document), None, [], []
        self.stop = -1  # of the story
        self.shown = [frame["index"] for frame in document["frames"]]

    def press(self, key):
        """One key: right, left, t, [, ], b, n, g, s, /words, a frame's number, w and an entry, f, u."""
        if key in ("f", "u") or key.startswith("w"):
            self._ask(key)
            return
        self.place, self.trail, self.said = None, [], []
        if key in ("right", "left"):
            place = self.shown.index(self.here) + (1 if key == "right" else -1)
            self.here = self.shown[min(max(place, 0), len(self.shown) - 1)]
        elif key == "t":
            twin = self.document["frames"][self.here]["twin"]
            self._go(self.here if twin is None else twin)
        elif key in "[]":
            self._go(time_step(self.document, self.here, 1 if key == "]" else -1))
        elif key == "b":
            self._go(next_red(self.document, self.here, self.kind))
        elif key == "n":
            self._go((born(self.document) or {"index": self.here})["index"])
        elif key == "s":
            self._tell()
        elif key == "g":
            self.kind = "global" if self.kind == "local" else "local"
        elif key.startswith("/"):
            self.shown = matching(self.document, key[1:]) or self.shown
            if self.here not in self.shown:
                self.here = self.shown[0]
        elif key.isdigit():
            self._go(min(int(key), len(self.document["frames"]) - 1))

    def _tell(self):
        """On to the next stop of the story, from the first again after the last."""
        story = self.document.get("story", [])
        if not story:
            self.said = ["This recording tells no story."]
            return
        self.stop = (self.stop + 1) % len(story)
        told = story[self.stop]
        self._go(told["frame"])
        self.said = [f"{self.stop + 1} of {len(story)}: {told['title']}", *textwrap.wrap(told["text"], 100)]

    def _ask(self, key):
        """Why of an entry, on to the largest term's (f), or back to the one before (u)."""
        try:
            if key == "u":
                self.place = self.trail.pop() if self.trail else self.place
            elif key == "f":
                further = None if self.place is None else largest(self.recorded, self.place)
                if further is None:
                    return
                self.trail, self.place = [*self.trail, self.place], further
            else:
                self.place, self.trail = asked(self.recorded, self.here, key[1:]), []
            if self.place is not None:
                self._go(self.place.frame)
                self.said = why_lines(self.recorded, self.place)
        except UserError as problem:
            self.said = [str(problem)]

    def _go(self, index):
        self.here = index
        if index not in self.shown:
            self.shown = [frame["index"] for frame in self.document["frames"]]


def walk(document, read=None, write=print, recorded=None):
    """Show frame after frame and follow the keys until q. `read()` gives the next key; by default the keyboard's.

    `recorded`: the document's Recorded, where its arrays are at hand.
    """
    if not document["frames"]:
        raise UserError("The trace holds no frame.")
    read, walker = read or _keyboard, Walker(document, recorded)
    while True:
        clear = "\x1b[2J\x1b[H" if write is print and sys.stdout.isatty() else ""
        said = printable("".join(f"\n{line}" for line in walker.said))
        write(f"{clear}{frame_text(document, walker.here, walker.kind)}\n{said}\n{HELP.format(kind=walker.kind)}")
        key = read()
        if key in ("q", "", "\x03", "\x04"):
            return
        walker.press(key)


def _keyboard():
    """One key from the terminal; a line where there is none (a filter and a number end with Enter)."""
    if termios is None or not sys.stdin.isatty():
        line = sys.stdin.readline()
        return "right" if line == "\n" else line.strip()
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    try:
        tty.setcbreak(terminal, termios.TCSANOW)
        key = os.read(terminal, 1).decode(errors="replace")  # not through sys.stdin, which would read ahead
        if key == "\x1b" and select.select([terminal], [], [], 0.05)[0]:
            key = ARROWS.get(key + os.read(terminal, 2).decode(errors="replace"), key)
        return _typed(terminal, key) if key in TYPED or key.isdigit() else key
    finally:
        termios.tcsetattr(terminal, termios.TCSANOW, before)


def _typed(terminal, text):
    """The line that begins with `text`, shown while it is typed."""
    while True:
        print(f"\r\x1b[K{text}", end="", flush=True)
        sign = os.read(terminal, 1).decode(errors="ignore")
        if sign in ("", "\n", "\r"):
            return text
        text = text[:-1] if sign in ("\x7f", "\b") else text + sign
