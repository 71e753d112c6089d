#!/bin/sh
# build.sh OUT NATIVES KERNELS WIDE [PLANTED.cu...]: the software CUDA device into folder OUT.
#   NATIVES  folder with the native libraries of JCuda; what they import gets a stub where the device has nothing
#   KERNELS  folder with cuda/*.cu and common/*.h
#   WIDE     folder with cuda/*.cu, the float64 twins of some
# Makes libcuda.so.1, libcublas.so.12, libnvrtc.so.12, libkernels.so and in cuda13
# libcublas.so.13 and libnvrtc.so.13.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$1 natives=$2 kernels=$3 wide=$4
shift 4
mkdir -p "$out/objects"
out=$(cd "$out" && pwd)
flags="-std=c++17 -O1 -g1 -fPIC -Wall -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=0"

# stubs LIBRARY PATTERN REPORTER: a weak function for every import; a lazily bound symbol that is missing ends the JVM
stubs() {
  echo "extern \"C\" int $3(const char *);"
  nm -D --undefined-only "$natives/$1" | sed -n "s/^ *U \($2[A-Za-z0-9_]*\).*/\1/p" | sort -u |
    sed "s/.*/extern \"C\" __attribute__((weak, visibility(\"default\"))) int &() { return $3(\"&\"); }/"
}

driver="driver_device driver_memory driver_streams driver_modules driver_graphs memory fiber blocks arrivals barriers copies order access faults streams graphs modules"
objects=
for name in $driver; do
  g++ $flags -fvisibility=hidden -fno-strict-aliasing -c "$here/$name.cpp" -o "$out/objects/$name.o"
  objects="$objects $out/objects/$name.o"
done
stubs libJCudaDriver-12.6.0-linux-x86_64.so cu swcuda_missing > "$out/objects/driver_stubs.cpp"
g++ $flags -shared $objects "$out/objects/driver_stubs.cpp" -Wl,-soname,libcuda.so.1 -o "$out/libcuda.so.1" -ldl

stubs libJCublas2-12.6.0-linux-x86_64.so cublas swcublas_missing > "$out/objects/cublas_stubs.cpp"
# cublas MAJOR FOLDER SOURCE...: symbols carry the version of their library, as NVIDIA's do
cublas() {
  major=$1 folder=$2
  shift 2
  mkdir -p "$folder"
  echo "libcublas.so.$major { global: cublas*; local: *; };" > "$out/objects/cublas$major.map"
  g++ $flags -O2 -shared -DMAJOR_VERSION="$major" "$here/cublas.cpp" "$@" -Wl,-soname,"libcublas.so.$major" \
    -Wl,--version-script="$out/objects/cublas$major.map" -L"$out" -l:libcuda.so.1 -o "$folder/libcublas.so.$major"
}
cublas 12 "$out" "$out/objects/cublas_stubs.cpp"
cublas 13 "$out/cuda13"

# nvrtc MAJOR FOLDER SOURCE...
nvrtc() {
  major=$1 folder=$2
  shift 2
  mkdir -p "$folder"
  echo "libnvrtc.so.$major { global: nvrtc*; local: *; };" > "$out/objects/nvrtc$major.map"
  g++ $flags -shared "$here/nvrtc.cpp" "$@" -Wl,-soname,"libnvrtc.so.$major" \
    -Wl,--version-script="$out/objects/nvrtc$major.map" -o "$folder/libnvrtc.so.$major"
}
stubs libJNvrtc-12.6.0-linux-x86_64.so nvrtc swnvrtc_missing > "$out/objects/nvrtc_stubs.cpp"
nvrtc 12 "$out" "$out/objects/nvrtc_stubs.cpp"
nvrtc 13 "$out/cuda13"

# libkernels_checked.so calls access.cpp at each read and write.
sh "$here/kernels.sh" "$out" libkernels_checked.so "$kernels" \
  "-fsanitize=thread,bounds --param tsan-distinguish-volatile=1" "$kernels"/cuda/*.cu "$wide"/cuda/*.cu "$@"
sh "$here/kernels.sh" "$out" libkernels.so "$kernels" "" "$kernels"/cuda/*.cu "$wide"/cuda/*.cu "$@"
