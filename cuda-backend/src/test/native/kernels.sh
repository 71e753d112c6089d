#!/bin/sh
# kernels.sh OUT LIBRARY KERNELS FLAGS FILE.cu...: kernels compiled by g++, as a library for the software CUDA device in OUT.
#   KERNELS  folder with common/*.h
#   FLAGS    more flags for the compiler, in one word; may be empty
# The kernels are taken as they are, but for `extern __shared__`, which no C++ compiler takes; then they are registered.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$1 library=$2 kernels=$3 more=$4
shift 4
mkdir -p "$out/objects"
flags="-std=c++17 -O1 -g1 -fPIC -Wall -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=0 -Wno-unused -fno-strict-aliasing -ffp-contract=off"
objects=
for file in "$@"; do
  name=$library.$(basename "$file" .cu)
  {
    echo "#line 1 \"$file\""
    sed -E 's/extern[[:space:]]+__shared__[[:space:]]+([A-Za-z_ ]*[A-Za-z_])[[:space:]]+([A-Za-z_0-9]+)\[\];/\1 *\2 = (\1 *)swcuda_current.dynamic_shared;/' "$file"
    tr '\n' ' ' < "$file" |
      grep -oE '(__cluster_dims__\([^)]*\) +)?__global__ void +(__launch_bounds__\([^)]*\) +)?[A-Za-z_0-9]+' |
      sed -E 's/^__cluster_dims__\(([0-9]+), 1, 1\).* ([A-Za-z_0-9]+)$/SWCUDA_REGISTER(\2, \1)/
              s/^__global__.* ([A-Za-z_0-9]+)$/SWCUDA_REGISTER(\1, 1)/'
  } > "$out/objects/$name.cpp"
  g++ $flags $more -I"$here" -I"$kernels/common" -include emulation.h -c "$out/objects/$name.cpp" -o "$out/objects/$name.o"
  objects="$objects $out/objects/$name.o"
done
g++ -shared $objects -L"$out" -l:libcuda.so.1 -o "$out/$library"
