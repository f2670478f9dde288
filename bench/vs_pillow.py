#!/usr/bin/env python3
"""Preprocessing of image files, ours against Pillow's with torchvision, in turns, one thread each.

Both turn every file into a model's input: decode to RGB, bicubic resize of the short side, centre crop,
normalisation (preset `half`). Two comparisons, CPU seconds, medians over the rounds:
  pixels   decode, resize and crop:  Image.open(f).convert("RGB"), Resize, CenterCrop
  inputs   the same with ToTensor and Normalize
Then the inputs of both are compared value by value; files turned by EXIF differ, as Pillow's convert leaves them
as stored. Needs Pillow, torch, torchvision and numpy.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CROP_PCT = 0.9


def pipelines(size):
    import torch
    from torchvision.transforms import CenterCrop, Compose, InterpolationMode, Normalize, Resize, ToTensor
    torch.set_num_threads(1)
    crop = [Resize(int(size / CROP_PCT), InterpolationMode.BICUBIC), CenterCrop(size)]
    half = (0.5, 0.5, 0.5)
    return {"pixels": Compose(crop), "inputs": Compose([*crop, ToTensor(), Normalize(half, half)])}


def load(file, transform):
    from PIL import Image
    return transform(Image.open(file).convert("RGB"))


def seconds_of(files, transform):
    start = time.process_time()
    for file in files:
        load(file, transform)
    return time.process_time() - start


def run_ours(args, *more):
    command = [str(args.ours), "bench", "images", *map(str, args.files), "--size", str(args.size),
               "--threads", "1", "--repeat", "1", "--json", *more]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"vs_pillow.py: {done.stderr.strip()}")
    return json.loads(done.stdout)


def differences(args, transform):
    """The greatest |ours - theirs| in steps of a pixel, and the share of values that differ."""
    import numpy as np
    theirs = np.stack([load(f, transform).numpy() for f in args.files])
    with tempfile.TemporaryDirectory() as folder:
        run_ours(args, "--save", f"{folder}/inputs.npz")
        ours = np.load(f"{folder}/inputs.npz")["inputs"]
    difference = np.abs(ours - theirs)
    return {"max_difference_steps": float(difference.max() * 127.5), "differing_share": float((difference > 0).mean())}


def images_of(paths):
    files = []
    for path in paths:
        files += sorted(f for f in path.rglob("*") if f.suffix.lower() in (".jpg", ".jpeg", ".png", ".webp")) \
            if path.is_dir() else [path]
    if not files:
        sys.exit("vs_pillow.py: no images found")
    return files


def measure(args):
    transforms = pipelines(args.size)
    seconds = {(side, part): [] for side in ("ours", "theirs") for part in transforms}
    for transform in transforms.values():
        seconds_of(args.files[:10], transform)
    for i in range(args.rounds):
        ours = run_ours(args)
        seconds["ours", "inputs"] += ours["cpu_seconds"]
        seconds["ours", "pixels"].append((ours["decode_ms"] + ours["resize_ms"]) * len(args.files) / 1e3)
        for part, transform in transforms.items():
            seconds["theirs", part].append(seconds_of(args.files, transform))
        print(f"round {i + 1}/{args.rounds}", file=sys.stderr, flush=True)
    rows = {}
    for part in transforms:
        rate = {side: len(args.files) / statistics.median(seconds[side, part]) for side in ("ours", "theirs")}
        each = [b / a for a, b in zip(seconds["ours", part], seconds["theirs", part])]
        rows[part] = {"ours_images_per_core_s": rate["ours"], "theirs_images_per_core_s": rate["theirs"],
                      "ratio": statistics.median(each), "min_ratio": min(each), "max_ratio": max(each)}
    return {"images": len(args.files), **rows, **differences(args, transforms["inputs"])}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", type=Path, nargs="+", help="images, or folders of them")
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--ours", type=Path, default=ROOT / "build" / "release" / "bin" / "adapterx")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    args = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    args.files = images_of(args.paths)
    result = measure(args)
    if args.json:
        print(json.dumps(result, indent=1))
        return
    for part in ("pixels", "inputs"):
        r = result[part]
        print(f"{part}: ours {r['ours_images_per_core_s']:.0f}, theirs {r['theirs_images_per_core_s']:.0f} images per "
              f"core second, ratio {r['ratio']:.2f} ({r['min_ratio']:.2f} to {r['max_ratio']:.2f})")
    print(f"inputs differ by at most {result['max_difference_steps']:.3f} steps of 1/255, in "
          f"{100 * result['differing_share']:.4f} % of the values")


if __name__ == "__main__":
    main()
