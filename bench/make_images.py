#!/usr/bin/env python3
"""JPEGs like photographs, for measuring preprocessing: OUT/500x375 and OUT/1280x960, 4:2:0.

The images of FOLDER (any size) scaled up with a little noise, or, without a folder, smooth shapes and noise.
The same arguments give the same pixels. Needs Pillow and numpy.
"""
import argparse
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIZES = ((500, 375), (1280, 960))
QUALITIES = (75, 80, 85, 90, 95)
NAMES = (".jpg", ".jpeg", ".png", ".webp")


def drawn(rng):
    image = Image.new("RGB", (320, 240), tuple(rng.integers(0, 256, 3).tolist()))
    draw = ImageDraw.Draw(image)
    for _ in range(40):
        x, y = rng.integers(-40, 320), rng.integers(-40, 240)
        corners = [int(v) for v in (x, y, x + rng.integers(8, 120), y + rng.integers(8, 120))]
        shape = draw.ellipse if rng.random() < 0.5 else draw.rectangle
        shape(corners, fill=tuple(rng.integers(0, 256, 3).tolist()))
    return image.filter(ImageFilter.GaussianBlur(1))


def photograph(image, size, rng):
    """Fine grain over a scaled image: detail in every block, as a sensor gives."""
    pixels = np.asarray(image.resize(size, Image.Resampling.BICUBIC), dtype=np.float32)
    noise = rng.normal(0, 4, pixels.shape[:2])[..., None] + rng.normal(0, 2, pixels.shape)
    return Image.fromarray((pixels + noise).clip(0, 255).astype(np.uint8))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--source", type=Path, metavar="FOLDER", help="images to scale up (default: drawn shapes)")
    parser.add_argument("--count", type=int, default=100, help="files of each size (default 100)")
    args = parser.parse_args()
    files = sorted(p for p in args.source.rglob("*") if p.suffix.lower() in NAMES) if args.source else []
    if args.source and not files:
        sys.exit(f"make_images.py: no image in {args.source}")
    rng = np.random.default_rng(0)
    for size in SIZES:
        folder = args.out / "{}x{}".format(*size)
        folder.mkdir(parents=True, exist_ok=True)
        for i in range(args.count):
            image = Image.open(files[i * len(files) // args.count]).convert("RGB") if files else drawn(rng)
            quality = QUALITIES[i % len(QUALITIES)]
            photograph(image, size, rng).save(folder / f"{i:03}.jpg", quality=quality, subsampling="4:2:0")


if __name__ == "__main__":
    main()
