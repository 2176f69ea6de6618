"""Every reader of files that users bring, with good files that it reads: what the fuzz damages."""

import gzip
import io
import json
import shutil
import zipfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from checkpoint_files import checkpoint
from fuzz import Target
from PIL import Image
from safetensors.numpy import save

from minisat.captioner import Recipe, read_recipe
from minisat.cli import compare, score
from minisat.cli.report import reported, same_photos
from minisat.data import check_dataset, read_dataset
from minisat.data.more_captions import with_more_captions
from minisat.evaluation.meteor.resources import paraphrases_among, read_resources
from minisat.nn import Linear, Sequential, Tanh
from minisat.plots.markup import as_json
from minisat.text import Vocabulary, WordVectors, read_vectors, vector_size, write_vectors
from minisat.text.vector_scores import read_pairs, read_questions
from minisat.trace import born, describe, frame_text, guilty_frames, read_trace, trace
from minisat.trace import compare as compare_traces
from minisat.trained import TrainedCaptioner
from minisat.trained.neighbours import FILE as NEIGHBOURS
from minisat.trained.neighbours import Neighbours
from minisat.training import Run, load_run, write_exported
from minisat.training.checkpoint import load_checkpoint
from minisat.vision import FeatureStore, read_photo
from minisat.vision.weights.reading import read_weights

SENTENCES = ["A dog runs on the grass .", "Two dogs, one \"big\" .", "A man; a boat ."]


def data_seeds():
    """{kind: (file name, [bytes])} of captions for the photos a.jpg to c.jpg."""
    names = ("a.jpg", "b.jpg", "c.jpg")
    rows = [(name, text) for name in names for text in SENTENCES]
    quoted = ['"' + text.replace('"', '""') + '"' for _, text in rows]
    coco = {"images": [{"id": k, "file_name": name} for k, name in enumerate(names)],
            "annotations": [{"image_id": k, "caption": text} for k in range(3) for text in SENTENCES]}
    karpathy = {"images": [{"filename": name, "filepath": "", "split": split, "imgid": k,
                            "sentences": [{"raw": text, "tokens": text.lower().split()} for text in SENTENCES]}
                           for k, (name, split) in enumerate(zip(names, ("train", "val", "test")))], "dataset": "x"}
    return {
        "captions as CSV": ("table.csv", ["image,caption,split\n" + "\n".join(
            f"{name},{text},train" for (name, _), text in zip(rows, quoted)), "photo;text\n" + "\n".join(
            f"{name};{text}" for (name, _), text in zip(rows, quoted))]),
        "captions of Kaggle": ("captions.txt", ["image,caption\n" + "\n".join(map(",".join, rows))]),
        "captions of Flickr8k": ("Flickr8k.token.txt", ["\n".join(
            f"{name}#{k % 3}\t{text}" for k, (name, text) in enumerate(rows))]),
        "captions of COCO": ("captions_train2014.json", [json.dumps(coco)]),
        "captions of Karpathy": ("dataset_flickr8k.json", [json.dumps(karpathy)]),
    }


def photo_seeds():
    """A small photo in every usual format, as bytes."""
    pixels = np.random.default_rng(0).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    photo, found = Image.fromarray(pixels), []
    for kind, options in (("JPEG", {"exif": Image.Exif().tobytes()}), ("PNG", {}), ("GIF", {}), ("BMP", {}),
                          ("TIFF", {"compression": "tiff_lzw"}), ("WEBP", {}), ("PPM", {})):
        file = io.BytesIO()
        photo.save(file, kind, **options)
        found.append(file.getvalue())
    for mode in ("L", "I;16", "RGBA", "P", "1"):
        file = io.BytesIO()
        (photo.convert("I").convert(mode) if mode == "I;16" else photo.convert(mode)).save(file, "PNG")
        found.append(file.getvalue())
    return found


