"""The point-cloud transformer of Point-MAE (arXiv 2203.06604) in plain PyTorch, with the methods linear_probe, full,
DAPT (arXiv 2403.01439) and DAPT-X (Adapter-X, arXiv 2406.03051; no code was published), each written from its
definition. tools/make_points_golden.py computes golden values with it, bench/vs_pytorch.py measures against it.

Parameters have Point-MAE's names, without the prefix `blocks.` twice and with the head as `head.*`; what a method adds
has the engine's names.
"""
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from make_golden import Choices, Mlp, Router, ScaleShift, explicit_attention, margin

METHODS = ("linear_probe", "full", "dapt", "dapt_x")


@dataclass
class PointConfig:
    points: int = 2048
    groups: int = 128
    group_size: int = 32
    encoder: tuple = (128, 256, 512)
    position_hidden: int = 128
    width: int = 384
    depth: int = 12
    heads: int = 6
    mlp_ratio: int = 4
    classes: int = 15
    batch: int = 4  # at 2, BatchNorm in the head leaves a sign of each feature, and no gradient
    positions: str = "once"  # or every_block
    pool: str = "cls_prompt_max"  # what the head reads: class token, mean of prompts if any, maximum of patches
    batch_norm: str = "update"  # of the encoder: statistics of the batch, running ones go on; or fixed
    head_hidden: int = 256
    head_dropout: float = 0


@dataclass
class MixtureConfig:
    """Settings of DAPT-X by their names in the engine."""
    experts: int = 8
    heads: int = 0  # 0: max(1, width / 192)
    rank: int = 8
    balance: float = 0.01
    router: str = "cosine"
    top_k: int = 1
    temperature: str = "1"
    token_norm: bool = False
    prompt_activation: str = "none"


# ---- Groups of points


def squared_distances(xyz, centers):
    """[B, M, N] between centers [B, M, 3] and xyz [B, N, 3], from differences: no cancellation."""
    return (centers[:, :, None] - xyz[:, None]).square().sum(-1)


def farthest_points(xyz, count):
    """Indices [B, count]: point 0, then each time the point farthest from those chosen."""
    b, n, _ = xyz.shape
    chosen = torch.zeros(b, count, dtype=torch.long)
    nearest = torch.full((b, n), float("inf"), dtype=xyz.dtype)
    for i in range(1, count):
        last = xyz.gather(1, chosen[:, i - 1, None, None].expand(-1, 1, 3))
        nearest = torch.minimum(nearest, (xyz - last).square().sum(-1))
        chosen[:, i] = nearest.argmax(-1)
    return chosen


def group(xyz, groups, group_size, distances=squared_distances):
    """Neighbours minus their centre [B, G, K, 3] and centres [B, G, 3]."""
    b = xyz.shape[0]
    centers = xyz.gather(1, farthest_points(xyz, groups)[..., None].expand(-1, -1, 3))
    nearest = distances(xyz, centers).topk(group_size, dim=-1, largest=False).indices
    neighbours = xyz.gather(1, nearest.reshape(b, -1, 1).expand(-1, -1, 3)).reshape(b, groups, group_size, 3)
    return neighbours - centers[:, :, None], centers


# ---- The backbone


class Encoder(nn.Module):
    """mini-PointNet: a token [B, G, d] of each group [B, G, K, 3]."""

    def __init__(self, c):
        super().__init__()
        a, b, e = c.encoder
        self.first_conv = nn.Sequential(nn.Conv1d(3, a, 1), nn.BatchNorm1d(a), nn.ReLU(), nn.Conv1d(a, b, 1))
        self.second_conv = nn.Sequential(nn.Conv1d(2 * b, e, 1), nn.BatchNorm1d(e), nn.ReLU(),
                                         nn.Conv1d(e, c.width, 1))

    def forward(self, groups):
        b, g, k, _ = groups.shape
        local = self.first_conv(groups.reshape(b * g, k, 3).transpose(1, 2))  # [B G, 256, K]
        whole = local.max(dim=2, keepdim=True).values.expand(-1, -1, k)
        return self.second_conv(torch.cat([whole, local], dim=1)).max(dim=2).values.reshape(b, g, -1)


