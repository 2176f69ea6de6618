"""What the sections of measure.sh found: lines of JSON while they run, one JSON file and a table for who reads.

    measured.py OUT                 rows.jsonl becomes measured.json and table.txt
    measured.py OUT SECTION CODE    first notes that the section ended with that exit code
"""

import json
import os
import sys
from pathlib import Path

SHORT = os.environ.get("MEASURE_SHORT", "") not in ("", "0")


class Measured:
    """The rows of one section, each on disk as soon as it is known: what a time limit ends is not lost."""

    def __init__(self, out, section):
        self.path, self.section = Path(out) / "rows.jsonl", section

    def row(self, what, value, unit="", **more):
        """One figure, and with it whatever else is worth keeping."""
        line = {"section": self.section, "what": what, "value": value, "unit": unit, **more}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        print(f"{what:<56} {value} {unit}", flush=True)

    def attempt(self, what, function, *arguments, **named):
        """The function's value; None, and a row that says why, where it raises."""
        try:
            return function(*arguments, **named)
        except Exception as error:  # whatever it is, the next figure is still wanted
            self.row(what, None, "failed", error=f"{type(error).__name__}: {error}"[:600])
            return None


def rows(out):
    """All rows so far."""
    path = Path(out) / "rows.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def table(found):
    """The rows as text, section by section."""
    lines, section = [], None
    for row in found:
        if row["section"] != section:
            section = row["section"]
            lines += ["", section]
        value = row["value"]
        value = f"{value:,.4g}" if isinstance(value, float) and abs(value) < 1e4 else (
            f"{value:,.0f}" if isinstance(value, float) else value)
        said = f"  {row['what']:<64} {'-' if value is None else value!s:>14} {row['unit']}"
        lines.append(said + (f"  {row['error'].splitlines()[0]}" if "error" in row else ""))
    return "\n".join(lines).strip() + "\n"


def main(out, section=None, code=None):
    """As the file's docstring says."""
    if section:
        why = "the time was up" if code in ("124", "137") else f"exit code {code}, see log.txt"
        Measured(out, section).row("ended early", None, why)
    found = rows(out)
    (Path(out) / "measured.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (Path(out) / "table.txt").write_text(table(found), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
