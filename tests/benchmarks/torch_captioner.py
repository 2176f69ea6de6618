"""Soft attention in PyTorch eager, well made: the peer of minisat's training step, and its parity reference.

Same model as `minisat.captioner.ShowAttendTell`: keys projected once, packed rows, all logits at the end.
"""

import torch
import torch.nn.functional as F
from torch import nn


class TorchShowAttendTell(nn.Module):
    def __init__(self, V, D, M, H, A, dropout):
        super().__init__()
        self.M, self.H, self.A, self.p = M, H, A, dropout
        self.embedding = nn.Embedding(V, M)
        self.keys = nn.Linear(D, A, bias=False)
        self.query, self.v = nn.Linear(H, A), nn.Linear(A, 1, bias=False)
        self.f_beta = nn.Linear(H, 1)
        self.init_h, self.init_c = nn.Linear(D, H), nn.Linear(D, H)
        self.cell = nn.LSTMCell(M + D, H)
        self.cell.bias_hh.requires_grad_(False).zero_()
        self.L_h, self.L_z, self.L_o = nn.Linear(H, M), nn.Linear(D, M, bias=False), nn.Linear(M, V)

    def forward(self, features, ids, lengths, mask=None):
        """Longest caption first. Returns mean cross-entropy plus mean (1 − Σ alpha)² (reduction "mean")."""
        counts = [sum(length > t for length in lengths) for t in range(lengths[0])]
        inputs = torch.cat([ids[:n, t] for t, n in enumerate(counts)])
        targets = torch.cat([ids[:n, t + 1] for t, n in enumerate(counts)])
        words, keys, mean = self.embedding(inputs), self.keys(features), features.mean(1)
        h, c = torch.tanh(self.init_h(mean)), torch.tanh(self.init_c(mean))
        W_words, W_z = self.cell.weight_ih[:, :self.M], self.cell.weight_ih[:, self.M:]
        word_gates = F.linear(words, W_words, self.cell.bias_ih).split(counts)
        W_of_h = torch.cat([self.query.weight, self.f_beta.weight, self.cell.weight_hh])
        b_of_h = torch.cat([self.query.bias, self.f_beta.bias, self.cell.bias_hh])
        hs, zs, attention_sum = [], [], 0
        for t, n in enumerate(counts):
            h, c, a = h[:n], c[:n], features[:n]
            query, beta, gates = F.linear(h, W_of_h, b_of_h).split([self.A, 1, 4 * self.H], 1)
            scores = torch.tanh(keys[:n] + query.unsqueeze(1)) @ self.v.weight[0]
            alpha = torch.softmax(scores, 1)
            z = torch.sigmoid(beta) * torch.bmm(alpha.unsqueeze(1), a).squeeze(1)
            i, f, g, o = (F.linear(z, W_z) + word_gates[t] + gates).chunk(4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            hs.append(h)
            zs.append(z)
            attention_sum = attention_sum + F.pad(alpha, (0, 0, 0, len(features) - n))
        total = words + self.L_h(torch.cat(hs)) + self.L_z(torch.cat(zs))
        total = F.dropout(total, self.p, self.training) if mask is None else total * mask
        return F.cross_entropy(self.L_o(total), targets) + ((1 - attention_sum) ** 2).mean()

    @torch.no_grad()
    def copy_from(self, model):
        """Take over the weights of a minisat ShowAttendTell (its W are (in, out); PyTorch's are (out, in))."""
        tensor, score, cell = torch.from_numpy, model.attend.score, model.attend.cell
        self.embedding.weight.copy_(tensor(model.embedding.W.data))
        self.query.weight.copy_(tensor(score.W_h.data).T)
        self.query.bias.copy_(tensor(score.b.data))
        self.v.weight.copy_(tensor(score.v.data)[None])
        self.cell.weight_ih.copy_(tensor(cell.W_x.data).T)
        self.cell.weight_hh.copy_(tensor(cell.W_h.data).T)
        self.cell.bias_ih.copy_(tensor(cell.b.data))
        for name in ("keys", "init_h", "init_c", "L_h", "L_z", "L_o"):
            self._copy_linear(getattr(self, name), getattr(model, name))
        self._copy_linear(self.f_beta, model.attend.f_beta)

    def _copy_linear(self, mine, theirs):
        mine.weight.copy_(torch.from_numpy(theirs.W.data).T)
        if theirs.b is not None:
            mine.bias.copy_(torch.from_numpy(theirs.b.data))

    def gradients(self):
        """The gradients under minisat's parameter names and layouts."""
        by_name = {"embedding.W": self.embedding.weight.grad, "attend.score.W_h": self.query.weight.grad.T,
                   "attend.score.b": self.query.bias.grad, "attend.score.v": self.v.weight.grad[0],
                   "attend.cell.W_x": self.cell.weight_ih.grad.T, "attend.cell.W_h": self.cell.weight_hh.grad.T,
                   "attend.cell.b": self.cell.bias_ih.grad, "attend.f_beta.W": self.f_beta.weight.grad.T,
                   "attend.f_beta.b": self.f_beta.bias.grad}
        for name in ("keys", "init_h", "init_c", "L_h", "L_z", "L_o"):
            layer = getattr(self, name)
            by_name[f"{name}.W"] = layer.weight.grad.T
            if layer.bias is not None:
                by_name[f"{name}.b"] = layer.bias.grad
        return {name: gradient.numpy() for name, gradient in by_name.items()}
