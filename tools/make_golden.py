#!/usr/bin/env python3
"""Writes the golden values of tests/golden: logits, loss and gradients of small and real ViTs, by PyTorch in float64.

Weights, images and labels are not stored. Both sides make them from the counter-based generator of
adapterx/base/rng.h by the rule of adapterx/models/synthetic_weights.h; `--show` prints values of it.

A file vit_<model>_<method>.safetensors holds
  logits            F32 [batch, classes]
  loss              F32 [1], cross-entropy with label smoothing 0.1, mean over the batch
  grad.<p>          micro: the whole gradient of the trained parameter p, F32 in p's shape
                    tiny, base: its values at the flat positions Rng(2, 0, place_of(p)).bits(j) % size,
                    j < min(64, size)
  grad_norm.<p>     tiny, base: F32 [1], L2 norm of the whole gradient
and, in __metadata__, the configuration. Needs PyTorch >= 1.12 and numpy, nothing else.
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
    if name.endswith("bias"):
        center, spread = 0, 0.1
    elif name.endswith("weight") and len(shape) == 1:
        center, spread = 1, 0.2
    elif name.endswith(("cls_token", "pos_embed")):
        center, spread = 0, 0.5
    elif name == "images":
        center, spread = 0, 1
    else:
        center, spread = 0, math.sqrt(3 / (math.prod(shape) // shape[0]))
    return np.float32(center), np.float32(spread)


def synthetic(name, shape, seed=SEED):
    """center + spread * (2 u - 1), exact before the one rounding to float32."""
    if name.endswith("down_proj.bias"):  # every other ReLU on, the rest off, far from the kink
        return np.resize(np.float32([16, -16]), shape)
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
            p.requires_grad_(is_trained(name, method))

    def forward(self, images):
        x = self.patch_embed.proj(images).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls_token.expand(x.shape[0], -1, -1), x], dim=1) + self.pos_embed
        return self.head(self.norm(self.blocks(x)[:, 0]))


def is_trained(name, method):
    return method == "full" or name.startswith("head.") or ".adaptmlp." in name


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


def golden_tensors(c, method, whole_gradients):
    model = Vit(c, method).double()
    with torch.no_grad():
        for name, p in model.named_parameters():
            p.copy_(torch.from_numpy(synthetic(name, tuple(p.shape))))
    images = torch.from_numpy(synthetic("images", (c.batch, 3, c.image, c.image))).double()
    labels = torch.from_numpy(synthetic_labels(c.batch, c.classes))
    logits = model(images)
    loss = F.cross_entropy(logits, labels, label_smoothing=LABEL_SMOOTHING)
    loss.backward()
    out = {"logits": logits, "loss": loss.reshape(1)}
    for name, p in model.named_parameters():
        if not p.requires_grad:
            continue
        out["grad." + name] = p.grad if whole_gradients else gradient_sample(name, p.grad)
        if not whole_gradients:
            out["grad_norm." + name] = p.grad.norm().reshape(1)
    return {name: t.detach().float().contiguous().numpy() for name, t in out.items()}


def make_file(folder, model, method):
    c, start = MODELS[model], time.time()
    tensors = golden_tensors(c, method, whole_gradients=model == "micro")
    metadata = {key: str(value) for key, value in asdict(c).items()}
    metadata.update(model=model, method=method, seed=str(SEED), position_seed=str(POSITION_SEED),
                    label_smoothing=str(LABEL_SMOOTHING), torch=torch.__version__, numpy=np.__version__)
    path = folder / f"vit_{model}_{method}.safetensors"
    save_safetensors(path, tensors, metadata)
    print(f"{path}: loss {tensors['loss'][0]:.6f}, {path.stat().st_size:,} bytes, {time.time() - start:.1f} s")


def show(name, shape):
    """Prints the first three values and the last of a synthetic tensor as C++ float literals."""
    flat = synthetic(name, tuple(int(n) for n in shape.split(","))).reshape(-1)
    print(", ".join(re.sub("0*p", "p", float(flat[i]).hex()) + "f" for i in (0, 1, 2, len(flat) - 1)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default_folder = Path(__file__).resolve().parent.parent / "tests" / "golden"
    parser.add_argument("--out", type=Path, default=default_folder, help="folder (default: tests/golden)")
    parser.add_argument("--only", choices=MODELS, help="this model alone")
    parser.add_argument("--show", nargs=2, metavar=("NAME", "SHAPE"),
                        help="print synthetic values instead, e.g. --show head.weight 5,24")
    args = parser.parse_args()
    if args.show:
        show(*args.show)
        return
    args.out.mkdir(parents=True, exist_ok=True)
    for model in [args.only] if args.only else MODELS:
        for method in METHODS:
            make_file(args.out, model, method)


if __name__ == "__main__":
    main()
