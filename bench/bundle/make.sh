#!/usr/bin/env bash
# make.sh [OUT.tar.xz]: the GPU bundle, an archive that proves the CUDA backend on an offline Linux GPU host without Java.
# Needs: JDK 25 or newer for its own Java runtime (JLINK_JDK, or one under /usr/lib/jvm), gcc, nm, xz; nvcc for machine code of
# the kernels. Default: bench/target/recurrent-gpu-bundle.tar.xz. Its use is in run.sh and in bench/README.md.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
out=$(readlink -m "${1:-bench/target/recurrent-gpu-bundle.tar.xz}")
stage=$root/bench/target/bundle/recurrent-gpu-bundle
limit_bytes=60000000

die() { echo "make.sh: $*" >&2; exit 1; }

# The home of the newest JDK from 25 on that has jlink; jlink of older ones leaves a larger runtime.
find_jdk() {
  local home version best=0
  for home in "${JLINK_JDK:-}" /usr/lib/jvm/*; do
    [ -x "$home/bin/jlink" ] || continue
    version=$("$home/bin/java" -version 2>&1 | sed -n '1s/.*version "\([0-9]*\).*/\1/p')
    if [ "${version:-0}" -ge 25 ] && { [ "$version" -gt "$best" ] || [ "$home" = "${JLINK_JDK:-}" ]; }; then
      best=$version jdk=$home
      [ "$home" != "${JLINK_JDK:-}" ] || return 0
    fi
  done
  [ -n "${jdk:-}" ] || die "no JDK 25 or newer with jlink; install one, or name it with JLINK_JDK=/path"
}

build_jars() {
  [ "${BUNDLE_BUILD:-yes}" = no ] || ./mvnw -q -DskipTests -pl bench,tck -am package
  mkdir -p "$stage/lib"
  cp bench/target/recurrent-bench.jar "$stage/lib/"
  cp "$(ls tck/target/recurrentops-tck-*.jar | grep -v -e sources -e javadoc)" "$stage/lib/recurrentops-tck.jar"
}

build_runtime() {
  "$jdk/bin/jlink" --add-modules java.base,java.logging,java.management,jdk.management,jdk.unsupported,jdk.incubator.vector \
    --strip-debug --no-man-pages --no-header-files --compress zip-0 --output "$stage/jre" 2>&1 | grep -v 'incubator' || true
  "$stage/jre/bin/java" -version >/dev/null 2>&1 || die "jlink of $jdk made no working runtime"
}

# A libcublas.so.12 whose every symbol that JCublas imports jumps into libcublas.so.13.
build_bridge() {
  local work=$root/bench/target/bundle/bridge native
  mkdir -p "$work" "$stage/native/cublas12-on-13"
  (cd "$work" && unzip -qo "$stage/lib/recurrent-bench.jar" 'lib/libJCublas2-*-linux-x86_64.so')
  native=$(ls "$work"/lib/libJCublas2-*-linux-x86_64.so)
  nm -D --undefined-only "$native" | sed -n 's/^ *U \(cublas[A-Za-z0-9_]*\).*/BRIDGE(\1)/p' | sort -u > "$work/symbols.inc"
  [ -s "$work/symbols.inc" ] || die "$native imports nothing from cuBLAS"
  echo 'libcublas.so.12 { global: cublas*; local: *; };' > "$work/version.map"
  gcc -O2 -fPIC -shared -Wall -Werror -I"$work" bench/bundle/cublas_bridge.c -Wl,-soname,libcublas.so.12 \
    -Wl,--version-script="$work/version.map" -o "$stage/native/cublas12-on-13/libcublas.so.12" -ldl
}

# Drivers ship libnvidia-opencl.so.1, often without the loader that programs link.
copy_opencl_loader() {
  local loader
  loader=$(ldconfig -p | sed -n 's/.*libOpenCL\.so\.1 .*x86-64.*=> //p' | head -n 1)
  mkdir -p "$stage/native/opencl/vendors"
  echo libnvidia-opencl.so.1 > "$stage/native/opencl/vendors/nvidia.icd"
  if [ -n "$loader" ]; then
    cp -L "$loader" "$stage/native/opencl/libOpenCL.so.1"
  else
    echo "make.sh: no libOpenCL.so.1 here (package ocl-icd-libopencl1): the bundle will use the host's" >&2
  fi
}

find_jdk
rm -rf "$root/bench/target/bundle"
mkdir -p "$stage"
build_jars
build_runtime
build_bridge
copy_opencl_loader
cp bench/bundle/run.sh bench/bundle/cudnn.py "$stage/"
git describe --always --dirty --exclude='*' > "$stage/COMMIT" 2>/dev/null || echo unknown > "$stage/COMMIT"
tar -C "$(dirname "$stage")" -c "$(basename "$stage")" | xz -T0 -6 > "$out"
bytes=$(stat -c %s "$out")
echo "$out: $bytes bytes"
[ "$bytes" -lt "$limit_bytes" ] || die "the archive must stay under $limit_bytes bytes"
