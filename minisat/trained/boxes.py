"""What `minisat evaluate --boxes` says: looks at real photos beside the boxes that people drew for their captions."""

import numpy as np
from PIL import Image, ImageDraw

from minisat.data.entities import Entities
from minisat.errors import UserError, note
from minisat.evaluation.grounding import MEASURES, Grounded, grounding_figures, teacher_forced_looks
from minisat.evaluation.pointing import cell_shares, centred_cells
from minisat.trained.looks import spanned
from minisat.trained.silence import silent
from minisat.training import caption_words
from minisat.vision import photo_size

READ_TOGETHER = 16  # photos, each with some five captions
ROWS = {"own": "where it looks for the word", "even": "everywhere alike (chance)",
        "middle": "always the photo's middle", "mean_look": "always its mean look",
        "best_place": "always the best place"}


def read_boxes(captioner, photos, place):
    """{photo name: (Annotation, (width, height) of the photo's file)} of `photos`, from the Entities at `place`.

    Photos without one, or whose file is not there to say how large it is, are left out, and that is noted. UserError
    when none is left, for damaged annotations, and for a captioner that does not look.
    """
    if captioner.recipe.model == "show-and-tell":
        raise UserError(f"{captioner.folder} sees the whole photo at once and looks nowhere: leave --boxes out.")
    entities = Entities(place)
    found = {photo.name: (entities.of(photo.name), photo_size(photo.path)) for photo in photos}
    left = {name: pair for name, pair in found.items() if None not in pair}
    without = sum(annotation is None for annotation, _ in found.values())
    if not left:
        raise UserError(f"{place} annotates none of these photos." if without == len(found) else
                        f"None of the photos that {place} annotates is there: their sizes are not known.")
    if without:
        note(f"Photos that {place} does not annotate: {without} of {len(found)}.")
    if gone := len(found) - len(left) - without:
        note(f"Photos left out of --boxes, since they are not there to say how large they are: {gone}.")
    return left


def box_metrics(captioner, photos, gather, boxes, progress=silent):
    """The `grounding_figures` of `photos`, ready for JSON; boxes: as `read_boxes` gives them. None without any word."""
    photos, found, cells = [photo for photo in photos if photo.name in boxes], [], captioner.cells
    with progress("boxes", "photo", len(photos)) as display:
        for start in range(0, len(photos), READ_TOGETHER):
            chunk = photos[start:start + READ_TOGETHER]
            read = [[_caption(captioner, pieces) for pieces in boxes[photo.name][0].captions] for photo in chunk]
            inputs = gather(chunk).astype(captioner.recipe.precision, copy=False)
            looks = iter(teacher_forced_looks(captioner.model, inputs, np.repeat(range(len(chunk)), [*map(len, read)]),
                                              [ids for of_photo in read for ids, _ in of_photo]))
            for photo, of_photo in zip(chunk, read):
                found.append(_grounded(captioner, *boxes[photo.name], [(next(looks), last) for _, last in of_photo]))
            display.update_to(start + len(chunk))
    middle = np.ravel_multi_index([np.abs(side.middles() - (side.size - 1) / 2).argmin() for side in cells],
                                  cells.shape)
    figures = grounding_figures([photo.name for photo in photos], found, middle)
    if figures is None:
        note("No word of these captions names anything in a box: nothing is said of boxes.")
    return figures


def describe_boxes(metrics):
    """The metrics of `box_metrics` as a table."""
    lines = [f"boxes: {metrics['words']:,} words that name something in a box, in people's captions of "
             f"{metrics['photos']} photos, %",
             f"{'':<34}{'share inside':>24}{'middle of the peak':>24}"]
    for key, name in ROWS.items():
        lines.append(f"{name:<34}" + "".join(f"{spanned(metrics[measure][key], 100):>24}" for measure in MEASURES))
    return "\n".join(lines)


def _caption(captioner, pieces):
    """(ids of the words, {position of a phrase's last word: thing}) of the pieces of a caption."""
    words, last = [], {}
    for text, thing in pieces:
        piece = caption_words(text, captioner.recipe)
        words += piece
        if thing is not None and piece:
            last[len(words) - 1] = thing
    return captioner.vocabulary.encode(words), last


def _grounded(captioner, annotation, size, looks):
    """The Grounded of one photo; looks: (alphas (T, L), {position: thing}) of each caption."""
    cells, things, rows = captioner.cells, {thing for _, last in looks for thing in last.values()}, []
    masks = {thing: box_mask(captioner.crop, annotation, boxes, size) for thing, boxes in annotation.boxes.items()
             if thing in things}
    where = {thing: (cell_shares(mask, cells), centred_cells(mask, cells)) for thing, mask in masks.items()
             if mask.any()}  # else it was cropped away
    for alphas, last in looks:
        rows += [(alphas[position], *where[thing]) for position, thing in last.items() if thing in where]
    return Grounded(*(np.array(column).reshape(len(rows), cells.L) for column in (zip(*rows) if rows else ([],) * 3)))


def box_mask(crop, annotation, boxes, size):
    """Where the boxes lie in the photo as the network sees it: bool (height, width).

    They are drawn into a picture of the file's `size` (width, height), which may have been scaled since, and that goes
    the photo's own way through `crop`.
    """
    picture = Image.new("L", size)
    draw, across, down = ImageDraw.Draw(picture), size[0] / annotation.width, size[1] / annotation.height
    for left, top, right, bottom in boxes:
        left, top, right, bottom = round(left * across), round(top * down), round(right * across), round(bottom * down)
        draw.rectangle((left, top, max(right - 1, left), max(bottom - 1, top)), fill=255)  # Pillow's last pixel is in
    return np.asarray(crop(picture))[..., 0] >= 128
