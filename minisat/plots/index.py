"""The page that leads to the others: what came out, where to look closer, and what to do next."""

import base64
from pathlib import Path
from urllib.parse import quote

from minisat.plots.markup import joined, markup
from minisat.plots.page import write_page


def index_page(path, title, about, *, facts, cards, pictured, pictures, following):
    """Write the page to `path`.

    `facts`: (figure, what it is) of each; `cards`: (file, name, what is there), files in the page's folder or below,
    which are linked to; `pictures`: (PNG file, what it shows), which are put into the page under the heading
    `pictured`; `following`: (command, what it does).
    """
    home = Path(path).parent
    write_page(path, "index", title, about=about, pictured=pictured,
               facts=joined("", (markup("<p><b>{}</b>{}</p>", figure, said) for figure, said in facts)),
               cards=joined("", (markup('<a href="{}"><b>{}</b>{}</a>', _address(Path(file), home), name, said)
                                 for file, name, said in cards)),
               pictures=joined("", (markup('<img alt="{}" src="data:image/png;base64,{}">', said,
                                           base64.b64encode(Path(file).read_bytes()).decode())
                                    for file, said in pictures)),
               following=joined("", (markup("<dt><code>{}</code></dt><dd>{}</dd>", command, said)
                                     for command, said in following)))


def _address(file, home):
    return quote(file.relative_to(home).as_posix())
