#!/usr/bin/env python3
"""Writes tests/golden/pipelines.safetensors: images of tests/images as timm and torchvision prepare them for a model.

One F32 tensor [3, size, size] a case, named <image>|<pipeline>. The pipelines:
  timm_<mean>_<crop_mode>_<interpolation>_<crop_pct>   timm.data.create_transform(input_size=(3, 32, 32), ...)
  torchvision_40_32_bilinear                           torchvision's ImageClassification preset (resize 40, crop 32)
  vtab                                                 Resize((32, 32), bicubic) and ToTensor alone
Needs timm, torchvision, Pillow < 13 or images no taller than twice their width (Pillow 13 changed the order of passes).
"""
from pathlib import Path

import numpy as np
from PIL import Image
from safetensors.numpy import save_file
from timm.data import IMAGENET_DEFAULT_MEAN, IMAGENET_DEFAULT_STD, create_transform
from torchvision import transforms
from torchvision.transforms._presets import ImageClassification

SIZE = 32
TESTS = Path(__file__).resolve().parent.parent / "tests"
IMAGES = ("420.jpg", "large.jpg", "rgb_8.png", "grey_8.png")


def timm(mean, std, mode, interpolation, crop_pct):
    return create_transform(input_size=(3, SIZE, SIZE), is_training=False, mean=mean, std=std, crop_mode=mode,
                            interpolation=interpolation, crop_pct=crop_pct)


HALF = (0.5, 0.5, 0.5)
PIPELINES = {
    "timm_half_center_bicubic_0.9": timm(HALF, HALF, "center", "bicubic", 0.9),
    "timm_imagenet_center_bicubic_0.875": timm(IMAGENET_DEFAULT_MEAN, IMAGENET_DEFAULT_STD, "center", "bicubic", 0.875),
    "timm_half_squash_bilinear_1": timm(HALF, HALF, "squash", "bilinear", 1.0),
    "torchvision_40_32_bilinear": ImageClassification(crop_size=SIZE, resize_size=40),
    "vtab": transforms.Compose([transforms.Resize((SIZE, SIZE), transforms.InterpolationMode.BICUBIC),
                                transforms.ToTensor()]),
}


def main():
    tensors = {}
    for name in IMAGES:
        path = TESTS / "images" / name
        if not path.exists():
            continue
        for pipeline, transform in PIPELINES.items():
            tensors[f"{name}|{pipeline}"] = np.ascontiguousarray(transform(Image.open(path).convert("RGB")))
    path = TESTS / "golden" / "pipelines.safetensors"
    save_file(tensors, path)
    print(f"{path}: {len(tensors)} cases, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
