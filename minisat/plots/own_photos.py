"""The page of `minisat serve`: drop a photo, read its caption, see where the captioner looked for each word."""

from minisat.plots.page import page_text


def own_photos(title, about, limit):
    """The page as text. `about` is one paragraph; files of more than `limit` bytes are not sent.

    It asks its server: POST /caption?name=NAME, the photo's bytes as they are, is answered with one JSON object, that
    of `caption --sure --json` and `grid` (a CellGrid, or null), `photo` (what the captioner saw of it, as a data URI)
    and in every entry of `n_best` the `words`; by consensus also the `neighbours`, those to be shown with a `picture`
    (a data URI, or null); or with {"error": sentence}.
    """
    return page_text("own_photos", title, about=about, limit=limit)
