"""The layers: one idea per file, each forward pass beside its backward pass."""

from minisat.nn.activations import LeakyReLU, ReLU, ReLU6, Sigmoid, Softmax, Tanh
from minisat.nn.attention import AdditiveScore
from minisat.nn.combine import Add, Concatenate, MeanOverLocations, Multiply, Scale, WeightedSum
from minisat.nn.containers import Branches, Sequential
from minisat.nn.cross_entropy import CrossEntropy, log_softmax
from minisat.nn.doubly_stochastic import DoublyStochasticPenalty
from minisat.nn.dropout import Dropout
from minisat.nn.embedding import Embedding
from minisat.nn.gru import GRUCell
from minisat.nn.batchnorm import BatchNorm2d
from minisat.nn.conv2d import Conv2d
from minisat.nn.linear import Linear
from minisat.nn.lrn import LocalResponseNorm
from minisat.nn.lstm import LSTMCell
from minisat.nn.module import Buffer, Module, Parameter, commit_statistics
from minisat.nn.recurrent import Recurrent
from minisat.nn.rnn import RNNCell

__all__ = ["Add", "AdditiveScore", "Branches", "Buffer", "Concatenate", "CrossEntropy", "DoublyStochasticPenalty",
           "Dropout", "Embedding", "GRUCell", "LSTMCell", "LeakyReLU", "Linear", "MeanOverLocations", "Module",
           "Multiply", "Parameter", "RNNCell", "ReLU", "ReLU6", "Recurrent", "Scale", "Sequential", "Sigmoid",
           "Softmax", "Tanh", "WeightedSum", "commit_statistics", "log_softmax"]