def vector_seeds(folder):
    """Six words' vectors in every format, as bytes."""
    vectors, found = WordVectors(["dog", "cat", "a", "naïve", "ball", "the"],
                                 np.random.default_rng(0).standard_normal((6, 5)).astype(np.float32)), []
    for kind in ("word2vec", "word2vec-binary", "glove", "minisat"):
        write_vectors(folder / "seed", vectors, kind)
        found.append((folder / "seed").read_bytes())
    (folder / "seed").unlink()
    return found


def meteor_jar():
    """A jar in the official layout, as bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as jar:
        jar.writestr("function/english.words", "the\na\nof\n")
        jar.writestr("synonym/english.synsets", "ball\n01 02\norb\n02\n")
        jar.writestr("synonym/english.exceptions", "leaf\nleaves\n")
        jar.writestr("nonbreaking/english.prefixes", "# a comment\nMr\nNo #NUMERIC_ONLY#\n")
    return file.getvalue()


def trace_seed():
    """A trace of two small layers, with a caption."""
    model = Sequential(Linear(3, 4, rng=0), Tanh())
    with trace(model) as recording:
        y, cache = model.forward(np.ones((2, 3)))
        model.backward(y, cache)
    said = {"words": ["<start>", "a"], "said": ["a", "dog"], "lead": 0, "photo": None, "grid": [1, 2],
            "alphas": [[0.5, 0.5], [0.1, 0.9]]}
    document = describe(recording, {"loss": 1.5}, [said], checks=("local",))[0]
    document["sources"] = {name: source | {"about": "", "code": source["code"][:3], "helpers": source["helpers"][:1]}
                           for name, source in document["sources"].items()}
    return json.dumps(document)


def read_data(file):
    """What `data check` and training read of a data set."""
    check_dataset(read_dataset(file))


def read_steps(path):
    """All that the verbs of `trace` do with a trace."""
    document = read_trace(path)
    for index in range(min(len(document["frames"]), 40)):
        frame_text(document, index)
    guilty_frames(document)
    born(document)
    compare_traces(document, document)
    as_json(document)


def read_run(path):
    """What captioning and `report` read of a run; the checkpoint too, unless it is the damaged file."""
    run = Run.open(path.parent)
    one = reported("run", run)
    same_photos([run], [one], "dev", 1)
    load_run(path.parent)


def read_store(path):
    """A store's rows, as training takes them."""
    store = FeatureStore.open(path.parent)
    store.gather(store.rows(store.names[:2]))


