#!/usr/bin/env bash
# same_bits.sh BEFORE AFTER [FOLDER]: trains the same small runs with two builds of the program and compares every adapter,
# backbone and config.toml byte for byte. For changes that must not change what is trained. Under a minute.
set -euo pipefail
before=$(realpath "$1") after=$(realpath "$2") folder=${3:-$(mktemp -d)}
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mkdir -p "$folder"

# Clouds of four shapes, 24 of each, 600 points a cloud.
make_clouds() {
  local shape i
  for shape in ball box cone ring; do
    mkdir -p "$1/$shape"
    for i in $(seq 24); do
      awk -v shape="$shape" -v seed="$i" 'BEGIN {
        srand(seed); pi = atan2(0, -1)
        for (n = 0; n < 600; ++n) {
          a = 2 * pi * rand(); u = 2 * rand() - 1; v = rand()
          if (shape == "ball") { r = sqrt(1 - u * u); x = r * cos(a); y = u; z = r * sin(a) }
          if (shape == "box") { x = u; y = 2 * rand() - 1; z = v < 0.5 ? 1 : -1 }
          if (shape == "cone") { x = v * cos(a); y = 1 - v; z = v * sin(a) }
          if (shape == "ring") { x = (1 + 0.3 * cos(pi * u)) * cos(a); y = 0.3 * sin(pi * u); z = (1 + 0.3 * cos(pi * u)) * sin(a) }
          printf "%.5f %.5f %.5f\n", x + seed / 100, 1.1 * y, z
        } }' >"$1/$shape/$i.xyz"
    done
  done
}

suite() {
  cat <<END
[suite]
weights = "weights/vit_small_patch8_48.safetensors"
seeds = [0]
reference = "adaptformer"
[common]
epochs = 1
batch = 16
warmup_epochs = 0
train_size = 48
val_size = 16
[tasks.dsprites_loc]
data = "dsprites:label=location,test=64"
[tasks.dsprites_ori]
data = "dsprites:label=orientation,test=64"
[methods.adaptformer]
rank = 8
[methods.adaptformer_x]
experts = 2
END
}

images=(--weights weights/vit_small_patch8_48.safetensors --data dsprites:label=location,test=64 epochs=2 batch=16 train_size=96 val_size=32
        warmup_epochs=1 drop_path=0.1 lr=2e-3 flip=0.5 pad_crop=2 clip=1)
clouds=(--weights weights/point_small.safetensors --data "$folder/clouds" epochs=2 batch=16 warmup_epochs=1 lr=2e-3 drop_path=0.1 clip=10
        scale_translate=true)
masked=(width=48 depth=2 heads=3 patch_size=8 image_size=32 decoder_width=24 decoder_depth=1 epochs=2 batch=16 warmup_epochs=1)

# Both programs write to the same path, which config.toml holds; the runs are moved aside afterwards.
runs_of() {
  local program=$1 out=$folder/runs
  rm -rf "$out" "$2"
  mkdir -p "$out"
  for method in full adaptformer adaptformer_x; do
    "$program" train "${images[@]}" --method "$method" --out "$out/images_$method"
  done
  for method in full dapt dapt_x; do
    "$program" train "${clouds[@]}" --method "$method" --out "$out/clouds_$method"
  done
  "$program" pretrain --data dsprites:label=location,test=64 train_size=64 "${masked[@]}" --out "$out/masked_images"
  "$program" pretrain --data "$folder/clouds" --weights weights/point_small.safetensors epochs=1 batch=16 warmup_epochs=0 \
    --out "$out/masked_clouds"
  # Stopped by a signal in its first epoch, then resumed: the same as the run that never stopped.
  "$program" train "${images[@]}" epochs=4 --method adaptformer_x checkpoint_minutes=0 --out "$out/resumed" &
  while [[ ! -e $out/resumed/last/checkpoint.safetensors ]]; do sleep 0.05; done
  kill -INT $! && wait $! || true
  "$program" train --resume --out "$out/resumed"
  suite >"$out/suite.toml"
  "$program" transfer --config "$out/suite.toml" --out "$out/transfer"
  mv "$out" "$2"
}

[[ -d $folder/clouds ]] || make_clouds "$folder/clouds"
runs_of "$before" "$folder/before" >"$folder/before.log" 2>&1 || { tail -5 "$folder/before.log" >&2; exit 1; }
runs_of "$after" "$folder/after" >"$folder/after.log" 2>&1 || { tail -5 "$folder/after.log" >&2; exit 1; }

different=0 same=0
while read -r file; do
  if cmp -s "$folder/before/$file" "$folder/after/$file"; then
    same=$((same + 1))
  else
    different=$((different + 1))
    echo "differs: $file"
  fi
done < <(cd "$folder/before" && find . -name 'adapter.safetensors' -o -name 'backbone.safetensors' -o -name config.toml | sort)
echo "$same files the same, $different different ($folder)"
((different == 0))
