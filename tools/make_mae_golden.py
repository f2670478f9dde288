#!/usr/bin/env python3
"""Writes the golden values of tests/golden/mae_*: a small masked autoencoder of images by PyTorch in float64.

The model is written from its paper (He et al., arXiv 2111.06377), by other means than the engine's: all patches are
embedded before the hidden ones are dropped, and the decoder sees its tokens in the image's order. Weights and images
come from their names as in tools/make_golden.py; the mask is that of the engine's first step, drawn here by selection
sampling (Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S). A file mae_<name>.safetensors holds
  features   F32 [batch, width], the class token after the encoder's norm
  loss       F32 [1]
  grad.<p>   the whole gradient of the parameter p, F32 in p's shape
and, in __metadata__, the configuration.
Needs PyTorch >= 1.12 and numpy, nothing else.
"""
import argparse
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
from torch import nn

from make_golden import Block, Config, explicit_attention, first_bits, place_of, save_safetensors, synthetic

ENCODER = Config(image=16, patch=4, width=24, depth=2, heads=3, batch=3)
DECODER = replace(ENCODER, width=16, depth=1, heads=2)
MASK_RATIO = 0.75
FILES = {"micro": True, "micro_pixels": False}  # name: whether patches are standardised


def hidden_patches(batch, patches, hidden, seed=0, step=0):
    """Boolean [batch, patches]."""
    bits = first_bits(seed, step, place_of("mask"), batch * patches).reshape(batch, patches)
    mask = np.zeros((batch, patches), dtype=bool)
    for b in range(batch):
        for t in range(patches):
            chance, wanted = bits[b, t] / 2**32, hidden - mask[b].sum()
            mask[b, t] = chance * (patches - t) < wanted
    return torch.from_numpy(mask)


class Mae(nn.Module):
    def __init__(self, c, d):
        super().__init__()
        self.c = c
        patches, numbers = (c.image // c.patch) ** 2, 3 * c.patch**2
        self.cls_token = nn.Parameter(torch.zeros(1, 1, c.width))
        self.pos_embed = nn.Parameter(torch.zeros(1, 1 + patches, c.width))
        self.patch_embed = nn.Module()
        self.patch_embed.proj = nn.Conv2d(3, c.width, c.patch, stride=c.patch)
        self.blocks = nn.Sequential(*(Block(c, False, explicit_attention) for _ in range(c.depth)))
        self.norm = nn.LayerNorm(c.width, eps=1e-6)
        self.decoder_embed = nn.Linear(c.width, d.width)
        self.mask_token = nn.Parameter(torch.zeros(1, 1, d.width))
        self.decoder_pos_embed = nn.Parameter(torch.zeros(1, 1 + patches, d.width))
        self.decoder_blocks = nn.Sequential(*(Block(d, False, explicit_attention) for _ in range(d.depth)))
        self.decoder_norm = nn.LayerNorm(d.width, eps=1e-6)
        self.decoder_pred = nn.Linear(d.width, numbers)

    def targets(self, images, standardised):
        """Pixels of each patch, by channel, row and column."""
        p = self.c.patch
        x = images.unfold(2, p, p).unfold(3, p, p).permute(0, 2, 3, 1, 4, 5).flatten(3).flatten(1, 2)
        if standardised:
            x = (x - x.mean(dim=-1, keepdim=True)) / (x.var(dim=-1, keepdim=True) + 1e-6).sqrt()
        return x

    def forward(self, images, hidden, standardised):
        b = images.shape[0]
        x = self.patch_embed.proj(images).flatten(2).transpose(1, 2) + self.pos_embed[:, 1:]
        seen = x[~hidden].reshape(b, -1, x.shape[-1])
        cls = (self.cls_token + self.pos_embed[:, :1]).expand(b, -1, -1)
        encoded = self.norm(self.blocks(torch.cat([cls, seen], dim=1)))
        y = self.decoder_embed(encoded)
        tokens = self.mask_token.repeat(b, hidden.shape[1], 1)
        tokens = tokens.masked_scatter(~hidden.unsqueeze(-1), y[:, 1:])
        z = torch.cat([y[:, :1], tokens], dim=1) + self.decoder_pos_embed
        drawn = self.decoder_pred(self.decoder_norm(self.decoder_blocks(z)))[:, 1:]
        error = (drawn - self.targets(images, standardised)).square().mean(dim=-1)
        return encoded[:, 0], error[hidden].mean()


def make_file(folder, name, standardised):
    c = ENCODER
    patches = (c.image // c.patch) ** 2
    model = Mae(c, DECODER).double()
    with torch.no_grad():
        for parameter, p in model.named_parameters():
            p.copy_(torch.from_numpy(synthetic(parameter, tuple(p.shape))))
    images = torch.from_numpy(synthetic("images", (c.batch, 3, c.image, c.image))).double()
    features, loss = model(images, hidden_patches(c.batch, patches, int(MASK_RATIO * patches)), standardised)
    loss.backward()
    tensors = {"features": features, "loss": loss.reshape(1)}
    tensors.update({f"grad.{parameter}": p.grad for parameter, p in model.named_parameters()})
    metadata = {**{f"decoder_{key}": str(value) for key, value in asdict(DECODER).items()},
                **{key: str(value) for key, value in asdict(c).items()}, "mask_ratio": str(MASK_RATIO),
                "norm_pix_loss": str(standardised).lower(), "torch": torch.__version__, "numpy": np.__version__}
    path = folder / f"mae_{name}.safetensors"
    save_safetensors(path, {n: t.detach().float().contiguous().numpy() for n, t in tensors.items()}, metadata)
    print(f"{path}: loss {loss.item():.6f}, {path.stat().st_size:,} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default_folder = Path(__file__).resolve().parent.parent / "tests" / "golden"
    parser.add_argument("--out", type=Path, default=default_folder, help="folder (default: tests/golden)")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    for name, standardised in FILES.items():
        make_file(args.out, name, standardised)


if __name__ == "__main__":
    main()
