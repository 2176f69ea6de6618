"""What a trained captioner takes in for the photos of a data set: rows of a feature store, or the photos themselves."""

from minisat.backend import to_device
from minisat.errors import UserError, note


def photos_and_inputs(captioner, photos, store=None):
    """(photos, gather): those that can be captioned, and the function from a list of them to the model's inputs.

    From the store that `store` names, or the run's own where it is still there and has these photos; where weights were
    named, or there is no store, from the photos themselves. What a store had to leave out is left out, and said.
    """
    if store and captioner.weights:
        raise UserError("Features come from a store (--features) or from an encoder (--weights), not from both.")

    def from_files(chunk):
        return captioner.inputs_of([captioner.see(photo.path) for photo in chunk])

    try:
        opened = None if captioner.weights else captioner.open_store(store)
        if opened is None:
            return photos, from_files
        kept = [photo for photo in photos if photo.name not in opened.skipped]
        rows = dict(zip((photo.name for photo in kept), opened.rows([photo.name for photo in kept])))
        opened.verify(list(rows.values()))
    except UserError as error:
        if store:
            raise
        note(f"Extracting features from the photos. {error}")
        return photos, from_files
    if left_out := len(photos) - len(kept):
        note(f"{left_out} photos are left out: they could not be read when {opened.path} was made.")
    if not kept:
        raise UserError(f"None of these photos could be read when {opened.path} was made: there is nothing to caption.")
    return kept, lambda chunk: to_device(opened.gather([rows[photo.name] for photo in chunk]), captioner.device)


class Seer:
    """Photos by name, as the network sees them, or None where they cannot be read; `paths` {name: path}."""

    def __init__(self, captioner, paths):
        self.captioner, self.paths = captioner, paths

    def __call__(self, name):
        try:
            return self.captioner.see(self.paths[name])
        except (KeyError, UserError):
            return None
