#!/usr/bin/env bash
# make demo: Adapter-X and what it is compared with on 1,000 images of Fashion-MNIST, tested on 3,000, with the
# bundled DINOv2. One table; the same rows in runs/demo/summary.json. At the end the adapter names four test images.
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

# Test images as files: IDX has a header of 16 bytes, then 28 x 28 bytes for each image.
write_images() {
  mkdir -p "$out/images"
  zcat -f "$data"/t10k-images-idx3-ubyte* >"$out/images.idx"
  for i in 0 1 2 3; do
    { printf 'P5\n28 28\n255\n' && head -c $((16 + 784 * (i + 1))) "$out/images.idx" | tail -c 784; } >"$out/images/$i.pgm"
  done
  rm "$out/images.idx"
}

SECONDS=0
rm -rf "$out"
mkdir -p "$out"
echo "== pixel_regression"
"$program" baseline --data "$data" --out "$out/pixel_regression" train_size=800 val_size=200 test_size=3000
runs=("$out/pixel_regression")
for method in "${methods[@]}"; do
  echo "== $method"
  "$program" train --config "configs/demo/$method.toml" --data "$data" --out "$out/$method"
  runs+=("$out/$method")
done
echo
"$program" compare "${runs[@]}" --out "$out/summary.json"
write_images
echo
echo "== predict: $out/images by $out/adaptformer_x/best/adapter.safetensors"
"$program" predict --quiet --top-k 3 --adapter "$out/adaptformer_x/best/adapter.safetensors" "$out/images"
echo
echo "rows: $out/summary.json   report: $out/adaptformer_x/report.html   $SECONDS s"
