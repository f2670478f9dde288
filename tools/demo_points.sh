#!/usr/bin/env bash
# make demo-points: DAPT-X and what it is compared with on 310 pieces of furniture, plants, people and vehicles from
# Debian's sweethome3d-furniture, with the bundled point backbone. SEEDS: a split (and everything else that is random)
# each. Rows of all runs, then of their means, in runs/demo-points/summary.json. See docs/demo-points.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

program=build/release/bin/adapterx
catalogues=${AX_FURNITURE:-/usr/share/sweethome3d/furniture}
table=configs/demo-points/furniture.csv
out=runs/demo-points
models=$out/furniture
read -ra seeds <<<"${SEEDS:-0}"
read -ra methods <<<"${METHODS:-full linear_probe dapt dapt_x}"

unpack() {
  local archives=("$catalogues"/*.sh3f)
  if [[ ! -e ${archives[0]} ]]; then
    echo "demo-points: $catalogues: no .sh3f files; install Debian's sweethome3d-furniture, or set AX_FURNITURE to their folder" >&2
    exit 1
  fi
  rm -rf "$models.new"
  mkdir -p "$models.new"
  for archive in "${archives[@]}"; do unzip -qo "$archive" '*.obj' -d "$models.new"; done
  mv "$models.new" "$models"
}

# The table with a third column: of each class 2 in 5 models are for test, drawn by the seed ($1).
split() {
  echo path,label,split
  tail -n +2 "$table" | LC_ALL=C sort -R --random-source=<(yes "demo-points $1") |
    awk -F, -v OFS=, 'NR == FNR { size[$2]++; next }
                      { print $0, (seen[$2]++ < int(0.4 * size[$2] + 0.5) ? "test" : "train") }' "$table" - |
    LC_ALL=C sort
}

SECONDS=0
[[ -d $models ]] || unpack
rm -rf "$out"/seed_*
runs=()
for seed in "${seeds[@]}"; do
  split "$seed" >"$models/seed_$seed.csv"
  for method in "${methods[@]}"; do
    echo "== $method, seed $seed"
    "$program" train --config "configs/demo-points/$method.toml" --data "$models/seed_$seed.csv" \
      --out "$out/seed_$seed/$method" "seed=$seed" "split_seed=$seed"
    runs+=("$out/seed_$seed/$method")
  done
done
echo
"$program" compare --mean "${runs[@]}" --out "$out/summary.json"
echo "rows: $out/summary.json   report: ${runs[-1]}/report.html   $SECONDS s"
