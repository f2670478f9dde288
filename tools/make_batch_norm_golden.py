#!/usr/bin/env python3
"""Writes tests/golden/batch_norm.safetensors: torch.nn.BatchNorm1d in float64, two training passes, then an evaluation.

  python tools/make_batch_norm_golden.py        (needs torch and numpy)

x.0, x.1, dy, weight, bias, running_mean.0, running_var.0 are what it is given. Of pass i, and with "eval" for i of the
evaluation of x.0 afterwards, all with and without a ReLU behind the norm ("relu." before the name):
y.i, dx.i, dweight.i, dbias.i; running_mean.i and running_var.i after pass i = 1, 2.
"""
from pathlib import Path

import numpy as np
import torch

from make_golden import save_safetensors

ROWS, COLUMNS, MOMENTUM, EPS = 30, 7, 0.2, 1e-3


def rounded(array):
    return torch.from_numpy(array.astype(np.float32).astype(np.float64))


def results(given, relu):
    norm = torch.nn.BatchNorm1d(COLUMNS, eps=EPS, momentum=MOMENTUM).double()
    with torch.no_grad():
        norm.weight.copy_(given["weight"])
        norm.bias.copy_(given["bias"])
        norm.running_mean.copy_(given["running_mean.0"])
        norm.running_var.copy_(given["running_var.0"])
    out = {}
    for name, x in ("0", given["x.0"]), ("1", given["x.1"]), ("eval", given["x.0"]):
        norm.train(name != "eval")
        norm.zero_grad()
        x = x.clone().requires_grad_()
        y = norm(x)
        y = y.relu() if relu else y
        (y * given["dy"]).sum().backward()
        out |= {f"y.{name}": y, f"dx.{name}": x.grad, f"dweight.{name}": norm.weight.grad,
                f"dbias.{name}": norm.bias.grad}
        if name != "eval" and not relu:
            after = int(name) + 1
            out |= {f"running_mean.{after}": norm.running_mean, f"running_var.{after}": norm.running_var}
        out = {k: v.detach().clone() for k, v in out.items()}
    return {("relu." if relu else "") + k: v for k, v in out.items()}


def main():
    draw = np.random.default_rng(1)
    given = {f"x.{i}": rounded(draw.normal(3 * i - 1, 2, (ROWS, COLUMNS))) for i in (0, 1)}
    given |= {"dy": rounded(draw.normal(size=(ROWS, COLUMNS))), "weight": rounded(draw.normal(1, 0.5, COLUMNS)),
              "bias": rounded(draw.normal(size=COLUMNS)), "running_mean.0": rounded(draw.normal(size=COLUMNS)),
              "running_var.0": rounded(draw.uniform(0.5, 2, COLUMNS))}
    tensors = given | results(given, False) | results(given, True)
    path = Path(__file__).parent.parent / "tests" / "golden" / "batch_norm.safetensors"
    save_safetensors(path, {k: v.numpy().astype(np.float32) for k, v in tensors.items()},
                     {"momentum": str(MOMENTUM), "eps": str(EPS)})


if __name__ == "__main__":
    main()
