"""What is wrong with a data set, found before a training finds it."""

import hashlib
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
from typing import NamedTuple

from PIL import Image, UnidentifiedImageError

_EXAMPLES = 3
IN_TWO, UNDER_TWO_NAMES = "photos are in two splits", "photos are in two splits under two names"


class Finding(NamedTuple):
    """One kind of defect and where it was found."""

    title: str
    names: tuple[str, ...]
    spoils: bool  # a training would stop or mislead

    @property
    def examples(self):
        """The first few names."""
        return ", ".join(self.names[:_EXAMPLES]) + (", …" if len(self.names) > _EXAMPLES else "")


class DataReport(NamedTuple):
    """What `check_dataset` found; `str(report)` fits on a screen."""

    heading: str
    findings: tuple[Finding, ...]

    @property
    def ok(self):
        """Whether nothing was found that would spoil a training."""
        return not any(finding.spoils for finding in self.findings)

    def to_dict(self):
        """Ready for JSON, with every name."""
        return {"data": self.heading, "ok": self.ok, "findings": [
            {"title": finding.title, "count": len(finding.names), "spoils": finding.spoils,
             "names": list(finding.names)} for finding in self.findings]}

    def __str__(self):
        lines = [self.heading]
        for finding in sorted(self.findings, key=lambda finding: not finding.spoils):
            mark = "PROBLEM" if finding.spoils else "note"
            lines.append(f"  {mark:<8} {len(finding.names):>6} {finding.title}: {finding.examples}")
        if not self.findings:
            lines.append("  nothing is wrong")
        return "\n".join(lines)


def check_dataset(dataset, decode=True, progress=iter):
    """The DataReport of `dataset`. With `decode` every photo of a split is read and decoded, in threads.

    `progress(iterable)` may wrap the walk over the photos (a progress bar). Problems, which spoil a training:
    photos of a split that are missing or broken, photos in two splits, a split list without captions altogether.
    Notes: everything else.
    """
    listing = dataset.listing
    used = {photo.name for photo in dataset.photos}
    captioned = {name for name, caption in listing.captions if caption.strip()}
    listed = {name for names in listing.splits.values() for name in names}
    twice = Counter((name, " ".join(caption.split())) for name, caption in listing.captions if caption.strip())
    missing = [photo.name for photo in dataset.photos if photo.name not in listing.files]
    broken, copies = _decode(dataset, progress) if decode else ([], [])
    findings = [
        Finding("photos of a split are missing", missing, True),
        Finding("photos cannot be decoded", broken, True),
        Finding(IN_TWO, _in_two_splits(listing), True),
        Finding(UNDER_TWO_NAMES, copies, True),
        Finding("no photo is in the train split", [] if "train" in dataset.splits else [str(dataset.root)], True),
        Finding("names in a split list have no caption", sorted(listed - captioned), False),
        Finding("names stand twice in a split list", [
            name for names in listing.splits.values() for name, count in Counter(names).items() if count > 1], False),
        Finding("photos have no captions", sorted(set(listing.files) - captioned), False),
        Finding("names have captions but no photo, and are in no split",
                sorted(captioned - set(listing.files) - used), False),
        Finding("photos with captions are in no split", sorted(captioned & set(listing.files) - used), False),
        Finding("captions are empty", [name for name, caption in listing.captions if not caption.strip()], False),
        Finding("captions stand twice for one photo", [name for (name, _), n in twice.items() if n > 1], False),
        Finding("places cannot be read", listing.damaged, False),
    ]
    heading = (f"{dataset.root}: {dataset.format}, {len(dataset.photos)} photos, "
               f"{sum(len(photo.captions) for photo in dataset.photos)} captions; "
               + ", ".join(f"{split} {count}" for split, count in dataset.splits.items())
               + ("" if listing.splits else " (no split lists: drawn at random)"))
    return DataReport(heading, tuple(finding._replace(names=tuple(finding.names))
                                     for finding in findings if finding.names))


def _decode(dataset, progress):
    """(names of photos that cannot be decoded, descriptions of files that lie in two splits under two names)."""
    photos = [photo for photo in dataset.photos if photo.name in dataset.listing.files]
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # Pillow's decoders let other threads run
        digests = list(progress(pool.map(_digest, photos)))
    broken = [photo.name for photo, digest in zip(photos, digests) if digest is None]
    return broken, _copies(photos, digests)


def leaks(dataset):
    """The Findings of `check_dataset` that say which photos lie in two splits, in a fraction of a second.

    Only files of the same size as one in another split are read, and none is decoded.
    """
    sizes = {}
    for photo in dataset.photos:
        with suppress(OSError, KeyError):  # a photo that is not there
            sizes.setdefault(dataset.listing.files[photo.name].stat().st_size, []).append(photo)
    photos = [photo for same in sizes.values() if len({photo.split for photo in same}) > 1 for photo in same]
    findings = (Finding(IN_TWO, tuple(_in_two_splits(dataset.listing)), True),
                Finding(UNDER_TWO_NAMES, tuple(_copies(photos, map(_digest_of_bytes, photos))), True))
    return [finding for finding in findings if finding.names]


def _in_two_splits(listing):
    """The names that stand in several split lists."""
    listed = Counter(name for names in listing.splits.values() for name in set(names))
    return [name for name, count in listed.items() if count > 1]


def _copies(photos, digests):
    """Descriptions of photos with the same digest in two splits under two names; None is no digest."""
    first, copies = {}, []
    for photo, digest in zip(photos, digests):
        other = first.setdefault(digest, photo)
        if digest is not None and other.split != photo.split and other.name != photo.name:
            copies.append(f"{other.name} = {photo.name}")
    return copies


def _digest_of_bytes(photo):
    """The digest of a photo's bytes, whatever they are; None if they cannot be read."""
    try:
        return hashlib.blake2b(photo.path.read_bytes()).digest()
    except OSError:
        return None


def _digest(photo):
    """The digest of a photo's bytes; None if they cannot be read and decoded."""
    try:
        content = photo.path.read_bytes()
        with Image.open(BytesIO(content)) as image:
            image.load()
    except (OSError, UnidentifiedImageError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    return hashlib.blake2b(content).digest()
