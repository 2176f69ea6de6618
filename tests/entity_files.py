"""Small files in the form of Flickr30k Entities, written here: the real ones are never part of this project."""

import zipfile


def xml(width, height, objects):
    """An Annotations file. objects: (names, box) with box (xmin, ymin, xmax, ymax), counted from 1, or None."""
    inside = ""
    for names, box in objects:
        inside += "<object>" + "".join(f"<name>{name}</name>" for name in names)
        inside += "<scene>0</scene><nobndbox>1</nobndbox>" if box is None else "<bndbox>" + "".join(
            f"<{side}>{number}</{side}>" for side, number in zip(("xmin", "ymin", "xmax", "ymax"), box)) + "</bndbox>"
        inside += "</object>\n"
    return (f"<annotation><filename>1.jpg</filename><size><width>{width}</width><height>{height}</height>"
            f"<depth>3</depth></size>\n{inside}</annotation>")


def write(folder, number, annotation, *lines):
    """The two files of one photo."""
    for name, ending, text in (("Annotations", "xml", annotation), ("Sentences", "txt", "\n".join(lines) + "\n")):
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / f"{number}.{ending}").write_text(text, encoding="utf-8")


def pack(folder, archive, above=""):
    """The folder's files as a ZIP archive, below the folder `above` in it."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(folder.rglob("*.*")):
            file.write(path, above + path.relative_to(folder).as_posix())
    return archive
