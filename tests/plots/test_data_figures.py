"""The figures of a data set are drawn whole, alike every time, and from odd data too."""

import numpy as np
import pytest
from PIL import Image

from minisat.plots.data_figures import caption_lengths, data_figures, frequent_words, words_per_rank
from minisat.text import FUNCTION_WORDS, word_statistics

CAPTIONS = [["a", "dog", "on", "a", "mat"], ["a", "dog"], ["the", "mat"]]
WORDS = word_statistics(CAPTIONS)


def draw(folder):
    sizes = [(500, 375)] * 9 + [(375, 500)]
    return data_figures(np.array([6, 2, 2]), WORDS.lengths, WORDS, FUNCTION_WORDS, 2, sizes, folder)


def test_four_figures_are_written_and_are_the_same_every_time(tmp_path):
    paths, again = draw(tmp_path / "a"), draw(tmp_path / "b")
    assert [path.name for path in paths] == [
        "caption_lengths.png", "frequent_words.png", "words_per_rank.png", "image_sizes.png"]
    for path, other in zip(paths, again):
        with Image.open(path) as image:
            assert image.size[0] >= 700 and len(image.convert("L").getcolors(256)) > 10
        assert path.read_bytes() == other.read_bytes()


def test_both_medians_are_marked_where_they_are():
    figure = caption_lengths(np.array([6, 2, 2, 3]), np.array([5, 1, 1]))
    marks = [(line.get_xdata()[0], axis.texts[0].get_text()) for axis in figure.axes for line in axis.lines]
    assert marks == [(2.5, "median 2.5"), (1.0, "median 1")]


def test_function_words_are_left_out_of_one_panel_only():
    left, right = ([label.get_text() for label in axis.get_yticklabels()] for axis in
                   frequent_words(WORDS, FUNCTION_WORDS).axes)
    assert left == ["a", "dog", "mat", "on", "the"] and right == ["dog", "mat"]


def test_the_rank_figure_says_what_the_vocabulary_keeps():
    axis, = words_per_rank(WORDS.frequencies(), 2).axes
    assert any("3 of 5 words occur at least 2 times" in text.get_text() for text in axis.texts)
    assert axis.get_xscale() == axis.get_yscale() == "log"


@pytest.mark.parametrize("captions", [[["a"]], [[]], []])
def test_tiny_and_empty_data_draw_too(tmp_path, captions):
    words = word_statistics(captions)
    assert len(data_figures(words.lengths, words.lengths, words, FUNCTION_WORDS, 5, [], tmp_path)) == 4
