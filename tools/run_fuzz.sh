#!/usr/bin/env bash
# Runs libFuzzer on every reader of files, or on those named: tools/run_fuzz.sh npz zip
#
#   FUZZ_SECONDS  seconds for each target (60)
#
# Builds into build/fuzz with clang 14 under the address and undefined-behaviour sanitizers; starts from the
# committed seeds and what earlier runs added in build/fuzz/work. One line a target; what broke a reader is
# left in build/fuzz/findings, and the exit code is then 1.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${FUZZ_SECONDS:-60}
targets=("$@")
((${#targets[@]})) || targets=(safetensors npz zip idx image_csv image_list mesh cloud numpy_pickle torch onnx jpeg png webp bmp_ppm)

packages=(clang-14 libclang-rt-14-dev libomp-14-dev)
if ! dpkg-query -W -f '${db:Status-Status}\n' "${packages[@]}" 2>/dev/null | awk '$0 == "installed"' | wc -l |
    grep -qx "${#packages[@]}"; then
  install="apt-get install -y --no-install-recommends ${packages[*]}"
  [[ $(id -u) == 0 ]] || { echo "run_fuzz: run this once: sudo $install" >&2; exit 1; }
  $install
fi

seeds_of() {
  case $1 in
    safetensors | npz | zip | idx | image_csv | image_list | mesh | cloud | numpy_pickle | h5)
      echo "fuzz/corpus/$1"/*
      ;;
    torch) echo tests/golden/torch/*.pt ;;
    onnx) echo tests/golden/onnx/*.onnx ;;
    jpeg) echo tests/images/*.{jpg,JPEG} ;;
    png | webp) echo tests/images/*."$1" ;;
    bmp_ppm) echo tests/images/*.{bmp,pbm,pgm,ppm,pnm} ;;
    *) echo "run_fuzz: no target $1" >&2; exit 2 ;;
  esac
}

program_of() {
  case $1 in
    jpeg | png | webp | bmp_ppm) echo fuzz_image ;;
    *) echo "fuzz_$1" ;;
  esac
}

mkdir -p build/fuzz/{log,findings}
programs=()
for target in "${targets[@]}"; do
  read -ra seeds <<<"$(seeds_of "$target")"
  mkdir -p "build/fuzz/"{seeds,work}/"$target"
  cp "${seeds[@]}" "build/fuzz/seeds/$target"
  programs+=("$(program_of "$target")")
done

cmake -S . -B build/fuzz/build -G Ninja -DCMAKE_CXX_COMPILER=clang++-14 -DCMAKE_BUILD_TYPE=RelWithDebInfo \
  -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O2 -g" -DADAPTERX_FUZZ=ON \
  -DADAPTERX_SANITIZE=fuzzer-no-link,address,undefined >build/fuzz/log/cmake.log
cmake --build build/fuzz/build --target "${programs[@]}" >build/fuzz/log/build.log ||
  { tail -n 40 build/fuzz/log/build.log >&2; exit 1; }

# Leak checking traces its own process, which some containers forbid: there it is switched off.
echo 'int main() {}' | clang++-14 -fsanitize=address -x c++ - -o build/fuzz/leak_probe
leaks=1
build/fuzz/leak_probe >/dev/null 2>&1 || leaks=0
export ASAN_OPTIONS="detect_leaks=$leaks:allocator_may_return_null=1:${ASAN_OPTIONS:-}"
export UBSAN_OPTIONS="print_stacktrace=1:${UBSAN_OPTIONS:-}"

status=0
printf '%-12s %12s %8s %10s %9s %7s  %s\n' target executions seconds exec/s edges new result
for target in "${targets[@]}"; do
  log=build/fuzz/log/$target.log
  result=ok
  started=$SECONDS
  "build/fuzz/build/bin/$(program_of "$target")" "build/fuzz/work/$target" "build/fuzz/seeds/$target" \
    -max_total_time="$seconds" -max_len=16384 -timeout=10 -rss_limit_mb=2048 -malloc_limit_mb=512 \
    -detect_leaks=$leaks -use_value_profile=1 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/findings/$target-" \
    >"$log" 2>&1 || {
    result="FOUND: $(grep -m1 -E 'SUMMARY: |ERROR: ' "$log" || true), see $log"
    status=1
  }
  runs=$(sed -nE 's/^stat::number_of_executed_units: *([0-9]+)/\1/p' "$log")
  rate=$(sed -nE 's/^stat::average_exec_per_sec: *([0-9]+)/\1/p' "$log")
  first=$(sed -nE 's/.*INITED cov: ([0-9]+).*/\1/p' "$log")
  last=$(sed -nE 's/^#.* cov: ([0-9]+).*/\1/p' "$log" | tail -n 1)
  printf '%-12s %12s %8s %10s %9s %7s  %s\n' "$target" "${runs:-0}" "$((SECONDS - started))" "${rate:-0}" \
    "${last:-0}" "+$((${last:-0} - ${first:-0}))" "$result"
done
exit $status
