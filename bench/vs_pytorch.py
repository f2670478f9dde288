#!/usr/bin/env python3
"""One training step, ours against PyTorch's, taken in turns in one run.

The driver calls, for each round, our program and then each PyTorch variant as a process of its own, so that
all see the same machine in the same state. PyTorch variants are <precision>-<mode>:
  fp32             as written
  bf16             autocast: fp32 weights cast at every use
  bf16-weights     autocast, and the frozen weights stored in bf16
  eager | compile  as written | torch.compile (inductor; needs a C++ compiler)
Same model, batch, classes, threads, loss and optimizer (AdamW on the trained parameters) for all; random
images or, of point models, clouds, which a step groups first: PyTorch's seconds are given without the grouping, too.
Seconds are medians over the steps of all rounds, after warm-up; memory is the process's peak
(VmHWM). Needs PyTorch >= 1.12 and numpy for the workers, only Python for the driver.
"""
import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VITS = {"vit_tiny_patch16_224": "tiny", "vit_base_patch16_224": "base"}
POINT_MODELS = ("point_mae",)
METHODS = {"vit": ("adaptformer", "linear_probe", "full"), "points": ("dapt_x", "dapt", "linear_probe", "full")}
OURS = ("ours-bf16", "ours-fp32")
PRECISIONS = ("fp32", "bf16", "bf16-weights")
PYTORCH = tuple(f"{p}-{mode}" for mode in ("eager", "compile") for p in PRECISIONS)


# ---- Worker: one PyTorch variant, in its own process


def peak_rss_mb():
    try:
        text = Path("/proc/self/status").read_text()
        return int(text.split("VmHWM:")[1].split()[0]) / 1024
    except (OSError, IndexError):
        import resource
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)


def build_vit(args):
    """The ViT of tools/make_golden.py with PyTorch's fastest attention and default initial weights."""
    sys.path.insert(0, str(ROOT / "tools"))
    import make_golden
    import torch
    import torch.nn.functional as F
    config = make_golden.MODELS[VITS[args.model]]
    attention = getattr(F, "scaled_dot_product_attention", make_golden.explicit_attention)
    model = make_golden.Vit(config, args.method, attention)
    return model, torch.randn(args.batch, 3, 224, 224), config.classes


def build_points(args):
    import point_peer
    import torch
    config = point_peer.MODELS[args.model]
    return point_peer.PointPeer(config, args.method), torch.rand(args.batch, config.points, 3), config.classes


def build_model(args):
    """Model, inputs and number of classes."""
    import torch
    model, inputs, classes = build_points(args) if args.model in POINT_MODELS else build_vit(args)
    if args.precision == "bf16-weights":
        for p in model.parameters():
            if not p.requires_grad and p.dim() > 1:
                p.data = p.data.to(torch.bfloat16)
    return model, inputs, classes


def build_optimizer(parameters):
    import torch
    for extra in ({"fused": True}, {"foreach": True}, {}):
        try:
            return torch.optim.AdamW(parameters, lr=1e-3, weight_decay=0.05, **extra)
        except (TypeError, RuntimeError):
            continue


def worker(args):
    import torch
    import torch.nn.functional as F
    torch.manual_seed(0)
    torch.set_num_threads(args.threads)
    model, inputs, classes = build_model(args)
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = build_optimizer(trained)
    labels = torch.randint(classes, (args.batch,))

    def loss_of(inputs, labels):
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=args.precision != "fp32"):
            logits = model(inputs)
        return F.cross_entropy(logits.float(), labels, label_smoothing=0.1) + getattr(model, "penalty", 0)

    if args.worker == "compile":
        loss_of = torch.compile(loss_of)
    seconds, grouping = [], []
    for _ in range(args.warmup + args.steps):
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(inputs, labels)
        loss.backward()
        optimizer.step()
        value = loss.item()
        seconds.append(time.perf_counter() - start)
        grouping.append(getattr(model, "grouping_seconds", 0.0))
    if value != value:
        raise RuntimeError("the loss is not a number")
    print(json.dumps({"step_seconds": seconds[args.warmup:], "warmup_seconds": seconds[:args.warmup],
                      "grouping_seconds": grouping[args.warmup:],
                      "peak_rss_mb": peak_rss_mb(), "loss": value, "torch": torch.__version__,
                      "trained": sum(p.numel() for p in trained)}))


# ---- Driver


def command_of(variant, args):
    common = ["--model", args.model, "--method", args.method, "--batch", str(args.batch),
              "--steps", str(args.steps)]
    if variant in OURS:
        classes = ["--classes", "15"] if args.model in POINT_MODELS else []
        return [str(args.ours), "bench", "step", *common, *classes, "--precision", variant[len("ours-"):], "--json"]
    precision, mode = variant.rsplit("-", 1)
    return [args.python, "-B", str(Path(__file__).resolve()), *common, "--worker", mode, "--precision", precision,
            "--threads", str(args.threads), "--warmup", str(args.warmup)]


def last_line(text):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no output"


def run(variant, args):
    """The process's JSON object, or {"error": why}."""
    env = {**os.environ, "OMP_NUM_THREADS": str(args.threads)}
    try:
        done = subprocess.run(command_of(variant, args), env=env, capture_output=True, text=True)
        if done.returncode != 0:
            return {"error": f"{last_line(done.stderr)} (exit code {done.returncode})"}
        return json.loads(done.stdout[done.stdout.index("{"):])
    except (OSError, ValueError) as e:
        return {"error": str(e)}


