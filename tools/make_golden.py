#!/usr/bin/env python3
"""Writes the golden values of tests/golden: logits, loss and gradients of small and real ViTs, by PyTorch in float64.

Adapter-X (arXiv 2406.03051), which nobody published code of, is written here from its definition, and by other means
than the engine's: every expert runs on every sub-token, and autograd does the backward.

Weights, images and labels are not stored. Both sides make them from the counter-based generator of
adapterx/base/rng.h by the rule of adapterx/models/synthetic_weights.h; `--show` prints values of it.

A file vit_<model>_<method>[_<variant>].safetensors holds
  logits            F32 [batch, classes]
  loss              F32 [1], cross-entropy with label smoothing 0.1, mean over the batch
  penalty           F32 [1], what the method adds to the loss (Adapter-X); the gradients are those of the sum
  grad.<p>          micro: the whole gradient of the trained parameter p, F32 in p's shape
                    tiny, base: its values at the flat positions Rng(2, 0, place_of(p)).bits(j) % size,
                    j < min(64, size)
  grad_norm.<p>     tiny, base: F32 [1], L2 norm of the whole gradient
and, in __metadata__, the configuration; of Adapter-X also `settings`, as make_method takes them.
Needs PyTorch >= 1.12 and numpy, nothing else.
"""
import argparse
import json
import math
import os
import re
import struct
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

SEED = 1
POSITION_SEED = 2
MAX_POSITIONS = 64
LABEL_SMOOTHING = 0.1
METHODS = ("full", "linear_probe", "adaptformer")
METHODS_X = ("adaptformer_x", "adapter_x")


# ---- Philox 4x32-10, the numpy twin of adapterx/base/rng.h


def place_of(name):
    h = 2166136261
    for byte in name.encode():
        h = (h ^ byte) * 16777619 & 0xFFFFFFFF
    return h


def philox_blocks(seed, step, place, block):
    """Draws 4*i .. 4*i + 3 of a stream for each i of the uint64 array `block`: uint32 [n, 4]."""
    u64, low, half = np.uint64, np.uint64(0xFFFFFFFF), np.uint64(32)
    c = [block & low, block >> half, np.full_like(block, step), np.full_like(block, place)]
    k = [seed & 0xFFFFFFFF, seed >> 32]
    for _ in range(10):
        a, b = c[0] * u64(0xD2511F53), c[2] * u64(0xCD9E8D57)
        c = [(b >> half) ^ c[1] ^ u64(k[0]), b & low, (a >> half) ^ c[3] ^ u64(k[1]), a & low]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return np.stack(c, axis=1).astype(np.uint32)


def first_bits(seed, step, place, n, chunk=1 << 16):
    """Draws 0 .. n - 1 of a stream."""
    blocks = (n + 3) // 4
    parts = [philox_blocks(seed, step, place, np.arange(i, min(i + chunk, blocks), dtype=np.uint64))
             for i in range(0, blocks, chunk)]
    return np.concatenate(parts).reshape(-1)[:n]


# ---- Synthetic weights, images and labels


