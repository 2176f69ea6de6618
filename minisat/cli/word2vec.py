"""`minisat word2vec`: word vectors made, asked, judged, drawn and converted."""

from minisat.cli import word2vec_plotting, word2vec_queries, word2vec_training
from minisat.cli.parser import Action

HELP = """Word vectors: make them from captions or any text, and use them.

A file of vectors may be of word2vec (text or binary), GloVe, fastText (.vec) or minisat (.safetensors), also gzipped;
which one is seen from its content."""
EXAMPLE = "minisat word2vec train Flickr8k --method skip-gram --out vectors.txt"

ACTIONS = {
    "train": Action(word2vec_training.train, word2vec_training.add_training_arguments,
                    "make word vectors from a data set's training captions, or any text", EXAMPLE),
    "neighbours": Action(word2vec_queries.neighbours, word2vec_queries.add_neighbours_arguments,
                         "list the words nearest to a word", "minisat word2vec neighbours vectors.txt dog beach"),
    "analogy": Action(word2vec_queries.analogy, word2vec_queries.add_analogy_arguments,
                      "complete: A is to B as C is to …", "minisat word2vec analogy vectors.txt man woman boy"),
    "evaluate": Action(word2vec_queries.evaluate, word2vec_queries.add_evaluate_arguments,
                       "judge vectors by people's judgements of likeness and by analogy questions",
                       "minisat word2vec evaluate vectors.txt --similarity wordsim353.csv"),
    "plot": Action(word2vec_plotting.plot, word2vec_plotting.add_plot_arguments,
                   "draw words as points in a plane, and set the same words' neighbours in several files side by side",
                   "minisat word2vec plot cbow.txt glove.txt --out plots --words dog cat --words red blue"),
    "convert": Action(word2vec_queries.convert, word2vec_queries.add_convert_arguments,
                      "write vectors in another format, all of them or only some words",
                      "minisat word2vec convert glove.6B.100d.txt small.bin --vocabulary runs/first/vocabulary.json"),
}
