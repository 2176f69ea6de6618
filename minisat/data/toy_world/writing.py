"""The toy world on disk, as a folder in Flickr8k's own format."""

from PIL import Image

from minisat.files import whole_file, write_text

_LISTS = {"train": "Flickr_8k.trainImages.txt", "dev": "Flickr_8k.devImages.txt", "test": "Flickr_8k.testImages.txt"}


def write_flickr8k(folder, world, counts):
    """Write `counts` = {split: scenes} of `world` to the Path `folder`, for `read_dataset` and everything after it.

    Images/ (PNG, so that no pixel changes), Flickr8k.token.txt and one list a split.
    """
    lines = []
    for split, count in counts.items():
        names = [f"{split}_{index:05d}.png" for index in range(count)]
        for name, scene in zip(names, world.scenes(split, count)):
            with whole_file(folder / "Images" / name) as temporary:
                Image.fromarray(scene.image).save(temporary, format="PNG")
            lines += [f"{name}#{k}\t{caption} ." for k, caption in enumerate(scene.captions)]
        write_text(folder / _LISTS[split], "".join(f"{name}\n" for name in names))
    write_text(folder / "Flickr8k.token.txt", "".join(f"{line}\n" for line in lines))
