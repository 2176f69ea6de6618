"""Which lesson derives a layer: by the lesson's name, since numbers may change."""

_DERIVED = {
    "nudge": "Linear Sequential Tanh",
    "surprise": "CrossEntropy SmoothedCrossEntropy",
    "look_up": "Embedding",
    "context": "Bag CBOW FullSoftmax",
    "negatives": "NegativeSampling HierarchicalSoftmax SkipGram",
    "filter": "Conv2d MaxPool2d AvgPool2d ReLU",
    "grid": "Grid MeanOverLocations",
    "forget": "RNNCell Recurrent",
    "gates": "LSTMCell GRUCell",
    "will_it_train": "Dropout",
    "one_vector": "ShowTell TeacherForcing",
    "match": "AdditiveScore ConcatScore DotScore GeneralScore",
    "look_again": "Softmax Sparsemax WeightedSum AttentionStep ShowAttendTell",
    "everywhere": "DoublyStochasticPenalty OneSidedPenalty",
    "pick": "HardAttention HardAttentionStep Reinforce",
    "best_sentence": "LogProb",
    "real_photos": "BatchNorm2d",
    "without_the_loop": "ScaledDotProduct MultiHeadAttention Positions LayerNorm TransformerBlock Transformer",
}
LESSONS = {layer: lesson for lesson, layers in _DERIVED.items() for layer in layers.split()}
"""{class of a layer: name of the lesson}."""
