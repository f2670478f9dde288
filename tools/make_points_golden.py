#!/usr/bin/env python3
"""Writes the golden values of tests/golden/points_*: point transformers trained and evaluated by PyTorch in float64.

Models and methods are those of tools/point_transformer.py; weights, clouds and labels come from their names as in
tools/make_golden.py. A file points_<model>_<method>[_<variant>].safetensors holds, of a training step,
  features, logits  F32, of the batch
  loss, penalty     F32 [1], as in make_golden.py
  grad.<p>, grad_norm.<p>
                    as there: micro models whole, the others sampled
  running.<b>       BatchNorm's running statistics after the step
of the evaluation before that step, by the running statistics as they were,
  eval.features, eval.logits
and, in __metadata__, the configuration and, of a method, `settings`. Dropout and drop path are 0.
What float32 may decide otherwise (the group a point is in, the expert of a sub-token, a ReLU at its kink) is measured,
printed and, but for the encoder's ReLUs, refused when close.
Needs PyTorch >= 1.12 and numpy, nothing else.
"""
import argparse
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from make_golden import (LABEL_SMOOTHING, POSITION_SEED, SEED, check_choices, gradient_sample, save_safetensors,
                         synthetic, synthetic_labels)
from point_transformer import (METHODS, MixtureConfig, PointConfig, PointTransformer, farthest_points, group,
                               squared_distances)

MODELS = {
    "micro": PointConfig(points=96, groups=10, group_size=6, encoder=(8, 16, 20), position_hidden=16, width=24, depth=2,
                         heads=3, classes=5, batch=6, head_hidden=16),
    "mae": PointConfig(),
}
MICRO_MIXTURE = {"heads": 3, "rank": 4}


def all_files():
    """(name, model, method, settings of the mixture, what differs in the configuration) of each file."""
    for model in MODELS:
        small = model == "micro"
        for method in METHODS:
            settings = {} if method != "dapt_x" else MICRO_MIXTURE if small else {}
            yield f"{model}_{method}", model, method, settings, {}
        for method in ("full",) if not small else ("full", "linear_probe"):
            yield f"{model}_{method}_every_block", model, method, {}, {"positions": "every_block"}
    yield "micro_dapt_cls_prompt", "micro", "dapt", {}, {"pool": "cls_prompt"}
    yield "micro_dapt_x_cls_max", "micro", "dapt_x", {**MICRO_MIXTURE, "balance": 0.5}, {"pool": "cls_max"}
    yield "micro_full_fixed", "micro", "full", {}, {"batch_norm": "fixed"}
    yield "micro_dapt_x_fixed", "micro", "dapt_x", MICRO_MIXTURE, {"batch_norm": "fixed"}
    yield "micro_dapt_x_gelu_prompt", "micro", "dapt_x", {**MICRO_MIXTURE, "prompt_activation": "gelu"}, {}


# ---- What rounding might decide


def check_groups(c, xyz):
    """Gaps of the choices among points, relative to the distances compared."""
    chosen = farthest_points(xyz, c.groups)
    nearest = squared_distances(xyz, xyz.gather(1, chosen[..., None].expand(-1, -1, 3)))  # [B, G, N]
    to_chosen = torch.cummin(nearest, dim=1).values[:, :-1].sort(dim=-1, descending=True).values
    farthest_gap = (1 - to_chosen[..., 1] / to_chosen[..., 0]).min().item()
    ordered = nearest.sort(dim=-1).values
    last_gap = (ordered[..., c.group_size] / ordered[..., c.group_size - 1] - 1).min().item()
    print(f"  closest choice of a centre {farthest_gap:.1e}, of a neighbour {last_gap:.1e}")
    assert min(farthest_gap, last_gap) > 1e-6, "a choice among points is so close that rounding may change it"


