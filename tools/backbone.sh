#!/usr/bin/env bash
# make backbone: the bundled image backbone from scratch. Stopped, it goes on where it was when it is called again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

program=build/release/bin/adapterx
first=runs/backbone
second=runs/backbone_second

if [[ ! -d cifar10/train ]]; then
  echo "backbone: cifar10/train/<class>/*.jpg: not found; expected CIFAR-10's folder, or a link to it, in $PWD" >&2
  exit 1
fi
"$program" pretrain --config configs/backbone.toml --resume --out "$first"
# A second round, of a learning rate that begins high again, with new heads.
"$program" pretrain --config configs/backbone.toml --weights "$first/backbone.safetensors" train.epochs=12 --resume --out "$second"
"$program" export weights/vit_small_patch8_48.safetensors --bf16 --weights "$second/backbone.safetensors"
