#!/usr/bin/env bash
# Installs the packages Adapter-X is built from, and those given as arguments, that are not there yet. The argument
# glyph-fonts stands for the fonts that the bundled backbone's glyphs were drawn in. Asks nothing; does nothing,
# without calling apt, where none is missing.
set -euo pipefail

# Of every kind of letter shape, and of many scripts; about 160 MB.
glyph_fonts=(
  fonts-dejavu-core fonts-dejavu-extra fonts-liberation2 fonts-noto-core fonts-freefont-ttf fonts-linuxlibertine
  fonts-adf-accanthis fonts-adf-gillius fonts-adf-mekanus fonts-adf-romande fonts-averia-sans-gwf
  fonts-averia-serif-gwf fonts-bebas-neue fonts-cabinsketch fonts-cardo fonts-comfortaa fonts-comic-neue
  fonts-courier-prime fonts-dancingscript fonts-dotgothic16 fonts-dustin fonts-ebgaramond fonts-ecolier-court
  fonts-essays1743 fonts-gfs-artemisia fonts-gfs-didot fonts-gfs-neohellenic fonts-gnutypewriter fonts-hosny-amiri
  fonts-humor-sans fonts-inconsolata fonts-jura fonts-lobstertwo fonts-oldstandard fonts-opendyslexic fonts-paratype
  fonts-play fonts-quicksand fonts-rampart fonts-roboto-slab fonts-sil-andika fonts-sil-ezra fonts-symbola
  fonts-tuffy fonts-unifont fonts-vlgothic fonts-yanone-kaffeesatz fonts-yusei-magic
)
extra=()
for argument; do
  if [[ $argument == glyph-fonts ]]; then extra+=("${glyph_fonts[@]}"); else extra+=("$argument"); fi
done

packages=(
  g++ cmake ninja-build make git pkg-config
  libdnnl-dev libhwy-dev libcli11-dev nlohmann-json3-dev libfmt-dev
  zlib1g-dev libjpeg-dev libpng-dev libwebp-dev libtomlplusplus-dev libxxhash-dev
  libhdf5-dev libfreetype-dev libprotozero-dev
  libgtest-dev fonts-dejavu-core fonts-noto-color-emoji  # the fonts for tests
  ocl-icd-opencl-dev  # libdnnl-dev's CMake package looks for OpenCL, though Adapter-X doesn't use it
  "${extra[@]}"
)

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  cat >&2 <<'END'
setup: no apt here, nothing installed. Adapter-X needs a C++20 compiler with OpenMP, CMake >= 3.25, Ninja,
oneDNN >= 2.6, Highway >= 1.0, CLI11, nlohmann-json, fmt, zlib, libjpeg-turbo, libpng, libwebp, toml++,
xxHash, HDF5, FreeType, protozero, GoogleTest; the fonts DejaVu and Noto Color Emoji for the tests.
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
