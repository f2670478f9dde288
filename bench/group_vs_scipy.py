#!/usr/bin/env python3
"""Nearest points of point clouds, ours against SciPy's cKDTree, in turns, on the same points and centres.

`adapterx bench group` makes the clouds, samples the centres and finds the nearest points of each; its points and
centres go to SciPy, which builds a tree for each cloud and asks it. Building is part of the time, as ours has
nothing to build; the time of the queries alone is shown, too. Then both answers are compared, by distance.
Farthest point sampling, which SciPy has not, is timed apart. Needs SciPy and NumPy.
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

import numpy as np
from scipy.spatial import cKDTree

ROOT = Path(__file__).resolve().parent.parent


def run_ours(args, *more):
    command = [str(args.ours), "bench", "group", "--json", "--threads", str(args.threads), "--repeat", str(args.repeat),
               "--batch", str(args.batch), "--points", str(args.points), "--groups", str(args.groups),
               "--group-size", str(args.group_size), *more]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"group_vs_scipy.py: {done.stderr.strip()}")
    return json.loads(done.stdout)


def run_scipy(data, args):
    """Seconds with and without building the trees, and the distances found."""
    start = time.perf_counter()
    trees = [cKDTree(cloud) for cloud in data["points"]]
    built = time.perf_counter()
    found = [tree.query(centers, k=args.group_size, workers=args.threads)
             for tree, centers in zip(trees, data["centers"])]
    end = time.perf_counter()
    return end - start, end - built, np.stack([f[0] for f in found]).reshape(data["neighbour_points"].shape)


def difference(data, theirs):
    """The greatest difference of the sorted distances."""
    near = np.stack([cloud[index] for cloud, index in zip(data["points"], data["neighbour_points"])]).astype(float)
    ours = np.linalg.norm(near - data["centers"][:, :, None, :], axis=-1)
    return float(np.abs(ours - theirs).max())


def measure(args):
    rows = {"ours": [], "scipy": [], "scipy_queries": [], "farthest_points": [], "group": []}
    with tempfile.TemporaryDirectory() as folder:
        run_ours(args, "--save", f"{folder}/groups.npz")
        data = dict(np.load(f"{folder}/groups.npz"))
    _, _, theirs = run_scipy(data, args)
    for i in range(args.rounds):
        ours = run_ours(args)
        rows["ours"].append(ours["nearest_points_ms"])
        rows["farthest_points"].append(ours["farthest_points_ms"])
        rows["group"].append(ours["group_ms"])
        times = [run_scipy(data, args)[:2] for _ in range(args.repeat)]
        rows["scipy"].append(1e3 * statistics.median(t[0] for t in times))
        rows["scipy_queries"].append(1e3 * statistics.median(t[1] for t in times))
        print(f"round {i + 1}/{args.rounds}", file=sys.stderr, flush=True)
    each = [b / a for a, b in zip(rows["ours"], rows["scipy"])]
    queries = [b / a for a, b in zip(rows["ours"], rows["scipy_queries"])]
    return {"threads": args.threads, **{f"{k}_ms": statistics.median(v) for k, v in rows.items()},
            "ratio": statistics.median(each), "min_ratio": min(each), "max_ratio": max(each),
            "ratio_queries": statistics.median(queries), "max_difference": difference(data, theirs)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--points", type=int, default=2048)
    parser.add_argument("--groups", type=int, default=128)
    parser.add_argument("--group-size", type=int, default=32)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--repeat", type=int, default=9, help="runs a round, of which the median counts")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--ours", type=Path, default=ROOT / "build" / "release" / "bin" / "adapterx")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the lines")
    args = parser.parse_args()
    r = measure(args)
    if args.json:
        print(json.dumps(r, indent=1))
        return
    print(f"nearest points, {args.threads} threads: ours {r['ours_ms']:.2f} ms, SciPy {r['scipy_ms']:.2f} ms (queries "
          f"{r['scipy_queries_ms']:.2f}), ratio {r['ratio']:.1f} ({r['min_ratio']:.1f} to {r['max_ratio']:.1f}), to the "
          f"queries {r['ratio_queries']:.1f}")
    print(f"farthest points {r['farthest_points_ms']:.2f} ms, whole grouping {r['group_ms']:.2f} ms")
    print(f"distances differ by at most {r['max_difference']:.1e}")


if __name__ == "__main__":
    main()
