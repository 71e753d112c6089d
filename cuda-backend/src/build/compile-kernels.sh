#!/bin/sh
# compile-kernels.sh KERNELS OUT: PTX of every KERNELS/cuda/*.cu into OUT, where nvcc is found; else nothing,
# and the backend compiles with NVRTC at run time. Files that are up to date stay.
# A new nvcc stamps its PTX with a version that only the newest drivers read. The kernels use nothing newer than
# version 7.0 (CUDA 11.0), so they are relabelled; ptxas refuses a file for which that is not true.
set -eu
kernels=$1 out=$2
nvcc=${NVCC:-${CUDA_HOME:-/usr/local/cuda}/bin/nvcc}
[ -x "$nvcc" ] || nvcc=$(command -v nvcc) || {
  echo "cuda-backend: no nvcc, so no PTX is packaged; the backend will need NVRTC"
  exit 0
}
ptxas=$(dirname "$nvcc")/ptxas
[ -x "$ptxas" ] || ptxas=ptxas
mkdir -p "$out"
for file in "$kernels"/cuda/*.cu; do
  target=$out/$(basename "$file" .cu).ptx
  if [ ! -e "$target" ] || [ -n "$(find "$file" "$kernels/common" -newer "$target" -name '*.[ch]*')" ]; then
    # PTX for the oldest architecture runs on all newer ones.
    "$nvcc" -ptx -arch=compute_75 -Werror all-warnings -I "$kernels/common" "$file" -o "$target.new"
    sed 's/^\.version .*/.version 7.0/' "$target.new" > "$target.old"
    rm "$target.new"
    "$ptxas" -arch=sm_75 -warn-spills -Werror "$target.old" -o /dev/null
    mv "$target.old" "$target"
  fi
done