def summarize(variant, runs, batch):
    errors = [r["error"] for r in runs if "error" in r]
    if errors:
        return {"variant": variant, "error": errors[0]}
    seconds = [s for r in runs for s in r["step_seconds"]]
    median = statistics.median(seconds)
    row = {"variant": variant, "median_s": median, "min_s": min(seconds), "max_s": max(seconds),
           "samples_per_s": batch / median, "peak_rss_mb": max(r["peak_rss_mb"] for r in runs), "runs": runs}
    grouping = [s for r in runs for s in r.get("grouping_seconds", [])]
    if any(grouping):
        row["ungrouped_s"] = statistics.median(s - g for s, g in zip(seconds, grouping))
    return row


def add_ratios(rows):
    """Their seconds over ours, of the same precision where both were run."""
    ours = {r["variant"]: r["median_s"] for r in rows if r["variant"] in OURS and "median_s" in r}
    for row in rows:
        if "median_s" not in row or not ours:
            continue
        same = row["variant"] if row["variant"] in OURS else "ours-" + row["variant"].split("-")[0]
        row["ratio_to"] = same if same in ours else next(iter(ours))
        row["ratio"] = row["median_s"] / ours[row["ratio_to"]]
        if "ungrouped_s" in row:
            row["ungrouped_ratio"] = row["ungrouped_s"] / ours[row["ratio_to"]]


def print_table(rows):
    print(f"{'variant':<22}{'s/step':>9}{'min':>9}{'max':>9}{'samples/s':>10}{'peak MB':>9}  ratio theirs/ours")
    for r in rows:
        if "error" in r:
            print(f"{r['variant']:<22}  not run: {r['error']}")
            continue
        ratio = f"{r['ratio']:.2f} x {r['ratio_to']}" if "ratio" in r else "-"
        if "ungrouped_s" in r:
            times = f" ({r['ungrouped_ratio']:.2f} x)" if "ungrouped_ratio" in r else ""
            ratio += f"; its grouping left out, {r['ungrouped_s']:.3f} s{times}"
        print(f"{r['variant']:<22}{r['median_s']:>9.3f}{r['min_s']:>9.3f}{r['max_s']:>9.3f}"
              f"{r['samples_per_s']:>10.2f}{r['peak_rss_mb']:>9.0f}  {ratio}")


def choose_variants(args):
    known = OURS + PYTORCH
    variants = args.variants.split(",") if args.variants else list(known)
    methods = METHODS["points" if args.model in POINT_MODELS else "vit"]
    if args.method not in methods:
        sys.exit(f"vs_pytorch.py: no method {args.method} of {args.model} here; known: {', '.join(methods)}")
    unknown = [v for v in variants if v not in known]
    if unknown:
        sys.exit(f"vs_pytorch.py: unknown variant {unknown[0]}; known: {', '.join(known)}")
    if args.pytorch_only:
        variants = [v for v in variants if v not in OURS]
    if args.method == "full":  # nothing is frozen: bf16-weights has no meaning
        variants = [v for v in variants if not v.startswith("bf16-weights")]
    if any(v in OURS for v in variants) and not args.ours.is_file():
        sys.exit(f"vs_pytorch.py: {args.ours} not found; run `make build`, or give --ours PATH or --pytorch-only")
    if not variants:
        sys.exit("vs_pytorch.py: no variant left to run")
    return variants


def drive(args):
    variants = choose_variants(args)
    runs = {v: [] for v in variants}
    for i in range(args.rounds):
        for variant in variants:
            if any("error" in r for r in runs[variant]):
                continue
            result = run(variant, args)
            runs[variant].append(result)
            outcome = result.get("error") or "{:.3f} s/step".format(statistics.median(result["step_seconds"]))
            print(f"round {i + 1}/{args.rounds}: {variant}: {outcome}", file=sys.stderr, flush=True)
    rows = [summarize(v, runs[v], args.batch) for v in variants]
    add_ratios(rows)
    if args.json:
        settings = {k: str(v) if isinstance(v, Path) else v for k, v in vars(args).items()}
        print(json.dumps({"settings": settings, "machine": platform.platform(), "cpus": os.cpu_count(),
                          "variants": rows}, indent=1))
    else:
        print(f"{args.model} {args.method}, batch {args.batch}, {args.threads} threads, "
              f"{args.rounds} rounds x {args.steps} steps")
        print_table(rows)
    sys.exit(any("error" in r for r in rows if r["variant"] in OURS))


def default_threads():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="vit_base_patch16_224", choices=(*VITS, *POINT_MODELS))
    parser.add_argument("--method", help="default: adaptformer or, of point models, dapt_x")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=default_threads(), help="default: the cores we may use")
    parser.add_argument("--steps", type=int, default=5, help="timed steps a round (default 5)")
    parser.add_argument("--warmup", type=int, default=2, help="PyTorch's untimed steps a round (default 2)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--variants", help=f"comma-separated, of {', '.join(OURS + PYTORCH)} (default all)")
    parser.add_argument("--pytorch-only", action="store_true", help="leave our program out")
    parser.add_argument("--python", default=sys.executable, help="interpreter of the PyTorch workers")
    parser.add_argument("--ours", type=Path, default=ROOT / "build" / "release" / "bin" / "adapterx")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    parser.add_argument("--worker", choices=("eager", "compile"), help=argparse.SUPPRESS)
    parser.add_argument("--precision", choices=PRECISIONS, default="fp32", help=argparse.SUPPRESS)
    args = parser.parse_args()
    args.method = args.method or METHODS["points" if args.model in POINT_MODELS else "vit"][0]
    worker(args) if args.worker else drive(args)


if __name__ == "__main__":
    main()
