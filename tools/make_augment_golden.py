#!/usr/bin/env python3
"""Writes tests/golden/augment.safetensors: what Pillow and torchvision make of small synthetic images.

Needs Pillow >= 9, numpy, torch and torchvision >= 0.14. The images are those of make_pixel_golden.py
(hash_bytes), changed by `kind` so that operations which look at the whole image have something to do:

  0 as they are, 1 values 50 + v / 4, 2 values v & 192, 3 black and white, 4 one colour

  colour.cases   I64 [n, 5]  operation (order of OPERATIONS below), height, width, seed, kind
  colour.values  F32 [n]     its parameter
  colour.bytes   U8 [...]    the results, [height, width, 3] each, one after another
  affine.cases   I64 [m, 3]  height, width, seed
  affine.values  F64 [m, 6]  the matrix
  affine.bytes   U8 [...]
  rand.cases     I64 [k, 4]  operation (order of RAND below), magnitude, 1 where negative, seed
  rand.bytes     U8 [k, 16, 16, 3]  of images of kind 1 for AutoContrast, else 0

    python tools/make_augment_golden.py [FILE]
"""

import pathlib
import sys

import numpy as np
import PIL
import torch
import torchvision
import torchvision.transforms.functional as F
from PIL import Image
from torchvision.transforms import InterpolationMode, autoaugment

from make_pixel_golden import hash_bytes, write_safetensors

OPERATIONS = {
    "brightness": (F.adjust_brightness, [0, 0.1, 0.7, 1, 1.3, 2.75]),
    "contrast": (F.adjust_contrast, [0, 0.1, 0.7, 1, 1.3, 2.75]),
    "saturation": (F.adjust_saturation, [0, 0.1, 0.7, 1, 1.3, 2.75]),
    "sharpness": (F.adjust_sharpness, [0, 0.1, 0.7, 1, 1.9]),
    "hue": (None, [-0.5, -0.1, 0, 0.004, 0.03, 0.25, 0.5]),
    "grey": (lambda image, _: F.to_grayscale(image, 3), [0]),
    "posterize": (lambda image, bits: F.posterize(image, int(bits)), [1, 4, 7, 8]),
    "solarize": (F.solarize, [0, 100.5, 128, 255]),
    "autocontrast": (lambda image, _: F.autocontrast(image), [0]),
    "equalize": (lambda image, _: F.equalize(image), [0]),
}
RAND = ["Identity", "ShearX", "ShearY", "TranslateX", "TranslateY", "Rotate", "Brightness", "Color", "Contrast",
        "Sharpness", "Posterize", "Solarize", "AutoContrast", "Equalize"]


def turn_hue(image, turn):
    """adjust_hue; its conversion of a negative float to uint8 is undefined, here it wraps."""
    hue, *others = image.convert("HSV").split()
    shifted = (np.asarray(hue, np.int64) + int(turn * 255)) % 256
    result = Image.merge("HSV", (Image.fromarray(shifted.astype(np.uint8)), *others)).convert("RGB")
    assert turn < 0 or np.array_equal(np.asarray(result), np.asarray(F.adjust_hue(image, turn)))
    return result


def synthetic(height, width, seed, kind=0):
    v = hash_bytes(height * width * 3, seed).reshape(height, width, 3)
    v = [v, 50 + v // 4, v & 192, np.where(v < 128, 0, 255), np.broadcast_to(v[:1, :1], v.shape)][kind]
    return Image.fromarray(np.ascontiguousarray(v, np.uint8))


def colour_tensors():
    cases, values, results = [], [], []
    for number, (apply, parameters) in enumerate(OPERATIONS.values()):
        for kind, (height, width) in enumerate([(17, 23), (16, 16), (9, 40), (5, 5), (4, 3)]):
            for value in parameters:
                seed = len(cases)
                result = (apply or turn_hue)(synthetic(height, width, seed, kind), value)
                cases.append([number, height, width, seed, kind])
                values.append(value)
                results.append(np.asarray(result).reshape(-1))
    for height, width in [(1, 1), (2, 7), (7, 2), (1, 5)]:  # no inside to sharpen
        seed = len(cases)
        cases.append([3, height, width, seed, 0])
        values.append(0.5)
        results.append(np.asarray(F.adjust_sharpness(synthetic(height, width, seed), 0.5)).reshape(-1))
    return {"colour.cases": np.array(cases, np.int64), "colour.values": np.array(values, np.float32),
            "colour.bytes": np.concatenate(results)}


def affine_tensors():
    cases, values, results = [], [], []
    for height, width in [(17, 23), (16, 16), (9, 40)]:
        for matrix in [(1, 0.21, 0, 0, 1, 0), (1, 0, 0, -0.3, 1, 0), (1, 0, 3, 0, 1, -2), (0.8, -0.6, 4.5, 0.6, 0.8, -3.25),
                       (1.7, 0.01, -5, -0.01, 0.3, 2), (-1, 0.001, 15, 0, -1, 15), (0, 1, 0, 1, 0, 0)]:
            seed = 500 + len(cases)
            image = synthetic(height, width, seed)
            results.append(np.asarray(image.transform(image.size, Image.AFFINE, matrix)).reshape(-1))
            cases.append([height, width, seed])
            values.append(matrix)
    return {"affine.cases": np.array(cases, np.int64), "affine.values": np.array(values, np.float64),
            "affine.bytes": np.concatenate(results)}


def rand_tensors():
    """By the tables and the dispatch of torchvision's RandAugment, with its interpolation and fill."""
    size, cases, results = 16, [], []
    space = autoaugment.RandAugment()._augmentation_space(31, (size, size))
    assert list(space) == RAND
    for number, (name, (magnitudes, signed)) in enumerate(space.items()):
        for bin_ in [0, 4, 9, 15, 30] if magnitudes.ndim else [9]:
            for negative in [0, 1] if signed else [0]:
                seed = 700 + len(cases)
                value = float(magnitudes[bin_]) if magnitudes.ndim else 0.0
                results.append(np.asarray(autoaugment._apply_op(
                    synthetic(size, size, seed, int(name == "AutoContrast")), name, -value if negative else value, InterpolationMode.NEAREST, None)))
                cases.append([number, bin_, negative, seed])
    return {"rand.cases": np.array(cases, np.int64), "rand.bytes": np.stack(results)}


def main():
    default = pathlib.Path(__file__).resolve().parent.parent / "tests" / "golden" / "augment.safetensors"
    path = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    metadata = {"pillow": PIL.__version__, "torch": torch.__version__, "torchvision": torchvision.__version__}
    write_safetensors(path, {**colour_tensors(), **affine_tensors(), **rand_tensors()}, metadata)
    print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
