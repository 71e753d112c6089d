#!/bin/sh
# compile-kernels.sh KERNELS OUT: PTX of every KERNELS/cuda/*.cu into OUT, where nvcc is found; else nothing,
# and the backend compiles with NVRTC at run time. Files that are up to date stay.
set -eu
kernels=$1 out=$2
nvcc=${NVCC:-${CUDA_HOME:-/usr/local/cuda}/bin/nvcc}
[ -x "$nvcc" ] || nvcc=$(command -v nvcc) || {
  echo "cuda-backend: no nvcc, so no PTX is packaged; the backend will need NVRTC"
  exit 0
}
mkdir -p "$out"
for file in "$kernels"/cuda/*.cu; do
  target=$out/$(basename "$file" .cu).ptx
  if [ ! -e "$target" ] || [ -n "$(find "$file" "$kernels/common" -newer "$target" -name '*.[ch]*')" ]; then
    # PTX for the oldest architecture runs on all newer ones.
    "$nvcc" -ptx -arch=compute_75 -Werror all-warnings -I "$kernels/common" "$file" -o "$target.new"
    mv "$target.new" "$target"
  fi
done
