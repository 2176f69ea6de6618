"""Tables of captions: delimiters, quotes and commas as people and programs write them."""

import csv

from minisat.data.listing import SPLIT_NAMES, SPLITS, read_text_file, text_lines
from minisat.errors import UserError
from minisat.files import LARGEST

_IMAGE_COLUMNS = ("image", "image_name", "image_path", "filename", "file_name", "file", "photo", "path", "name")
_CAPTION_COLUMNS = ("caption", "captions", "comment", "text", "description", "sentence")
_DELIMITERS = (",", "\t", ";", "|")
csv.field_size_limit(LARGEST)  # a longer field than its 131,072 is no caption, but may stand there


def is_caption_table(file):
    """Whether the first line of `file` names an image and a caption column."""
    try:
        with open(file, "rb") as opened:
            first = opened.readline(4096)
    except OSError as error:
        raise UserError(f"Cannot read {file}: {error.strerror or error}.") from error
    # UTF-16 has a zero byte beside every plain letter; the header needs no more than that. Old Macs end it by a CR.
    return _header(first.replace(b"\0", b"").split(b"\r")[0].decode("latin-1")) is not None


def read_table(file):
    """(captions, splits, damaged) of the table `file`, as a Listing holds them."""
    text = read_text_file(file)
    header = _header(text_lines(text)[0])
    if header is None:
        raise UserError(f"The first line of {file} must name the columns, such as image,caption.")
    delimiter, columns, image, caption, split = header
    captions, splits, damaged = [], {}, []
    for number, row in _rows(text, delimiter):
        if len(row) > len(columns) and caption == len(columns) - 1:
            row[caption:] = [delimiter.join(row[caption:])]  # commas in a caption that nobody quoted
        if len(row) != len(columns) or not row[image].strip():
            damaged.append(f"{file.name} line {number}")
            continue
        name = row[image].strip().replace("\\", "/").removeprefix("./")
        captions.append((name, row[caption]))
        if split is not None and (said := row[split].strip().lower()):
            if said not in SPLIT_NAMES:
                raise UserError(f"{file} line {number}: a split is one of {', '.join(SPLITS)}, not {row[split]!r}.")
            splits.setdefault(SPLIT_NAMES[said], {})[name] = None
    return captions, {split: list(names) for split, names in splits.items()}, damaged


def _header(line):
    """(delimiter, columns, places of image, caption and split (or None)) of a first line, or None."""
    line = line.removeprefix("\ufeff").removeprefix("ï»¿").removeprefix("ÿþ").removeprefix("þÿ").strip("\r\n")
    for delimiter in _DELIMITERS:
        try:
            columns = [column.strip().lower() for column in next(csv.reader([line], delimiter=delimiter), [])]
        except csv.Error:  # no header: a first line without an end, or with one inside
            return None
        image = next((columns.index(name) for name in _IMAGE_COLUMNS if name in columns), None)
        caption = next((columns.index(name) for name in _CAPTION_COLUMNS if name in columns), None)
        if image is not None and caption is not None:
            return delimiter, columns, image, caption, columns.index("split") if "split" in columns else None
    return None


def _rows(text, delimiter):
    """Yields (line number, fields) of every row but the first and the blank ones.

    Read as a proper CSV, where a quoted caption may span lines; a file whose quotes do not pair up is read line by
    line instead, with a quote as an ordinary character inside a field.
    """
    lines = [line.replace("\r", " ") for line in text_lines(text)]  # csv takes a lone CR for the end of a row
    try:
        reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter, strict=True)
        rows, before = [], 0
        for row in reader:
            rows.append((before + 1, row))
            before = reader.line_num
    except csv.Error:
        rows = [(number, _unquoted(line, delimiter)) for number, line in enumerate(lines, start=1)]
    return [(number, row) for number, row in rows[1:] if any(field.strip() for field in row)]


def _unquoted(line, delimiter):
    """The fields of one line: as a CSV where its quotes pair up, else cut at every delimiter."""
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return next(csv.reader([line], delimiter=delimiter, quoting=csv.QUOTE_NONE), [])
