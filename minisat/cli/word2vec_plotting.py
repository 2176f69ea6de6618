"""`minisat word2vec plot`: a map of words for each file of vectors, and the same words' neighbours in all of them."""

from pathlib import Path

from minisat.cli.answer import Answer
from minisat.cli.browser import add_open_flag, show
from minisat.cli.setting_flags import COUNT, whole
from minisat.errors import UserError
from minisat.files import try_folder, write_text
from minisat.plots.word_vectors import neighbour_table, table_page, table_text, word_map
from minisat.text import FUNCTION_WORDS, read_vectors

TABLE_WORDS = 12  # rows of the table where no words are asked for


def add_plot_arguments(parser):
    """Files, a folder, words."""
    parser.add_argument("vectors", metavar="FILE", nargs="+", help="files of word vectors; their names are the titles")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the figures and the table")
    parser.add_argument("--words", metavar="WORD", nargs="+", action="append",
                        help="the words to show; again for a group in another colour (default: the most frequent "
                             "without function words)")
    parser.add_argument("--count", type=whole(3), default=70, metavar="N", help="words on the map by default (70)")
    parser.add_argument("--neighbours", type=COUNT, default=5, metavar="N", help="neighbours in the table (5)")
    add_open_flag(parser, "the table")


def plot(arguments):
    """Draw and write; the table also goes to the terminal."""
    try_folder(arguments.out)
    files = {}
    for path in arguments.vectors:
        name = Path(path).name.removesuffix(".gz")
        name = name.rpartition(".")[0] or name
        if name in files:
            raise UserError(f"Two of the files are called {name}: their figures would be one.")
        files[name] = read_vectors(path)
    groups = arguments.words or [_frequent(files, arguments.count)]
    groups = [list(dict.fromkeys(group)) for group in groups]
    for vectors in files.values():
        for word in (word for group in groups for word in group):
            vectors[word]  # a word that is nowhere is better said before anything is drawn
    folder, drawn = Path(arguments.out), []
    for name, vectors in files.items():
        drawn.append(folder / f"{name}.png")
        word_map(vectors, groups, drawn[-1], f"{name}: {sum(map(len, groups))} of {len(vectors):,} words")
    rows = [word for group in groups for word in group]
    table = neighbour_table(files, rows if arguments.words else rows[:TABLE_WORDS], arguments.neighbours)
    about = "The nearest words by cosine, nearest first."
    if len(files) > 1:
        about += " The more of the files name a neighbour, the deeper its tint."
    table_page(table, folder / "neighbours.html", f"Neighbours of {len(table)} words", about)
    write_text(folder / "neighbours.md", table_text(table))
    drawn += [folder / "neighbours.html", folder / "neighbours.md"]
    drawn = [str(path) for path in drawn]
    if arguments.open:
        show(folder / "neighbours.html")
    return Answer({"neighbours": table, "files": drawn}, "\n".join([table_text(table), *drawn]))


def _frequent(files, count):
    """The first `count` words that all files have, without function words. Files begin with the most frequent ones."""
    first, *others = files.values()
    words = [word for word in first.words
             if word.isalpha() and word not in FUNCTION_WORDS and all(word in vectors for vectors in others)]
    if len(words) < 3:
        raise UserError("The files have fewer than three words in common: say which to show with --words.")
    return words[:count]
