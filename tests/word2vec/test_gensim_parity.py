"""The same small corpus through gensim: the same vocabulary and thinning, and neighbours as alike as gensim's seeds."""

import numpy as np
import pytest

from minisat.word2vec import Settings, train
from minisat.word2vec.corpus import EncodedCorpus
from minisat.word2vec.windows import keep_probabilities

pytestmark = pytest.mark.peer


@pytest.fixture(scope="module")
def gensim():
    return pytest.importorskip("gensim.models", reason="needs gensim")


@pytest.fixture(scope="module")
def sentences():
    """Twelve topics of ten words each, and twenty words that are everywhere."""
    rng = np.random.default_rng(0)
    everywhere = [f"common{k}" for k in range(20)]
    topics = [[f"topic{t}word{k}" for k in range(10)] for t in range(12)]
    return [[str(rng.choice(everywhere)) if rng.random() < 0.4 else str(rng.choice(topics[k % 12])) for _ in range(9)]
            for k in range(2400)]


def _topic_precision(words, vectors):
    """The share of a topic word's 9 nearest topic words that are of its topic: 1 is perfect, 1/13 is chance."""
    rows = [k for k, word in enumerate(words) if word.startswith("topic")]
    topic = np.array([words[k].split("word")[0] for k in rows])
    unit = vectors[rows] / np.linalg.norm(vectors[rows], axis=1, keepdims=True)
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, -2)
    return (topic[np.argsort(-cosines, axis=1)[:, :9]] == topic[:, None]).mean()


def test_vocabulary_and_thinning_are_gensims(gensim, sentences):
    """The same words with the same counts, and each word kept with the same probability (gensim's in 32 bits)."""
    peer = gensim.Word2Vec(vector_size=2, min_count=3, sample=1e-3)
    peer.build_vocab(sentences)
    ours = EncodedCorpus(sentences, 3)
    assert {w: peer.wv.get_vecattr(w, "count") for w in peer.wv.index_to_key} == dict(zip(ours.words, ours.counts))
    keep = keep_probabilities(ours.counts, 1e-3)
    theirs = [peer.wv.get_vecattr(word, "sample_int") / (2**32 - 1) for word in ours.words]
    np.testing.assert_allclose(keep, theirs, rtol=1e-5)


@pytest.mark.parametrize("method, sg", [("skip-gram", 1), ("cbow", 0)])
def test_quality_is_on_a_par(gensim, sentences, method, sg):
    """After the same epochs, topics are told apart as well as by gensim (to 0.02)."""
    options = {"window": 3, "min_count": 1, "epochs": 6, "seed": 1}
    peer = gensim.Word2Vec(sentences, vector_size=24, sg=sg, negative=5, sample=1e-2, workers=1, **options)
    ours = train(sentences, Settings(method=method, dim=24, subsample=1e-2, **options))
    theirs = _topic_precision(peer.wv.index_to_key, peer.wv.vectors)
    assert _topic_precision(ours.words, ours.vectors) > theirs - 0.02
    assert theirs > 0.9
