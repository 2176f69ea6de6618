"""Further captions of training photos: what people, or a better captioner, said of them elsewhere."""

from minisat.errors import UserError, did_you_mean
from minisat.files import read_json
from minisat.rules import Either


def with_more_captions(photos, path):
    """Training `photos` (a list of Photos) with the further captions that the JSON file at `path` has for them.

    The file is {"name": "caption"}, as `evaluate --split train` writes it, or {"name": ["caption", …]}. They come after
    a photo's own. UserError for a file that is something else, and for captions of other photos: what is said of those
    to be judged by is not to be learnt.
    """
    more = read_json(path, {str: Either(str, [str])})
    names = {photo.name for photo in photos}
    for name in more:
        if name not in names:
            raise UserError(f"{path} has captions of {name!r:.100}, which is no training photo here: only these may "
                            f"have more.{did_you_mean(name, names)}")
    return [photo._replace(captions=photo.captions + tuple(_tidied(more.get(photo.name, ())))) for photo in photos]


def _tidied(captions):
    """One caption or a list of them → those that hold anything, blanks tidied."""
    several = [captions] if isinstance(captions, str) else captions
    return [tidy for text in several if (tidy := " ".join(text.split()))]