class Kinks:
    """The least distance of a ReLU's input from 0, by the place of the ReLU."""

    def __init__(self, model):
        self.least = {}
        for name, module in model.named_modules():
            if isinstance(module, torch.nn.ReLU):
                module.register_forward_hook(lambda _, x, y, name=name: self.see(name, x[0]))
            elif name.endswith((".adapter", "smoa.experts")):
                module.register_forward_hook(lambda m, x, y, name=name: self.see(name, m.last_score))

    def see(self, name, x):
        self.least[name] = min(self.least.get(name, 1e9), x.detach().abs().min().item())

    def check(self):
        of_encoder = {k: v for k, v in self.least.items() if k.startswith("encoder.")}
        rest = {k: v for k, v in self.least.items() if k not in of_encoder}
        print(f"  closest ReLU: encoder {min(of_encoder.values()):.1e}, elsewhere {min(rest.values()):.1e}")
        assert min(rest.values()) > 1e-6, "a ReLU's input is so close to 0 that rounding may change its side"


# ---- Golden values


def fill(model):
    with torch.no_grad():
        for name, t in [*model.named_parameters(), *model.named_buffers()]:
            if t.dim() > 0:  # a BatchNorm's count of batches is of no use
                t.copy_(torch.from_numpy(synthetic(name, tuple(t.shape))))


def gradients(model, whole):
    for name, p in model.named_parameters():
        if not p.requires_grad:
            continue
        if whole:
            yield "grad." + name, p.grad
        else:
            yield "grad." + name, gradient_sample(name, p.grad)
            yield "grad_norm." + name, p.grad.norm().reshape(1)


def golden_tensors(c, model, whole_gradients):
    model = model.double()
    fill(model)
    points = torch.from_numpy(synthetic("points", (c.batch, c.points, 3))).double()
    labels = torch.from_numpy(synthetic_labels(c.batch, c.classes))
    check_groups(c, points)
    grouped = group(points, c.groups, c.group_size)
    out = {}
    with torch.no_grad():
        out["eval.logits"] = model.eval()(points, grouped)
        out["eval.features"] = model.features
    kinks = Kinks(model)
    out["logits"] = logits = model.train()(points, grouped)
    kinks.check()
    out["features"] = model.features
    loss = F.cross_entropy(logits, labels, label_smoothing=LABEL_SMOOTHING)
    out["loss"] = loss.reshape(1)
    if model.method == "dapt_x":
        check_choices([call.choices for call in model.smoa.calls])
        out["penalty"] = model.penalty.reshape(1)
        loss = loss + model.penalty
    loss.backward()
    out.update(gradients(model, whole_gradients))
    out.update({"running." + name: t for name, t in model.named_buffers() if t.dim() > 0})
    return {name: t.detach().float().contiguous().numpy() for name, t in out.items()}


def make_file(folder, name, model, method, settings, changes):
    c, start = replace(MODELS[model], **changes), time.time()
    torch.manual_seed(0)
    net = PointTransformer(c, method, MixtureConfig(**settings))
    print(f"points_{name}: {sum(p.numel() for p in net.parameters() if p.requires_grad):,} trained")
    tensors = golden_tensors(c, net, whole_gradients=model == "micro")
    metadata = {key: str(value) for key, value in asdict(c).items()}
    pairs = {"dapt": {"dropout": 0, **({"rank": 4} if model == "micro" else {})},
             "dapt_x": {"dropout": 0, **settings}}.get(method, {})
    metadata["settings"] = " ".join(f"{key}={str(value).lower()}" for key, value in pairs.items())
    metadata.update(model=model, method=method, seed=str(SEED), position_seed=str(POSITION_SEED),
                    label_smoothing=str(LABEL_SMOOTHING), torch=torch.__version__, numpy=np.__version__)
    path = folder / f"points_{name}.safetensors"
    save_safetensors(path, tensors, metadata)
    print(f"  {path}: loss {tensors['loss'][0]:.6f}, {path.stat().st_size:,} bytes, {time.time() - start:.1f} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default_folder = Path(__file__).resolve().parent.parent / "tests" / "golden"
    parser.add_argument("--out", type=Path, default=default_folder, help="folder (default: tests/golden)")
    parser.add_argument("--only", default="", metavar="TEXT", help="the files alone whose name holds this")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    for name, *what in all_files():
        if args.only in name:
            make_file(args.out, name, *what)


if __name__ == "__main__":
    main()
