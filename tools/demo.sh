#!/usr/bin/env bash
# make demo: Adapter-X and what it is compared with on 1,000 images of Fashion-MNIST, tested on all 10,000, with
# the bundled backbone. One table; the same rows in runs/demo/summary.json.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

program=build/release/bin/adapterx
data=${AX_FASHION_MNIST:-/usr/share/datasets/fashion-mnist}
out=runs/demo
methods=(linear_probe full adaptformer adaptformer_x)

if [[ ! -e $data ]]; then
  echo "demo: $data: not found; install Debian's dataset-fashion-mnist, or set AX_FASHION_MNIST to a folder with its four files" >&2
  exit 1
fi
SECONDS=0
rm -rf "$out"
mkdir -p "$out"
echo "== pixel_regression"
"$program" baseline --data "$data" --out "$out/pixel_regression" train_size=800 val_size=200
runs=("$out/pixel_regression")
for method in "${methods[@]}"; do
  echo "== $method"
  "$program" train --config "configs/demo/$method.toml" --data "$data" --out "$out/$method"
  runs+=("$out/$method")
done
echo
"$program" compare "${runs[@]}" --out "$out/summary.json"
echo "rows: $out/summary.json   report: $out/adaptformer_x/report.html   $SECONDS s"