def make_targets(folder, tiny):
    """{name: Target}, the files in `folder`; `tiny` has a run and a store, which are copied."""
    folder, found = Path(folder), {}

    def add(name, read, file, seeds, own=True):
        place = folder / name.replace(" ", "-") / file if own else file
        place.parent.mkdir(parents=True, exist_ok=True)
        seeds = [seed.encode() if isinstance(seed, str) else seed for seed in seeds]
        place.write_bytes(seeds[0])
        found[name] = Target(read, seeds, place, place.suffix == ".json")
        return place

    for name, (file, seeds) in data_seeds().items():
        place = add(name, read_data, file, seeds)
        for photo in ("a.jpg", "b.jpg", "c.jpg"):
            Image.new("RGB", (4, 4)).save(place.parent / photo)
    add("photos", lambda path: read_photo(path, pixels=1_000_000), "photo", photo_seeds())
    arrays = {"features.0.weight": np.ones((2, 3), np.float32), "b": np.arange(4, dtype=np.int64)}
    for kind in ("zip", "legacy"):
        add(f"weights of torch {kind}", read_weights, "w.pth", [checkpoint(arrays, kind), checkpoint(
            arrays, kind, lambda tree: {"state_dict": tree})])
    add("weights as safetensors", read_weights, "w.safetensors", [save(arrays)])
    add("word vectors", lambda path: (vector_size(path), read_vectors(path)), "vectors", vector_seeds(folder))
    add("word pairs", read_pairs, "pairs.csv", ["word 1,word 2,score\ndog,cat,7.35\nball,the,1\n", "dog\tcat\t5\n"])
    add("word questions", read_questions, "questions.txt", [": animals\ndog dogs cat cats\n: more\na b c d\n"])
    recipe = read_recipe("soft-attention")
    add("recipes", lambda path: Recipe.from_dict(read_recipe(str(path))), "recipe.json", [json.dumps(recipe)])
    add("traces", read_steps, "trace.json", [trace_seed()])

    references = {"a.jpg": SENTENCES, "b.jpg": SENTENCES[:1]}
    captions = {"a.jpg": "a dog runs", "b.jpg": "two dogs"}
    good, told, jar = folder / "captions.json", folder / "references.json", folder / "meteor-1.5.jar"
    jar.write_bytes(meteor_jar())
    flags = {"tokenizer": "simple", "json": True, "split": "dev", "rounds": 20, "seed": 0, "photos": 1, "meteor": jar,
             "hypotheses": good, "references": told, "first": str(good), "second": str(good)}
    good.write_text(json.dumps(captions), encoding="utf-8")
    told.write_text(json.dumps(references), encoding="utf-8")
    verbs = {"captions for score": (score, "hypotheses", captions),
             "references for score": (score, "references", references),
             "captions for compare": (compare, "first", captions)}
    for name, (verb, flag, content) in verbs.items():
        add(name, lambda path, verb=verb, flag=flag: verb.run(SimpleNamespace(**{**flags, flag: str(path)})),
            "captions.json", [json.dumps(content)])
    add("METEOR's jar", read_resources, "meteor-1.5.jar", [meteor_jar()])
    add("METEOR's paraphrases", lambda path: paraphrases_among(path, {"in front of", "before"}), "table.gz",
        [gzip.compress(b"0.5\nin front of\nbefore\n0.1\ntwin\ndouble\n", mtime=0)])

    shutil.copytree(tiny.store, folder / "store")
    for file in ("header.json", "features.npy"):
        add(f"a store's {file}", read_store, folder / "store" / file, [(folder / "store" / file).read_bytes()], False)
    run = shutil.copytree(tiny.soft, folder / "run")
    epochs = {"epoch": 1, "train_loss": 3.0, "dev_loss": 3.0, "bleu_4": 0.1, "best": True, "seconds": 60.0}
    (run / "metrics.jsonl").write_text(json.dumps(epochs) + "\n", encoding="utf-8")
    scored = {"corpus": {"bleu_4": 0.2}, "images": 2, "per_image": {name: {"bleu_4": 0.1} for name in captions}}
    for file, content in (("scores-dev.json", scored), ("captions-dev.json", captions),
                          ("references-dev.json", references)):
        (run / file).write_text(json.dumps(content), encoding="utf-8")
    for file in ("config.json", "vocabulary.json", "metrics.jsonl", "scores-dev.json", "captions-dev.json",
                 "references-dev.json", "best.safetensors"):
        add(f"a run's {file}", read_run, run / file, [(run / file).read_bytes()], False)
    captioner = TrainedCaptioner(run, device="cpu")
    captioner.remember(tiny.data)
    add("a run's neighbours", lambda path: Neighbours.load(captioner), run / NEIGHBOURS,
        [(run / NEIGHBOURS).read_bytes()], False)
    told = load_run(tiny.told)
    given = folder / "given.safetensors"
    write_exported(given, told.config, told.vocabulary.words,
                   {f"model.{name}": array for name, array in told.model.state_dict().items()}, terms=[], scores={})
    add("exported runs", load_run, "given.safetensors", [given.read_bytes()])
    names = [photo.name for photo in read_dataset(tiny.data).split("train")]
    add("more captions", lambda path: with_more_captions(read_dataset(tiny.data).split("train"), path), "more.json",
        [json.dumps({names[0]: "a dog"}), json.dumps({names[0]: ["a dog", "two dogs"], names[1]: []})])
    add("vocabularies", Vocabulary.load, "vocabulary.json", [(run / "vocabulary.json").read_bytes()])
    add("checkpoints", load_checkpoint, "last.safetensors", [(run / "best.safetensors").read_bytes()])
    return found
