"""ROUGE-L: the longest common subsequence of a caption and its references (Lin 2004), as coco-caption computes it."""

BETA = 1.2  # weight of recall against precision


def rouge_l(hypothesis, references):
    """The F-measure of longest common subsequences, 0..1; captions are lists of tokens. ValueError without references.

    (1 + β²) P R / (R + β² P) with the best precision P and the best recall R over the references, each on its own.
    A caption without words counts as one empty word: a quirk of coco-caption that shows only where both are empty.
    """
    if not references:
        raise ValueError("a caption needs at least one reference")
    hypothesis, references = hypothesis or [""], [reference or [""] for reference in references]
    common = [longest_common_subsequence(hypothesis, reference) for reference in references]
    precision = max(common) / len(hypothesis)
    recall = max(length / len(reference) for length, reference in zip(common, references))
    if not precision:
        return 0.0
    return (1 + BETA**2) * precision * recall / (recall + BETA**2 * precision)


def longest_common_subsequence(a, b):
    """The length of the longest list of tokens that both have in this order, gaps allowed; row by row."""
    row = [0] * (len(b) + 1)  # row[j]: of what is done of a, and the first j of b
    for token in a:
        diagonal = 0
        for j, other in enumerate(b, start=1):
            above = row[j]
            row[j] = diagonal + 1 if token == other else max(above, row[j - 1])
            diagonal = above
    return row[-1]
