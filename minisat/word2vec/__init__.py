"""Word vectors made from text: CBOW, skip-gram and their relatives.

    vectors = word2vec.train(sentences, word2vec.Settings(method="skip-gram"))

Read `skip_gram.py` first, then `negative_sampling.py`: together they are one page of algebra, forward beside backward.
`learning.py` turns them into word vectors, with batches from `examples.py` (`windows.py` says what is near what).

| file | what is in it |
| --- | --- |
| `skip_gram.py`, `cbow.py`, `subword.py` | what predicts: the word, the mean of its context (`bag.py`), its n-grams |
| `full_softmax.py`, `negative_sampling.py`, `hierarchical_softmax.py` | what is predicted, and how it is scored |
| `learning.py`, `fast.py` | the training, step by step; a fast twin of its steps for negative sampling |
| `alias.py`, `huffman.py` | noise words drawn in constant time; the tree of the hierarchical softmax |
| `corpus.py`, `windows.py`, `examples.py` | text as ids; thinning and windows; batches |
| `cooccurrence.py`, `ppmi.py`, `glove.py` | the relatives that count first |
| `settings.py`, `train.py` | every choice in one place; one door to all methods |
| `cases.py` | the gradient checks |
"""

from minisat.word2vec.learning import Progress
from minisat.word2vec.settings import METHODS, OUTPUTS, PREDICTIVE, VECTORS, Settings
from minisat.word2vec.train import train

__all__ = ["METHODS", "OUTPUTS", "PREDICTIVE", "VECTORS", "Progress", "Settings", "train"]
