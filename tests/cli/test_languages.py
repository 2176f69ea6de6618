"""Captions in Korean and Chinese, characters as words, one caption a photo: from the CSV to a caption and a figure."""

import json

import pytest
from PIL import Image

from minisat.cli.main import main

TEXTS = {"korean": ["빨간 공", "파란 공 위의 초록 공", "공 하나"],
         "chinese": ["一个红球", "蓝球在绿球上面", "一个绿色的球"]}


@pytest.mark.filterwarnings("ignore:Glyph")   # where no font has them
@pytest.mark.parametrize("language", TEXTS)
def test_from_a_table_to_a_caption(language, tiny, tmp_path, capsys):
    texts, data = TEXTS[language], tmp_path / "data"
    data.mkdir()
    lines = [f"{i:02}.jpg,{texts[i % 3]},{'train' if i < 16 else 'dev'}" for i in range(20)]
    (data / "captions.csv").write_text("image,caption,split\n" + "\n".join(lines) + "\n", encoding="utf-8")
    run = str(tmp_path / "run")
    assert main(["train", str(data), "--features", tiny.store, "--run", run, "--tokenizer", "characters",
                 "--min-count", "1", "--epochs", "1", "--beam", "1", "--embedding-size", "8", "--hidden-size", "8",
                 "--attention-size", "8", "--no-neighbours"]) == 0
    words = set("".join(texts)) - {" "}
    assert set(json.loads((tmp_path / "run" / "vocabulary.json").read_text(encoding="utf-8"))["words"][4:]) == words
    photo = str(sorted(tiny.photos.iterdir())[0])
    capsys.readouterr()
    assert main(["caption", run, photo, "--json", "--attention", str(tmp_path / "figures")]) == 0
    said = capsys.readouterr().out
    assert set(json.loads(said)["caption"].split()) <= words and "\\u" not in said
    assert Image.open(next((tmp_path / "figures").iterdir())).width > 200
