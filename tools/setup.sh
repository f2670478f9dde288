#!/usr/bin/env bash
# Installs the packages Adapter-X is built from, and those given as arguments, that are not there yet. Asks nothing;
# does nothing, without calling apt, where none is missing.
set -euo pipefail

packages=(
  g++ cmake ninja-build make git pkg-config
  libdnnl-dev libhwy-dev libcli11-dev nlohmann-json3-dev libfmt-dev
  zlib1g-dev libjpeg-dev libpng-dev libwebp-dev libtomlplusplus-dev libxxhash-dev
  libhdf5-dev
  libgtest-dev
  ocl-icd-opencl-dev  # libdnnl-dev's CMake package looks for OpenCL, though Adapter-X doesn't use it
  "$@"
)

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  cat >&2 <<'END'
setup: no apt here, nothing installed. Adapter-X needs a C++20 compiler with OpenMP, CMake >= 3.25, Ninja,
oneDNN >= 2.6, Highway >= 1.0, CLI11, nlohmann-json, fmt, zlib, libjpeg-turbo, libpng, libwebp, toml++,
xxHash, HDF5, GoogleTest.
END
  exit 0  # CMake names what it does not find
fi

installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${packages[@]}" 2>/dev/null || true)
missing=()
for package in "${packages[@]}"; do
  grep -qxF "$package installed" <<<"$installed" || missing+=("$package")
done
((${#missing[@]})) || exit 0

if [[ $(id -u) == 0 ]]; then
  as_root=(env)
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
  as_root=(sudo -n env)
else
  echo "setup: packages are missing and installing them needs root. Run this once:" >&2
  echo "  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}" >&2
  exit 1
fi

apt() { "${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@"; }

echo "setup: installing ${missing[*]}"
apt update || echo "setup: apt-get update failed; going on with the lists there are" >&2
apt install --no-install-recommends "${missing[@]}"
