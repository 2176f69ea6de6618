"""The Huffman tree: frequent words near the root, so that a word is a few yes-or-no questions (Huffman 1952)."""

import heapq

import numpy as np


class HuffmanTree:
    """The tree over V ≥ 2 words with `counts` (V,); its V - 1 inner nodes are numbered 0..V-2.

    nodes (V, depth) int32: the inner nodes from the root to each word, filled up with 0;
    turns (V, depth) int8: +1 where the path goes left, -1 right, 0 past the word's end.
    The mean length of a path, weighted by counts, is the least that any tree has.
    """

    def __init__(self, counts):
        V = len(counts)
        if V < 2:
            raise ValueError("A Huffman tree needs two words.")
        heap = [(int(count), v) for v, count in enumerate(counts)]  # (count, node): words 0..V-1, then inner nodes
        heapq.heapify(heap)
        parent, turn = [0] * (2 * V - 1), [0] * (2 * V - 1)
        for node in range(V, 2 * V - 1):  # join the two rarest until one is left: the root
            (left_count, left), (right_count, right) = heapq.heappop(heap), heapq.heappop(heap)
            parent[left], turn[left] = node, 1
            parent[right], turn[right] = node, -1
            heapq.heappush(heap, (left_count + right_count, node))
        paths = []
        for v in range(V):
            path, node = [], v
            while node != 2 * V - 2:
                path.append((parent[node] - V, turn[node]))
                node = parent[node]
            paths.append(path[::-1])
        depth = max(map(len, paths))
        self.nodes, self.turns = np.zeros((V, depth), np.int32), np.zeros((V, depth), np.int8)
        for v, path in enumerate(paths):
            self.nodes[v, :len(path)], self.turns[v, :len(path)] = zip(*path)
