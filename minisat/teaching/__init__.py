"""What the lessons are made with: percent cells in, a page, a notebook and checked exercises out.

A lesson imports what is named here, and everything else from the package that it explains.
"""

from minisat.plots.svg import INK, MUTED, RULE
from minisat.teaching.comparing import compared, seeds_table
from minisat.teaching.mosaic import mosaic
from minisat.teaching.naming import name_points
from minisat.teaching.showing import ACCENT, CARD, PALETTE, panels, rounds, show
from minisat.teaching.spotlight import spotlight

__all__ = ["ACCENT", "CARD", "INK", "MUTED", "PALETTE", "RULE", "compared", "mosaic", "name_points", "panels", "rounds",
           "seeds_table", "show", "spotlight"]