def synthetic_rule(name, shape):
    """(center, spread), both float32, of a parameter or input by its name and shape."""
    if name.endswith(("bias", "tfts.beta", "running_mean")):
        center, spread = 0, 0.1
    elif name.endswith(("norm.weight", "tfts.gamma", "running_var")) or name.endswith("weight") and len(shape) == 1:
        center, spread = 1, 0.2
    elif name.endswith(("cls_token", "cls_pos", "pos_embed")):
        center, spread = 0, 0.5
    elif name in ("images", "points"):
        center, spread = 0, 1
    else:
        center, spread = 0, math.sqrt(3 / (math.prod(shape) // shape[0]))
        if name in ("pos_embed.0.weight", "pos_embed.2.weight"):  # else all groups of points would look alike
            spread *= 4
    return np.float32(center), np.float32(spread)


def synthetic(name, shape, seed=SEED):
    """center + spread * (2 u - 1), exact before the one rounding to float32."""
    far = 16 if name.endswith("adaptmlp.down_proj.bias") else 4 if name in ("head.1.bias", "head.5.bias") else 0
    if far:  # every other ReLU on, the rest off, far from the kink
        return np.resize(np.float32([far, -far]), shape)
    center, spread = synthetic_rule(name, shape)
    bits = first_bits(seed, 0, place_of(name), math.prod(shape))
    u = (bits >> np.uint32(8)).astype(np.float64) * 2.0**-24
    return (float(center) + float(spread) * (2 * u - 1)).astype(np.float32).reshape(shape)


def synthetic_labels(batch, classes, seed=SEED):
    return (first_bits(seed, 0, place_of("labels"), batch) % classes).astype(np.int64)


# ---- The model: a timm-style ViT, with or without AdaptFormer, under timm's and AdaptFormer's names


@dataclass
class Config:
    image: int = 224
    patch: int = 16
    width: int = 768
    depth: int = 12
    heads: int = 12
    mlp_ratio: int = 4
    classes: int = 100
    batch: int = 2
    adapter_rank: int = 64
    adapter_scale: float = 0.1


MODELS = {
    "micro": Config(image=12, patch=4, width=24, depth=2, heads=3, classes=5, batch=3, adapter_rank=4),
    "tiny": Config(width=192, heads=3, classes=10),  # vit_tiny_patch16_224
    "base": Config(),  # vit_base_patch16_224
}


# Adapter-X of the micro model is cut into sub-tokens; that of the larger ones has the defaults.
MICRO_MIXTURE = {"heads": 3, "rank": 4}
# The engine's defaults: every expert for every token, whole tokens, no prompts.
SOFT = {"heads": 1, "experts": 4, "top_k": 4, "relative_gate": True, "stream_scale": True, "prompts": False}
VARIANTS = {  # each with a balance loss heavy enough that a fault in its gradient shows in every router
    "linear_top2": ("adaptformer_x", {"router": "linear", "top_k": 2, "balance": 0.5}),
    "learned_temperature": ("adapter_x", {"temperature": "learned", "token_norm": True, "balance": 0.5}),
    "added_mlp_prompt": ("adaptformer_x", {"prompt_injection": "add", "prompt_generator": "mlp", "balance": 0.5}),
    "share_none": ("adapter_x", {"share": "none", "balance": 0.5}),
    "gelu_prompt": ("adaptformer_x", {"prompt_activation": "gelu", "balance": 0.5}),
    "soft": ("adaptformer_x", SOFT),
    "soft_after": ("adapter_x", SOFT),
}


def explicit_attention(q, k, v):  # [B, heads, T, width / heads]
    scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-2, -1)
    return scores.softmax(dim=-1) @ v


class Attention(nn.Module):
    def __init__(self, c, attention):
        super().__init__()
        self.heads, self.attention = c.heads, attention
        self.qkv = nn.Linear(c.width, 3 * c.width)
        self.proj = nn.Linear(c.width, c.width)

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = self.qkv(x).reshape(b, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        return self.proj(self.attention(q, k, v).transpose(1, 2).reshape(b, t, d))


class Mlp(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.fc1 = nn.Linear(c.width, c.mlp_ratio * c.width)
        self.fc2 = nn.Linear(c.mlp_ratio * c.width, c.width)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class AdaptMlp(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.scale = c.adapter_scale
        self.down_proj = nn.Linear(c.width, c.adapter_rank)
        self.up_proj = nn.Linear(c.adapter_rank, c.width)

    def forward(self, x):
        return self.scale * self.up_proj(F.relu(self.down_proj(x)))


class Block(nn.Module):
    def __init__(self, c, adapted, attention):
        super().__init__()
        self.norm1 = nn.LayerNorm(c.width, eps=1e-6)
        self.attn = Attention(c, attention)
        self.norm2 = nn.LayerNorm(c.width, eps=1e-6)
        self.mlp = Mlp(c)
        self.adaptmlp = AdaptMlp(c) if adapted else None

    def forward(self, x):
        h = x + self.attn(self.norm1(x))
        y = h + self.mlp(self.norm2(h))
        return y if self.adaptmlp is None else y + self.adaptmlp(h)


class Vit(nn.Module):
    def __init__(self, c, method, attention=explicit_attention):
        super().__init__()
        self.cls_token = nn.Parameter(torch.zeros(1, 1, c.width))
        self.pos_embed = nn.Parameter(torch.zeros(1, 1 + (c.image // c.patch) ** 2, c.width))
        self.patch_embed = nn.Module()
        self.patch_embed.proj = nn.Conv2d(3, c.width, c.patch, stride=c.patch)
        self.blocks = nn.Sequential(*(Block(c, method == "adaptformer", attention) for _ in range(c.depth)))
        self.norm = nn.LayerNorm(c.width, eps=1e-6)
        self.head = nn.Linear(c.width, c.classes)
        for name, p in self.named_parameters():
            p.requires_grad_(method == "full" or name.startswith("head.") or ".adaptmlp." in name)

    def tokens(self, images):
        x = self.patch_embed.proj(images).flatten(2).transpose(1, 2)
        return torch.cat([self.cls_token.expand(x.shape[0], -1, -1), x], dim=1) + self.pos_embed

    def forward(self, images):
        return self.head(self.norm(self.blocks(self.tokens(images))[:, 0]))


# ---- Adapter-X: shared experts (Smoa), a prompt a block, trained norm2 and class token


@dataclass
class Mixture:
    """Settings of Adapter-X by their names in the engine."""
    experts: int = 8
    heads: int = 0  # 0: max(1, width / 192)
    rank: int = 32
    scale: float = 1
    balance: float = 0.01
    share: str = "all"  # or none
    router: str = "cosine"  # or linear
    top_k: int = 1
    temperature: str = "1"  # or learned
    token_norm: bool = False
    prompt_activation: str = "none"  # or gelu
    prompt_generator: str = "scale_shift"  # or mlp
    prompt_injection: str = "token"  # or add
    prompt_rank: int = 8
    prompts: bool = True
    relative_gate: bool = False
    stream_scale: bool = False

    def all_chosen(self):
        return self.top_k == self.experts


def stream_scale(block):
    """What the engine measures before training; tests/golden_test.cc sets the same numbers."""
    return 0.75 / (block + 1)


def unit(x):
    return x / x.square().sum(dim=-1, keepdim=True).sqrt()


class Router(nn.Module):
    """Probabilities [..., N] of the experts for sub-tokens z [..., d_h]."""

    def __init__(self, m, sub_width):
        super().__init__()
        self.cosine, self.token_norm = m.router == "cosine", m.token_norm
        route_width = m.experts // 2 if self.cosine else m.experts
        self.proj = nn.Linear(sub_width, route_width, bias=False)
        if self.cosine:
            self.embed = nn.Linear(route_width, m.experts, bias=False)
        if m.temperature == "learned":
            self.log_temperature = nn.Parameter(torch.zeros(1))
        else:
            self.temperature = float(m.temperature)

    def forward(self, z):
        tau = self.log_temperature.exp() if hasattr(self, "log_temperature") else self.temperature
        score = self.proj(z)
        if self.cosine:
            query = unit(score) if self.token_norm else score
            score = query @ unit(self.embed.weight).T
        return (score / tau).softmax(dim=-1)


class Weight(nn.Module):
    def __init__(self, *shape):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(*shape))


class Experts(nn.Module):
    """All experts' outputs [..., N, d_h] for sub-tokens z [..., d_h]."""

    def __init__(self, m, sub_width):
        super().__init__()
        self.scale = m.scale * (m.experts if m.relative_gate else 1)
        self.down_proj = Weight(m.experts, m.rank, sub_width)
        self.up_proj = Weight(m.experts, sub_width, m.rank)

    def forward(self, z):
        hidden = F.relu(torch.einsum("...d,nrd->...nr", z, self.down_proj.weight))
        return self.scale * torch.einsum("...nr,ndr->...nd", hidden, self.up_proj.weight)


class Smoa(nn.Module):
    """From u [B, T, d]: the mixture's output a [B, T, d], this call's balance loss, and what its choices say."""

    def __init__(self, m, width):
        super().__init__()
        self.heads, self.top_k = m.heads or max(1, width // 192), m.top_k
        self.router = Router(m, width // self.heads)
        self.experts = Experts(m, width // self.heads)

    def forward(self, u):
        z = u.reshape(*u.shape[:-1], self.heads, -1)  # [B, T, H, d_h]
        p = self.router(z)
        chosen = torch.zeros_like(p).scatter(-1, p.topk(self.top_k, dim=-1).indices, 1.0)
        a = torch.einsum("...n,...nd->...d", chosen * p, self.experts(z)).flatten(-2)
        share = chosen.flatten(0, -2).mean(dim=0) / self.top_k
        balance = p.shape[-1] * (share * p.flatten(0, -2).mean(dim=0)).sum()
        return a, balance, Choices(share, margin(p, self.top_k)) if self.top_k < p.shape[-1] else None


@dataclass
class Choices:
    share: torch.Tensor  # [N]: the part of the choices that went to each expert
    margin: float  # how far the closest sub-token is from other experts, in scores


def margin(p, k):
    scores = p.detach().log().sort(dim=-1, descending=True).values
    return (scores[..., k - 1] - scores[..., k]).min().item()


class ScaleShift(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(width))
        self.beta = nn.Parameter(torch.zeros(width))

    def forward(self, mean):
        return self.gamma * mean + self.beta


class PromptMlp(nn.Module):
    def __init__(self, width, rank):
        super().__init__()
        self.down_proj = nn.Linear(width, rank)
        self.up_proj = nn.Linear(rank, width)

    def forward(self, mean):
        return self.up_proj(F.gelu(self.down_proj(mean)))


class BlockX(nn.Module):
    def __init__(self, c, m, parallel):
        super().__init__()
        self.parallel, self.add = parallel, m.prompt_injection == "add"
        self.prompt_activation = F.gelu if m.prompt_activation == "gelu" else nn.Identity()
        self.norm1 = nn.LayerNorm(c.width, eps=1e-6)
        self.attn = Attention(c, explicit_attention)
        self.norm2 = nn.LayerNorm(c.width, eps=1e-6)
        self.mlp = Mlp(c)
        if m.prompts:
            self.prompt = PromptMlp(c.width, m.prompt_rank) if m.prompt_generator == "mlp" else ScaleShift(c.width)

    def forward(self, x, smoa, scale):
        h = x + self.attn(self.norm1(x))
        u = self.norm2(h)
        f = self.mlp(u)
        a, *of_call = smoa(u if self.parallel else f)
        a = scale * a
        y = h + f + a
        if not hasattr(self, "prompt"):
            return y, *of_call
        prompt = self.prompt(self.prompt_activation(a).mean(dim=1, keepdim=True))
        y = y + prompt if self.add else torch.cat([y[:, :1], prompt, y[:, 1:]], dim=1)
        return y, *of_call


class VitX(Vit):
    """After a forward, `penalty` is the balance loss with its weight, `choices` those of each block; where a token
    goes through all experts, `choices` are None and the penalty is a constant that the engine leaves out."""

    def __init__(self, c, m, method):
        super().__init__(c, "linear_probe")
        self.settings = m
        self.blocks = nn.ModuleList(BlockX(c, m, method == "adaptformer_x") for _ in range(c.depth))
        self.smoa = Smoa(m, c.width) if m.share == "all" else nn.ModuleList(
            Smoa(m, c.width) for _ in range(c.depth))
        for name, p in self.named_parameters():
            p.requires_grad_(name.startswith(("cls_token", "smoa.", "head.")) or ".norm2." in name
                             or ".prompt." in name)

    def forward(self, images):
        x = self.tokens(images)
        balances, self.choices = [], []
        for i, block in enumerate(self.blocks):
            smoa = self.smoa if isinstance(self.smoa, Smoa) else self.smoa[i]
            x, balance, choices = block(x, smoa, stream_scale(i) if self.settings.stream_scale else 1)
            balances.append(balance)
            self.choices.append(choices)
        self.penalty = self.settings.balance * torch.stack(balances).mean()
        return self.head(self.norm(x[:, 0]))


def check_choices(choices):
    """Values of little worth as a test are refused: a mixture that is none, or choices that rounding may change."""
    used = min((c.share > 0).sum().item() for c in choices)
    largest = torch.stack([c.share for c in choices]).mean(dim=0).max().item()
    closest = min(c.margin for c in choices)
    print(f"  experts in each block: {used} or more; largest share {largest:.2f}; closest choice {closest:.1e}")
    assert used >= 4 and largest < 0.6, "synthetic routing uses too few experts"
    assert closest > 2e-5, "a choice is so close that rounding in float32 may change it"


# ---- Golden files


def save_safetensors(path, tensors, metadata):
    """Writes float32 arrays, by name, and string metadata."""
    header, end = {"__metadata__": metadata}, 0
    for name, array in tensors.items():
        begin, end = end, end + array.nbytes
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [begin, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    temporary = path.with_name(path.name + ".tmp")
    with open(temporary, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        for array in tensors.values():
            f.write(array.astype("<f4").tobytes())
    os.replace(temporary, path)


def gradient_sample(name, gradient):
    flat = gradient.reshape(-1)
    bits = first_bits(POSITION_SEED, 0, place_of(name), min(MAX_POSITIONS, flat.numel()))
    return flat[torch.from_numpy(bits.astype(np.int64)) % flat.numel()]


def golden_tensors(c, model, whole_gradients):
    model = model.double()
    with torch.no_grad():
        for name, p in model.named_parameters():
            p.copy_(torch.from_numpy(synthetic(name, tuple(p.shape))))
    images = torch.from_numpy(synthetic("images", (c.batch, 3, c.image, c.image))).double()
    labels = torch.from_numpy(synthetic_labels(c.batch, c.classes))
    logits = model(images)
    loss = F.cross_entropy(logits, labels, label_smoothing=LABEL_SMOOTHING)
    out = {"logits": logits, "loss": loss.reshape(1)}
    if isinstance(model, VitX) and not model.settings.all_chosen():
        check_choices(model.choices)
        out["penalty"] = model.penalty.reshape(1)
        loss = loss + model.penalty
    loss.backward()
    for name, p in model.named_parameters():
        if not p.requires_grad:
            continue
        if p.grad is None:  # the last block's prompt, which the head doesn't read
            p.grad = torch.zeros_like(p)
        out["grad." + name] = p.grad if whole_gradients else gradient_sample(name, p.grad)
        if not whole_gradients:
            out["grad_norm." + name] = p.grad.norm().reshape(1)
    return {name: t.detach().float().contiguous().numpy() for name, t in out.items()}


def make_file(folder, name, model, method, settings=None):
    """`settings`: of Adapter-X, those that differ from the defaults."""
    c, start = MODELS[model], time.time()
    vit = Vit(c, method) if settings is None else VitX(c, Mixture(**settings), method)
    tensors = golden_tensors(c, vit, whole_gradients=model == "micro")
    metadata = {key: str(value) for key, value in asdict(c).items()}
    if settings is not None:
        pairs = {"dropout": 0, **settings}
        metadata = {key: value for key, value in metadata.items() if not key.startswith("adapter_")}
        metadata["settings"] = " ".join(f"{key}={str(value).lower()}" for key, value in pairs.items())
    metadata.update(model=model, method=method, seed=str(SEED), position_seed=str(POSITION_SEED),
                    label_smoothing=str(LABEL_SMOOTHING), torch=torch.__version__, numpy=np.__version__)
    path = folder / f"vit_{name}.safetensors"
    save_safetensors(path, tensors, metadata)
    print(f"{path}: loss {tensors['loss'][0]:.6f}, {path.stat().st_size:,} bytes, {time.time() - start:.1f} s")


def all_files():
    """(name, model, method, settings) of each file."""
    for model in MODELS:
        for method in METHODS:
            yield f"{model}_{method}", model, method, None
    for method in METHODS_X:
        yield f"micro_{method}", "micro", method, MICRO_MIXTURE
        yield f"tiny_{method}", "tiny", method, {}
    for name, (method, settings) in VARIANTS.items():
        yield f"micro_{method}_{name}", "micro", method, {**MICRO_MIXTURE, **settings}


def show(name, shape):
    """Prints the first three values and the last of a synthetic tensor as C++ float literals."""
    flat = synthetic(name, tuple(int(n) for n in shape.split(","))).reshape(-1)
    print(", ".join(re.sub("0*p", "p", float(flat[i]).hex()) + "f" for i in (0, 1, 2, len(flat) - 1)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default_folder = Path(__file__).resolve().parent.parent / "tests" / "golden"
    parser.add_argument("--out", type=Path, default=default_folder, help="folder (default: tests/golden)")
    parser.add_argument("--only", default="", metavar="TEXT",
                        help="the files alone whose name holds this, e.g. micro or tiny_adapter_x")
    parser.add_argument("--show", nargs=2, metavar=("NAME", "SHAPE"),
                        help="print synthetic values instead, e.g. --show head.weight 5,24")
    args = parser.parse_args()
    if args.show:
        show(*args.show)
        return
    args.out.mkdir(parents=True, exist_ok=True)
    for name, *what in all_files():
        if args.only in name:
            make_file(args.out, name, *what)


if __name__ == "__main__":
    main()
