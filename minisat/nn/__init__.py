"""The layers: one idea per file, each forward pass beside its backward pass; `fast` holds the twins of some."""

from minisat.nn import cuda, fast
from minisat.nn.activations import LeakyReLU, ReLU, ReLU6, Sigmoid, Softmax, Tanh
from minisat.nn.attention import AdditiveScore
from minisat.nn.batchnorm import BatchNorm2d
from minisat.nn.combine import Add, Concatenate, MeanOverLocations, Multiply, Scale, WeightedSum
from minisat.nn.containers import Branches, Residual, Sequential
from minisat.nn.conv2d import Conv2d
from minisat.nn.cross_entropy import CrossEntropy, log_softmax
from minisat.nn.doubly_stochastic import DoublyStochasticPenalty, OneSidedPenalty
from minisat.nn.dropout import Dropout
from minisat.nn.embedding import Embedding
from minisat.nn.flatten import Flatten
from minisat.nn.freezing import Frozen, freeze
from minisat.nn.grid import Grid
from minisat.nn.gru import GRUCell
from minisat.nn.hard_attention import ARGMAX, EXPECTATION, SAMPLE, HardAttention
from minisat.nn.label_smoothing import SmoothedCrossEntropy
from minisat.nn.layer_norm import LayerNorm
from minisat.nn.linear import Linear
from minisat.nn.log_prob import LogProb
from minisat.nn.lrn import LocalResponseNorm
from minisat.nn.lstm import LSTMCell
from minisat.nn.luong import ConcatScore, DotScore, GeneralScore
from minisat.nn.module import Buffer, Module, Parameter, commit_statistics
from minisat.nn.multi_head_attention import MultiHeadAttention
from minisat.nn.pooling import AdaptiveAvgPool2d, AvgPool2d, GlobalAvgPool2d, MaxPool2d
from minisat.nn.positions import Positions
from minisat.nn.recurrent import Recurrent
from minisat.nn.rnn import RNNCell
from minisat.nn.scaled_dot_product import ScaledDotProduct
from minisat.nn.sentinel import Sentinel
from minisat.nn.sparsemax import Sparsemax
from minisat.nn.tied import Transposed
from minisat.nn.transformer_block import TransformerBlock

__all__ = ["ARGMAX", "AdaptiveAvgPool2d", "Add", "AdditiveScore", "AvgPool2d", "BatchNorm2d", "Branches", "Buffer",
           "ConcatScore", "Concatenate", "Conv2d", "CrossEntropy", "DotScore", "DoublyStochasticPenalty", "Dropout",
           "EXPECTATION", "Embedding", "Flatten", "Frozen", "GRUCell", "GeneralScore", "GlobalAvgPool2d", "Grid",
           "HardAttention", "LSTMCell", "LayerNorm", "LeakyReLU", "Linear", "LocalResponseNorm", "LogProb", "MaxPool2d",
           "MeanOverLocations", "Module", "MultiHeadAttention", "Multiply", "OneSidedPenalty", "Parameter", "Positions",
           "RNNCell", "ReLU", "ReLU6", "Recurrent", "Residual", "SAMPLE", "Scale", "ScaledDotProduct", "Sentinel",
           "Sequential", "Sigmoid", "SmoothedCrossEntropy", "Softmax", "Sparsemax", "Tanh", "TransformerBlock",
           "Transposed", "WeightedSum", "commit_statistics", "cuda", "fast", "freeze", "log_softmax"]
