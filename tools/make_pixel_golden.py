#!/usr/bin/env python3
"""Writes tests/golden/pixels.safetensors: what Pillow and PyTorch make of small synthetic images.

Needs Pillow >= 9, numpy and torch >= 1.12 (ToTensor and Normalize of torchvision are spelled out). Images
are not stored: byte i of image `seed` is the top byte of a hash of i and seed (hash_bytes below; the tests
have the same formula).

  resize.cases  I64 [n, 9]  height, width, channels, resized height, resized width, filter, seed,
                            1 with a box, 1 with the order of passes of Pillow 13 (0: of Pillow 9 to 12)
  resize.boxes  F32 [n, 4]  x0, y0, x1, y1 where the case has a box
  resize.bytes  U8 [...]    the results, [resized height, resized width, channels] each, one after another
  planes.cases  I64 [m, 7]  height, width, channels, resized height, resized width, filter, seed
  planes.values F32 [...]   the results, [resized height, resized width, channels] each
  pixels.stats  F32 [k, 2, 3]  mean and std
  pixels.values F32 [k, 3, 256]  every byte, normalised by them

Filters count as enum Interpolation of kernels/pixels/resample_filter.h does.

    python tools/make_pixel_golden.py [FILE]
"""

import json
import pathlib
import struct
import sys

import numpy as np
import torch
from PIL import Image

NEAREST, BILINEAR, BICUBIC, LANCZOS = range(4)
PILLOW = [Image.NEAREST, Image.BILINEAR, Image.BICUBIC, Image.LANCZOS]
FILTERS = [NEAREST, BILINEAR, BICUBIC, LANCZOS]

# (height, width, channels, resized height, resized width)
SIZES = [
    (37, 53, 3, 20, 31), (37, 53, 1, 20, 31), (20, 31, 3, 37, 53), (20, 31, 1, 37, 53),  # odd sizes
    (64, 48, 3, 32, 24), (17, 19, 3, 17, 8), (17, 19, 3, 5, 19), (17, 19, 1, 17, 40),  # halves; one pass
    (16, 16, 3, 16, 16), (1, 1, 3, 1, 1), (1, 1, 3, 5, 7), (1, 1, 1, 9, 2),  # nothing; one pixel
    (1, 40, 3, 1, 9), (40, 1, 3, 9, 1), (1, 23, 1, 6, 50), (23, 1, 1, 50, 6), (23, 29, 3, 1, 1),
    (2, 700, 3, 3, 5), (700, 2, 1, 5, 3), (3, 2, 3, 2, 400), (300, 200, 3, 3, 2),  # extreme ratios
    (130, 67, 3, 43, 22), (97, 131, 3, 24, 32), (9, 70, 1, 12, 65), (66, 15, 3, 50, 16),
]
# and a box
BOXES = [
    (37, 53, 3, 20, 31, (0.5, 1.25, 50.75, 36.5)), (37, 53, 1, 37, 53, (3.3, 2.7, 41.1, 30.9)),
    (37, 53, 3, 16, 16, (7, 5, 23, 21)), (37, 53, 3, 37, 16, (7, 0, 23, 37)),
    (37, 53, 3, 33, 53, (0, 2, 53, 35)), (37, 53, 3, 9, 53, (0, 0, 53, 37)),
    (20, 31, 3, 40, 40, (10.1, 5.1, 11.2, 6.3)), (20, 31, 1, 7, 9, (30.25, 19.5, 31, 20)),
]
# (height, width, channels, resized height, resized width)
PLANES = [
    (7, 7, 5, 14, 14), (14, 14, 3, 7, 7), (14, 14, 4, 24, 24), (37, 37, 2, 16, 16), (16, 16, 3, 37, 30),
    (5, 9, 3, 5, 9), (1, 6, 3, 4, 2), (12, 1, 2, 5, 3), (32, 24, 2, 3, 5),
]
STATS = [([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]), ([0.5] * 3, [0.5] * 3),
         ([0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711])]


def hash_bytes(count, seed):
    """Bytes by a mix of shifts and multiplications of 32-bit integers."""
    x = np.arange(1, count + 1, dtype=np.uint32) + np.uint32(seed * 1000003 % 2**32)
    x ^= x >> 16
    x *= np.uint32(0x7FEB352D)
    x ^= x >> 15
    x *= np.uint32(0x846CA68B)
    x ^= x >> 16
    return (x >> 24).astype(np.uint8)


