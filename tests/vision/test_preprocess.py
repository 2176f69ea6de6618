"""One path from a photo file to the network: orientation, colour modes, size, crop, and what is wrong with a file."""

import io

import numpy as np
import pytest
from PIL import Image

from minisat.errors import UserError
from minisat.vision import Preprocessing, read_photo

PLAIN = Preprocessing(32, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))


@pytest.fixture
def photo(rng):
    return Image.fromarray(rng.integers(0, 256, (40, 60, 3), dtype=np.uint8))


def test_normalisation_is_torchvisions(tmp_path, photo):
    photo.resize((224, 224)).save(tmp_path / "a.png")
    pixels = np.asarray(photo.resize((224, 224)), np.float64) / 255
    expected = ((pixels - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]).transpose(2, 0, 1)
    x = Preprocessing().load(tmp_path / "a.png")
    assert x.dtype == np.float32 and x.shape == (3, 224, 224) and x.flags.c_contiguous
    np.testing.assert_allclose(x, expected, atol=2e-6)


@pytest.mark.parametrize("size", [(60, 40), (40, 60), (32, 32), (500, 33), (3, 200), (1, 1)])
def test_any_shape_becomes_the_centre_of_the_short_side(tmp_path, photo, size):
    photo.resize(size).save(tmp_path / "a.png")
    assert PLAIN.load(tmp_path / "a.png").shape == (3, 32, 32)


def test_the_crop_is_the_centre_and_the_resize_bicubic(photo):
    resized = photo.resize((48, 32), Image.Resampling.BICUBIC)
    np.testing.assert_array_equal(np.asarray(PLAIN.crop(photo)), np.asarray(resized)[:, 8:40])


@pytest.mark.parametrize("orientation, turned", [(3, Image.Transpose.ROTATE_180), (6, Image.Transpose.ROTATE_270),
                                                 (8, Image.Transpose.ROTATE_90),
                                                 (2, Image.Transpose.FLIP_LEFT_RIGHT)])
def test_exif_orientation_is_applied(tmp_path, photo, orientation, turned):
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo.save(tmp_path / "a.png", exif=exif)
    np.testing.assert_array_equal(np.asarray(read_photo(tmp_path / "a.png")), np.asarray(photo.transpose(turned)))


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "P", "CMYK", "1", "YCbCr"])
def test_every_colour_mode_becomes_rgb(tmp_path, photo, mode):
    path = tmp_path / {"CMYK": "a.tif", "YCbCr": "a.jpg"}.get(mode, "a.png")
    photo.convert(mode).save(path)
    assert PLAIN.load(path).shape == (3, 32, 32)


def test_sixteen_bit_grey_is_scaled_not_clipped(tmp_path):
    grey = np.linspace(0, 65535, 32 * 32).reshape(32, 32).astype(np.uint16)
    Image.fromarray(grey).save(tmp_path / "a.png")
    np.testing.assert_allclose(PLAIN.load(tmp_path / "a.png")[0], grey / 65535, atol=0.5 / 255 + 1e-6)


@pytest.mark.parametrize("damage", ["missing", "empty", "text", "truncated", "folder"])
def test_a_bad_photo_is_one_sentence_that_names_it(tmp_path, photo, damage):
    path = tmp_path / "bad.jpg"
    if damage == "empty":
        path.write_bytes(b"")
    if damage == "text":
        path.write_text("no photo")
    if damage == "truncated":
        photo.save(path)
        path.write_bytes(path.read_bytes()[:700])
    if damage == "folder":
        path.mkdir()
    with pytest.raises(UserError, match="bad.jpg") as error:
        PLAIN.load(path)
    assert str(error.value).count("\n") == 0 and str(error.value).endswith(".")


def test_bytes_are_read_as_files_are(tmp_path, photo):
    """The same photo, and the same sentences, under the name that they are given."""
    photo.save(tmp_path / "a.png")
    data = (tmp_path / "a.png").read_bytes()
    assert read_photo(io.BytesIO(data), "a.png").tobytes() == read_photo(tmp_path / "a.png").tobytes()
    with pytest.raises(UserError, match="^Cannot read the photo a.txt: cannot identify image file.$"):
        read_photo(io.BytesIO(b"text"), "a.txt")


def test_a_line_is_not_enlarged_to_gigabytes():
    """Its ends are out of sight; what is seen is what would be seen."""
    line = Image.new("RGB", (1_000_000, 1), "red")
    line.paste("blue", (0, 0, 499_980, 1))
    assert PLAIN.crop(line).getcolors() == PLAIN.crop(line.transpose(Image.Transpose.ROTATE_90)).getcolors()
    assert PLAIN.crop(line).getcolors() == [(32 * 32, (255, 0, 0))]


def test_it_survives_json(tmp_path):
    assert Preprocessing.from_dict(PLAIN.to_dict()) == PLAIN
    assert Preprocessing.from_dict(Preprocessing().to_dict()) == Preprocessing()


@pytest.mark.parametrize("values", [np.arange(64, dtype=np.float32).reshape(8, 8) / 64,
                                    np.arange(64, dtype=np.int32).reshape(8, 8) * 10**6,
                                    np.arange(64, dtype=np.int32).reshape(8, 8) - 30])
def test_greys_without_a_white_are_refused(tmp_path, values):
    """Float and 32-bit TIFFs, which Pillow would clip or wrap, name the file and what would help."""
    Image.fromarray(values).save(tmp_path / "a.tif")
    with pytest.raises(UserError, match="a.tif: its greys are 32-bit .* save it with 8 or 16 bits"):
        read_photo(tmp_path / "a.tif")


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_greys_of_16_bits_keep_their_brightness(tmp_path, suffix):
    """0 is black, 65,535 is white, in both formats."""
    values = np.array([[0, 257 * 100, 65535]] * 3, np.uint16)
    Image.fromarray(values).save(tmp_path / f"a.{suffix}")
    assert np.asarray(read_photo(tmp_path / f"a.{suffix}"))[0, :, 0].tolist() == [0, 100, 255]
