"""Writes tests/golden/schedule.json: learning rates of timm's CosineLRScheduler.

  python tools/make_schedule_golden.py        (needs timm and torch; tools/requirements.txt)
"""
import json
import pathlib

import torch
from timm.scheduler import CosineLRScheduler

CASES = [  # lr, min_lr, epochs, warm-up epochs, warm-up lr, steps an epoch
    (1e-3, 1e-5, 100, 10, 1e-6, 15),
    (5e-4, 0.0, 7, 2, 0.0, 3),
    (0.1, 0.01, 5, 0, 0.0, 4),
]


def rates(lr, min_lr, epochs, warmup, warmup_lr, steps, unit):
    scale = steps if unit == "step" else 1
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)
    scheduler = CosineLRScheduler(optimizer, t_initial=epochs * scale, lr_min=min_lr, warmup_t=warmup * scale,
                                  warmup_lr_init=warmup_lr, t_in_epochs=unit == "epoch")
    result = []
    for step in range(epochs * steps + 2):
        if unit == "step":
            scheduler.step_update(step)
        elif step % steps == 0:
            scheduler.step(step // steps)
        result.append(optimizer.param_groups[0]["lr"])
    return result


golden = [
    dict(lr=c[0], min_lr=c[1], epochs=c[2], warmup=c[3], warmup_lr=c[4], steps=c[5], unit=unit,
         rates=rates(*c, unit)[:200])
    for c in CASES for unit in ("epoch", "step")
]
path = pathlib.Path(__file__).parent.parent / "tests" / "golden" / "schedule.json"
path.write_text(json.dumps(golden) + "\n")
