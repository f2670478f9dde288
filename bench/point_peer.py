"""The point transformer of tools/point_transformer.py as one would train it in PyTorch on a CPU: fused attention, the
experts of DAPT-X as two matrix products, groups by cdist and topk. Its functions are checked against the definitions
by running this file."""
import sys
import time
from dataclasses import replace
from pathlib import Path

import torch
import torch.nn.functional as F

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
import make_golden  # noqa: E402
import point_transformer as pt  # noqa: E402

MODELS = {"point_mae": pt.PointConfig(head_dropout=0.5)}


class FastSmoa(pt.Smoa):
    """All experts at once: their LayerNorms differ in scale and shift alone, which go into the matrices."""

    def forward(self, u):
        e = self.experts
        n, r, d = e.down_proj.weight.shape
        z = u.reshape(*u.shape[:-1], self.heads, d)
        p = self.router(z)
        gate, index = p.max(dim=-1)
        plain = F.layer_norm(z, (d,))
        down = (e.down_proj.weight * e.norm.weight[:, None]).reshape(n * r, d)
        hidden = F.gelu(F.linear(plain, down, (e.down_proj.weight @ e.norm.bias[..., None]).reshape(n * r)))
        bias = (e.scale.weight * e.norm.bias).sum(-1) + e.scale.bias
        scale = F.relu(F.linear(plain, e.scale.weight * e.norm.weight, bias))
        factor = scale * F.one_hot(index, n) * gate[..., None]  # [..., N]
        hidden = (hidden.unflatten(-1, (n, r)) * factor[..., None]).flatten(-2)
        a = F.linear(hidden, e.up_proj.weight.transpose(0, 1).reshape(d, n * r)).flatten(-2)
        share = torch.bincount(index.flatten(), minlength=n) / index.numel()
        balance = n * (share * p.flatten(0, -2).mean(dim=0)).sum()
        self.calls.append(pt.Call(balance, None))
        return a


def distances(xyz, centers):
    return torch.cdist(centers, xyz)


class PointPeer(torch.nn.Module):
    """points [B, N, 3] to logits; `grouping_seconds` of the last forward."""

    def __init__(self, config, method):
        super().__init__()
        attention = getattr(F, "scaled_dot_product_attention", make_golden.explicit_attention)
        self.model = pt.PointTransformer(config, method, pt.MixtureConfig(), attention)
        if method == "dapt_x":
            self.model.smoa.__class__ = FastSmoa
        self.grouping_seconds = 0.0

    @property
    def penalty(self):
        return self.model.penalty

    def forward(self, points):
        start, c = time.perf_counter(), self.model.config
        with torch.no_grad():
            grouped = pt.group(points, c.groups, c.group_size, distances)
        self.grouping_seconds = time.perf_counter() - start
        return self.model(points, grouped)


def check():
    torch.manual_seed(0)
    config = replace(MODELS["point_mae"], points=256, groups=16, depth=2, head_dropout=0)
    points = torch.rand(4, 256, 3)
    for method in pt.METHODS:
        peer = PointPeer(config, method)
        got = peer(points)
        if method == "dapt_x":
            peer.model.smoa.__class__ = pt.Smoa
        peer.model.blocks[0].attn.attention = make_golden.explicit_attention
        torch.testing.assert_close(got, peer.model(points), rtol=1e-4, atol=1e-5)


if __name__ == "__main__":
    check()
