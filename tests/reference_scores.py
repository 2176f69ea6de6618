"""The reference scores of the data folder: captions with the values that others' programs gave them."""

import json


def corpora(data_folder):
    """Yield (hypotheses, references, case) of each corpus in metrics/: lists of words, and the values to reach."""
    for path in sorted((data_folder / "metrics").glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        for case in data.get("cases", [data]):
            if "hyp" in case.get("items", [{}])[0]:  # else another kind of file: tokenizer, retrieval, diversity
                yield ([words(item["hyp"]) for item in case["items"]],
                       [[words(text) for text in item["refs"]] for item in case["items"]], case)


def words(sentence):
    """The words of a sentence, a blank between two."""
    return sentence.split(" ") if sentence else []
