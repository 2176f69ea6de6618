"""From a photo file to the array that a network sees: the one preprocessing path."""

import os
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageOps

from minisat.errors import UserError
from minisat.rules import Rule

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
USUAL = ("JPEG", "MPO", "PNG", "WEBP", "AVIF", "GIF", "TIFF", "BMP", "JPEG2000", "PPM")  # formats of photos
NARROW = 20  # sides in a greater ratio than that are cut


def read_photo(path, name=None, pixels=None):
    """The photo at `path` as an upright RGB Pillow image (EXIF orientation applied, transparency dropped).

    `path` may be a binary file, to be called `name`. UserError naming the file when it is missing, broken, truncated
    or no photo; where `pixels` are given, before it is decoded when it has more of them, or is in a rare format (an
    icon is decoded before its size is known).
    """
    name = name or path
    try:
        if isinstance(path, (str, Path)) and os.path.exists(path) and not os.path.isfile(path):
            raise ValueError("it is no file")  # a pipe would wait for ever
        with Image.open(path, formats=_usual_formats() if pixels else None) as photo:
            if photo.format == "EPS":
                raise ValueError("EPS is a program that draws, not a photo")
            if pixels and photo.width * photo.height > pixels:
                raise ValueError(f"it has {photo.width * photo.height / 1e6:,.0f} million pixels; a photo may have "
                                 f"{pixels / 1e6:,.0f} million")
            if photo.mode == "F" or photo.mode == "I" and photo.format not in ("PNG", "PPM"):
                raise ValueError("its greys are 32-bit or signed numbers, of which none says what is white: save it "
                                 "with 8 or 16 bits")
            photo = ImageOps.exif_transpose(photo)
            if photo.mode.startswith("I"):  # 16-bit grey: Pillow would clip it at 255
                photo = Image.fromarray((np.asarray(photo, np.float32) / 257).round().astype(np.uint8))
            return photo.convert("RGB")
    except FileNotFoundError as error:
        raise UserError(f"There is no photo {name}.") from error
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        file = repr(str(path) if isinstance(path, Path) else path)  # as Pillow quotes it
        reason = str(error).rstrip(".").replace(f" {file}", "") or type(error).__name__
        raise UserError(f"Cannot read the photo {name}: {reason}.") from error


def photo_size(path):
    """(width, height) of the upright photo at `path`, read off its header; None where there is none."""
    try:
        with Image.open(path) as photo:
            turned = photo.getexif().get(ExifTags.Base.Orientation, 1) in (5, 6, 7, 8)
            return photo.size[::-1] if turned else photo.size
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError):
        return None


def _usual_formats():
    """Those of USUAL that this Pillow can read."""
    Image.init()
    return [name for name in USUAL if name in Image.OPEN]


# What `Preprocessing.to_dict` gives, as JSON holds it.
PREPROCESSING = {"size": Rule(int, least=1, most=10_000), "mean": (Rule(float),) * 3,
                 "std": (Rule(float, above=0),) * 3}


@dataclass(frozen=True)
class Preprocessing:
    """Short side to `size` pixels (Pillow bicubic), centre crop `size` × `size`, /255, (x − mean) / std.

    Stored whole in feature stores and checkpoints, so that captioning sees what training saw.
    """

    size: int = 224
    mean: tuple = IMAGENET_MEAN  # red, green, blue, on 0..1
    std: tuple = IMAGENET_STD

    def crop(self, photo):
        """A Pillow photo of any size → the RGB photo (size × size) that the network sees, not yet normalised."""
        width, height = photo.size
        short = min(width, height)
        if max(width, height) > NARROW * short:  # the ends of a line, never seen, would be enlarged to gigabytes
            left, top = max(width - NARROW * short, 0) // 2, max(height - NARROW * short, 0) // 2
            photo = photo.crop((left, top, width - left, height - top))
            width, height = photo.size
        if short != self.size:
            photo = photo.resize((max(self.size, round(width * self.size / short)),
                                  max(self.size, round(height * self.size / short))), Image.Resampling.BICUBIC)
        left, top = (photo.width - self.size) // 2, (photo.height - self.size) // 2
        return photo.convert("RGB").crop((left, top, left + self.size, top + self.size))

    def normalise(self, pixels):
        """uint8 (..., h, w, 3) → float32 (..., 3, h, w)."""
        scale = np.float32(255) * np.asarray(self.std, np.float32)
        shift = np.asarray(self.mean, np.float32) / np.asarray(self.std, np.float32)
        return np.ascontiguousarray(np.moveaxis(pixels / scale - shift, -1, -3))

    def load(self, path):
        """The photo file at `path` → float32 (3, size, size). UserError naming a file that cannot be read."""
        return self.normalise(np.asarray(self.crop(read_photo(path))))

    def to_dict(self):
        """As plain values for JSON."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, values):
        """The inverse of `to_dict`."""
        return cls(int(values["size"]), tuple(values["mean"]), tuple(values["std"]))
