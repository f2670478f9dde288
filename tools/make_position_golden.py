#!/usr/bin/env python3
"""Writes tests/golden/positions.safetensors: position embeddings resampled by the libraries' own functions.

The embedding of a family with p rows before the grid is synthetic("pos_embed", [1, p + g * g, 8]) of
make_golden.py, which the tests have, too. Tensor <family>.<g>.<G> F32 [1, p + G * G, 8] is what the library makes
of it for a grid of G x G; the metadata say by which library, and p. Families are those of
adapterx/models/checkpoint/key_maps.cc, with "_registers" and "_distilled" where these resample by other code.

  dino, dinov2         DinoVisionTransformer of DINOv2's first release, whose interpolate_pos_encoding is DINO's
  dinov2_registers     Hugging Face's Dinov2WithRegisters, since no package has DINOv2's later releases: these
                       build models with registers by interpolate_offset=0.0, interpolate_antialias=True
  mae                  Hugging Face's ViTMAE; the official util/pos_embed.py has the same call of interpolate
  openai_clip          open_clip, which loads OpenAI's files
  jax                  timm's loader of .npz

Needs tools/requirements.txt and dinov2==0.0.1.dev2 (without its dependencies: pip install --no-deps --pre).

    python tools/make_position_golden.py [FILE]
"""
import sys
from collections import OrderedDict
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import numpy as np
import open_clip
import timm
import torch
import torchvision
import transformers
from dinov2.models.vision_transformer import DinoVisionTransformer
from make_family_golden import config, jax_arrays, timm_model
from make_golden import save_safetensors, synthetic
from open_clip.model import resize_pos_embed
from timm.models.vision_transformer import checkpoint_filter_fn
from torchvision.models.vision_transformer import interpolate_embeddings
from transformers.models.clip.modeling_clip import CLIPVisionEmbeddings
from transformers.models.deit.modeling_deit import DeiTEmbeddings
from transformers.models.dinov2.modeling_dinov2 import Dinov2Embeddings
from transformers.models.dinov2_with_registers.modeling_dinov2_with_registers import Dinov2WithRegistersEmbeddings
from transformers.models.vit.modeling_vit import ViTEmbeddings
from transformers.models.vit_mae.modeling_vit_mae import ViTMAEEmbeddings

WIDTH, PATCH = 8, 4
SIZES = [(7, 5), (7, 12), (37, 8)]
HF = f"transformers {transformers.__version__}"
TIMM = f"timm {timm.__version__}"
OPEN_CLIP = f"open_clip {open_clip.__version__}"
HUB = "dinov2 0.0.1.dev2"


def hf(embeddings, config):
    """interpolate_pos_encoding of an Embeddings module of Hugging Face."""
    def resample(positions, prefix, grid, out_grid):
        c = config(hidden_size=WIDTH, num_hidden_layers=1, num_attention_heads=1, intermediate_size=WIDTH,
                   image_size=grid * PATCH, patch_size=PATCH)
        module = embeddings(c)
        if hasattr(module, "position_embedding"):  # CLIP's
            module.position_embedding.weight.copy_(positions[0])
        else:
            module.position_embeddings.copy_(positions)
        tokens = torch.zeros(1, prefix + out_grid**2, WIDTH)
        return module.interpolate_pos_encoding(tokens, out_grid * PATCH, out_grid * PATCH)
    return resample


def hub(positions, prefix, grid, out_grid):
    model = DinoVisionTransformer(img_size=grid * PATCH, patch_size=PATCH, embed_dim=WIDTH, depth=1, num_heads=1)
    model.pos_embed.copy_(positions)
    tokens = torch.zeros(1, prefix + out_grid**2, WIDTH)
    return model.interpolate_pos_encoding(tokens, out_grid * PATCH, out_grid * PATCH)


def timm_config(grid):
    return config(image_size=grid * PATCH, patch_size=PATCH, width=WIDTH, heads=1, depth=1)


def timm_filter(positions, prefix, grid, out_grid):
    model = timm_model(timm_config(out_grid))
    return checkpoint_filter_fn({"pos_embed": positions}, model)["pos_embed"]


def timm_npz(positions, prefix, grid, out_grid):
    model, resampled = timm_model(timm_config(grid)), timm_model(timm_config(out_grid))
    model.pos_embed.copy_(positions)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "vit.npz"
        np.savez(path, **jax_arrays(model, timm_config(grid)))
        resampled.load_pretrained(str(path))
    return resampled.pos_embed


def open_clip_state(positions, prefix, grid, out_grid):
    state = {"visual.positional_embedding": positions[0]}
    resize_pos_embed(state, SimpleNamespace(visual=SimpleNamespace(grid_size=(out_grid, out_grid))))
    return state["visual.positional_embedding"][None]


def torchvision_state(positions, prefix, grid, out_grid):
    state = OrderedDict({"encoder.pos_embedding": positions})
    return interpolate_embeddings(out_grid * PATCH, PATCH, state)["encoder.pos_embedding"]


# family: (library, rows before the grid, function)
FAMILIES = {
    "dinov2": (HUB, 1, hub),
    "dinov2_registers": (HF, 1, hf(Dinov2WithRegistersEmbeddings, transformers.Dinov2WithRegistersConfig)),
    "mae": (HF, 1, hf(ViTMAEEmbeddings, transformers.ViTMAEConfig)),
    "dino": (HUB, 1, hub),
    "timm_clip": (TIMM, 1, timm_filter),
    "timm": (TIMM, 1, timm_filter),
    "hf_dinov2": (HF, 1, hf(Dinov2Embeddings, transformers.Dinov2Config)),
    "hf_dinov2_registers": (HF, 1, hf(Dinov2WithRegistersEmbeddings, transformers.Dinov2WithRegistersConfig)),
    "hf_vit": (HF, 1, hf(ViTEmbeddings, transformers.ViTConfig)),
    "hf_vit_distilled": (HF, 2, hf(DeiTEmbeddings, transformers.DeiTConfig)),
    "hf_clip": (HF, 1, hf(CLIPVisionEmbeddings, transformers.CLIPVisionConfig)),
    "openai_clip": (OPEN_CLIP, 1, open_clip_state),
    "clip": (OPEN_CLIP, 1, open_clip_state),
    "torchvision": (f"torchvision {torchvision.__version__.split('+')[0]}", 1, torchvision_state),
    "jax": (TIMM, 1, timm_npz),
}


def main():
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent / "tests/golden/positions.safetensors"
    torch.set_num_threads(1)
    tensors, metadata = {}, {"torch": torch.__version__.split("+")[0]}
    with torch.no_grad():
        for family, (library, prefix, resample) in FAMILIES.items():
            metadata[family] = f"{library}, prefix {prefix}"
            for grid, out_grid in SIZES:
                positions = torch.from_numpy(synthetic("pos_embed", (1, prefix + grid**2, WIDTH)))
                got = resample(positions.clone(), prefix, grid, out_grid)
                assert got.shape == (1, prefix + out_grid**2, WIDTH) and got.dtype == torch.float32
                assert torch.equal(got[:, :prefix], positions[:, :prefix])
                tensors[f"{family}.{grid}.{out_grid}"] = got.contiguous().numpy()
    save_safetensors(path, tensors, metadata)
    print(path, path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