def resize_in_passes(image, size, resample, box, vertical_first):
    """The same by two calls that have one pass each, so that any Pillow gives either order."""
    (w, h), (rw, rh), (x0, y0, x1, y1) = image.size, size, box
    if vertical_first:
        return image.resize((w, rh), resample, (0, y0, w, y1)).resize(size, resample, (x0, 0, x1, rh))
    return image.resize((rw, h), resample, (x0, 0, x1, h)).resize(size, resample, (0, y0, rw, y1))


def resize_tensors():
    cases, boxes, results = [], [], []
    modern = int(Image.__version__.split(".")[0]) >= 13
    for seed, (size, f) in enumerate((s, f) for s in [s + (None,) for s in SIZES] + BOXES for f in FILTERS):
        h, w, c, rh, rw, box = size
        pixels = hash_bytes(h * w * c, seed).reshape(h, w, c)
        if seed % 3 == 0:  # black and white: overshoot clips at both ends
            pixels = np.where(pixels < 128, 0, 255).astype(np.uint8)
        image = Image.fromarray(pixels if c == 3 else pixels[:, :, 0])
        tall = h - rh > max(0, 2 * (w - rw))
        whole = box or (0, 0, w, h)
        for order in [0, 1] if tall else [0]:
            result = np.asarray(resize_in_passes(image, (rw, rh), PILLOW[f], whole, order == 1))
            if order == (tall and modern):
                assert np.array_equal(result, np.asarray(image.resize((rw, rh), PILLOW[f], box))), size
            results.append(result.reshape(-1))
            cases.append([h, w, c, rh, rw, f, seed, int(box is not None), order])
            boxes.append(whole)
    return {
        "resize.cases": np.array(cases, np.int64),
        "resize.boxes": np.array(boxes, np.float32),
        "resize.bytes": np.concatenate(results),
    }


def plane_tensors():
    cases, results = [], []
    for h, w, c, rh, rw in PLANES:
        for f, mode in [(BILINEAR, "bilinear"), (BICUBIC, "bicubic")]:
            seed = 1000 + len(cases)
            values = hash_bytes(h * w * c, seed).astype(np.float64).reshape(1, h, w, c) / 255 - 0.5
            planes = torch.from_numpy(values.astype(np.float32).astype(np.float64)).permute(0, 3, 1, 2)
            resized = torch.nn.functional.interpolate(
                planes, size=(rh, rw), mode=mode, antialias=True, align_corners=False)
            results.append(resized.permute(0, 2, 3, 1).reshape(-1).to(torch.float32).numpy())
            cases.append([h, w, c, rh, rw, f, seed])
    return {"planes.cases": np.array(cases, np.int64), "planes.values": np.concatenate(results)}


def pixel_tensors():
    """ToTensor: a division by 255. Normalize: in place, mean taken off, divided by std, all f32."""
    values = []
    for mean, std in STATS:
        x = torch.arange(256, dtype=torch.uint8).expand(3, 256).contiguous().to(torch.float32).div(255)
        x.sub_(torch.tensor(mean).view(3, 1)).div_(torch.tensor(std).view(3, 1))
        values.append(x.numpy())
    return {"pixels.stats": np.array(STATS, np.float32), "pixels.values": np.stack(values)}


def write_safetensors(path, tensors, metadata):
    names = {np.dtype(np.int64): "I64", np.dtype(np.float64): "F64", np.dtype(np.float32): "F32",
             np.dtype(np.uint8): "U8"}
    header, data = {"__metadata__": metadata}, b""
    for name, value in sorted(tensors.items(), key=lambda item: -item[1].itemsize):
        start = len(data)
        data += np.ascontiguousarray(value).tobytes()
        header[name] = {"dtype": names[value.dtype], "shape": list(value.shape),
                        "data_offsets": [start, len(data)]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def main():
    default = pathlib.Path(__file__).resolve().parent.parent / "tests" / "golden" / "pixels.safetensors"
    path = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    metadata = {"pillow": Image.__version__, "torch": torch.__version__}
    write_safetensors(path, {**resize_tensors(), **plane_tensors(), **pixel_tensors()}, metadata)
    print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