class Attention(nn.Module):
    def __init__(self, c, attention):
        super().__init__()
        self.heads, self.attention = c.heads, attention
        self.qkv = nn.Linear(c.width, 3 * c.width, bias=False)
        self.proj = nn.Linear(c.width, c.width)

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = self.qkv(x).reshape(b, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        return self.proj(self.attention(q, k, v).transpose(1, 2).reshape(b, t, d))


class Block(nn.Module):
    """`branch`, of a method: from u = LN2(h), what is added to the FFN's output, and so makes the block's prompt."""

    def __init__(self, c, attention):
        super().__init__()
        self.norm1 = nn.LayerNorm(c.width)
        self.attn = Attention(c, attention)
        self.norm2 = nn.LayerNorm(c.width)
        self.mlp = Mlp(c)
        self.prompt_activation = nn.Identity()

    def forward(self, x, branch=None):
        h = x + self.attn(self.norm1(x))
        u = self.norm2(h)
        if branch is None:
            return h + self.mlp(u)
        a = branch(u)
        y = h + self.mlp(u) + a
        prompt = self.prompt(self.prompt_activation(a).mean(dim=1, keepdim=True))
        return torch.cat([y[:, :1], prompt, y[:, 1:]], dim=1)


def make_head(c, width):
    def layer(inputs):
        return nn.Linear(inputs, h), nn.BatchNorm1d(h), nn.ReLU(), nn.Dropout(c.head_dropout)

    h = c.head_hidden
    return nn.Sequential(*layer(width), *layer(h), nn.Linear(h, c.classes))


class PointTransformer(nn.Module):
    """After a forward, `features` is what the head read, and `penalty` what a method adds to the loss."""

    def __init__(self, c, method, mixture=None, attention=explicit_attention):
        super().__init__()
        self.config, self.method = c, method
        self.encoder = Encoder(c)
        self.pos_embed = nn.Sequential(nn.Linear(3, c.position_hidden), nn.GELU(),
                                       nn.Linear(c.position_hidden, c.width))
        self.cls_token = nn.Parameter(torch.randn(1, 1, c.width) * 0.02)
        self.cls_pos = nn.Parameter(torch.randn(1, 1, c.width) * 0.02)
        self.blocks = nn.ModuleList(Block(c, attention) for _ in range(c.depth))
        self.norm = nn.LayerNorm(c.width)
        self.pool = [part for part in c.pool.split("_") if part != "prompt" or method in ("dapt", "dapt_x")]
        self.head = make_head(c, c.width * len(self.pool))
        if method == "dapt":
            add_dapt(self, c)
        elif method == "dapt_x":
            self.smoa = Smoa(mixture, c.width)
            self.balance = mixture.balance
            for block in self.blocks:
                block.prompt = ScaleShift(c.width)
                block.prompt_activation = nn.GELU() if mixture.prompt_activation == "gelu" else nn.Identity()
        for name, p in self.named_parameters():
            p.requires_grad_(is_trained(name, method))

    def train(self, mode=True):
        super().train(mode)
        if self.config.batch_norm == "fixed":
            self.encoder.eval()
        return self

    def branch_of(self, block):
        return {"dapt": getattr(block, "adapter", None), "dapt_x": getattr(self, "smoa", None)}.get(self.method)

    def tokens(self, groups, centers):
        patches = self.encoder(groups)
        x = torch.cat([self.cls_token.expand(patches.shape[0], -1, -1), patches], dim=1)
        pos = self.pos_embed(centers)
        return x, torch.cat([self.cls_pos.expand(pos.shape[0], -1, -1), pos], dim=1)

    def encode(self, groups, centers):
        """Normed tokens [B, 1 + prompts + G, d]."""
        x, pos = self.tokens(groups, centers)
        if self.config.positions == "once":
            x = x + pos
        for block in self.blocks:
            if self.config.positions == "every_block":
                x = x + with_prompts(pos, x.shape[1])
            x = block(x, self.branch_of(block))
        return self.norm(x)

    def forward(self, points, grouped=None):
        c = self.config
        if self.method == "dapt_x":
            self.smoa.calls = []
        x = self.encode(*(grouped or group(points, c.groups, c.group_size)))
        parts = {"cls": lambda: x[:, 0], "prompt": lambda: x[:, 1:-c.groups].mean(dim=1),
                 "max": lambda: x[:, -c.groups:].max(dim=1).values}
        self.features = torch.cat([parts[p]() for p in self.pool], dim=-1)
        if self.method == "dapt_x":
            self.penalty = self.balance * torch.stack([call.balance for call in self.smoa.calls]).mean()
        return self.head(self.features)


def with_prompts(pos, tokens):
    """`pos` of the class token and the patches, nothing for prompts in between."""
    return torch.cat([pos[:, :1], pos.new_zeros(pos.shape[0], tokens - pos.shape[1], pos.shape[2]), pos[:, 1:]], dim=1)


def is_trained(name, method):
    head, token = name.startswith("head."), name in ("cls_token", "cls_pos")
    if method == "full":
        return True
    if method == "dapt":
        return head or token or any(part in name for part in (".tfts.", ".adapter.", ".prompt."))
    if method == "dapt_x":
        return head or token or name.startswith("smoa.") or ".norm2." in name or ".prompt." in name
    return head


# ---- DAPT: an adapter with a scale of each token, scale and shift (TFTS) at every layer, a prompt a block


class Adapter(nn.Module):
    def __init__(self, width, rank=64):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.scale = nn.Linear(width, 1)
        self.down_proj = nn.Linear(width, rank)
        self.up_proj = nn.Linear(rank, width)

    def forward(self, u):
        z = self.norm(u)
        self.last_score = self.scale(z)
        return self.up_proj(F.gelu(self.down_proj(z))) * F.relu(self.last_score)


def add_tfts(module, width):
    """Makes the module's output y into gamma * y + beta."""
    module.tfts = ScaleShift(width)
    module.register_forward_hook(lambda m, _, y: m.tfts(y))


def add_dapt(model, c):
    d, hidden = c.width, c.width * c.mlp_ratio
    for block in model.blocks:
        block.adapter = Adapter(d, 64 if d >= 64 else 4)
        block.prompt = ScaleShift(d)
        block.prompt_activation = nn.GELU()
        for module, width in ((block.norm1, d), (block.attn.qkv, 3 * d), (block.attn.proj, d), (block.norm2, d),
                              (block.mlp.fc1, hidden), (block.mlp.fc2, d)):
            add_tfts(module, width)
    add_tfts(model.norm, d)
    add_tfts(model.encoder, d)


# ---- DAPT-X: one mixture of adapters for all blocks, a prompt a block, trained norm2, class token and its position


class Parameters(nn.Module):
    def __init__(self, **shapes):
        super().__init__()
        for name, shape in shapes.items():
            setattr(self, name, nn.Parameter(torch.randn(shape) * shape[-1] ** -0.5))


class Experts(nn.Module):
    """All experts' outputs [..., N, d_h] for sub-tokens z [..., d_h]."""

    def __init__(self, m, sub_width):
        super().__init__()
        n = m.experts
        self.norm = Parameters(weight=(n, sub_width), bias=(n, sub_width))
        self.scale = Parameters(weight=(n, sub_width), bias=(n,))
        self.down_proj = Parameters(weight=(n, m.rank, sub_width))
        self.up_proj = Parameters(weight=(n, sub_width, m.rank))

    def forward(self, z):
        normed = F.layer_norm(z, z.shape[-1:])[..., None, :] * self.norm.weight + self.norm.bias  # [..., N, d_h]
        self.last_score = (normed * self.scale.weight).sum(-1) + self.scale.bias  # [..., N]
        hidden = F.gelu(torch.einsum("...nd,nrd->...nr", normed, self.down_proj.weight))
        return torch.einsum("...nr,ndr->...nd", hidden, self.up_proj.weight) * F.relu(self.last_score)[..., None]


@dataclass
class Call:
    balance: torch.Tensor
    choices: Choices


class Smoa(nn.Module):
    """The mixture's output a [B, T, d] for u [B, T, d]; what each call chose is appended to `calls`."""

    def __init__(self, m, width):
        super().__init__()
        self.heads = m.heads or max(1, width // 192)
        self.router = Router(m, width // self.heads)
        self.experts = Experts(m, width // self.heads)
        self.calls = []

    def forward(self, u):
        z = u.reshape(*u.shape[:-1], self.heads, -1)  # [B, T, H, d_h]
        p = self.router(z)
        chosen = F.one_hot(p.argmax(dim=-1), p.shape[-1]).to(p.dtype)
        a = torch.einsum("...n,...nd->...d", chosen * p, self.experts(z)).flatten(-2)
        share = chosen.flatten(0, -2).mean(dim=0)
        balance = p.shape[-1] * (share * p.flatten(0, -2).mean(dim=0)).sum()
        self.calls.append(Call(balance, Choices(share, margin(p, 1))))
        return a
