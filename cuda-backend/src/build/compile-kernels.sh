#!/bin/sh
# compile-kernels.sh KERNELS OUT REPORTS WIDE: machine code and PTX of every KERNELS/cuda/*.cu, where nvcc is found; else
# nothing, and the backend compiles with NVRTC at run time. Files that are up to date stay.
#   OUT/ptx/NAME.ptx        for the oldest architecture, in a PTX version that old drivers read
#   OUT/fatbin/NAME.fatbin  machine code for every architecture that nvcc knows from sm_75 on, and that PTX
#                           WIDE/cuda/NAME_f64.cu, the float64 twins that the build of KERNELS makes: machine code for
#                           the oldest and the newest one only, since they serve gradient checks
#                           NAME.cu that says "needs: sm_80" on its first line has tensor cores inline: PTX for that
#                           architecture, machine code for the first one of each generation from it on;
#                           NAME_persistent.cu, NAME_roles.cu and NAME_2d.cu keep weights in registers, which takes long:
#                           the same from the oldest on
#   REPORTS/NAME.txt        registers and spills per kernel and architecture, which a test reads
#   OUT/probes/NAME.fatbin  the same of KERNELS/probes/*.cu; NAME_plain.fatbin is made of the plain C++ twins of their
#                           PTX pieces
# A file may say on its first line from which architecture on it compiles ("needs: sm_90").
# KERNEL_ARCHITECTURES="75 90" builds fewer; the release builds all.
# The front end runs once per file, for compute_75, and ptxas once per architecture: 2 s a file instead of 8.
set -eu
self=$0

# compile NAME.cu: all outputs of one file
compile() {
  name=$(basename "$1" .cu)
  ptx=$out/ptx/$name.ptx fatbin=$out/fatbin/$name.fatbin report=$reports/$name.txt
  if [ -e "$fatbin" ] && [ -e "$ptx" ] && [ -e "$report" ] &&
    [ -z "$(find "$1" "$self" "$reports/architectures" "$kernels/common" -newer "$fatbin" -type f)" ]; then
    return
  fi
  oldest=$(oldest_of "$1")
  "$nvcc" -ptx "-arch=compute_$oldest" -Werror all-warnings -I "$kernels/common" "$1" -o "$reports/$name.ptx"
  # A new nvcc stamps its PTX with a version that only the newest drivers read. The kernels use nothing newer than
  # version 7.0 (CUDA 11.0), or 8.1 (CUDA 12.1) those of clusters, so they are relabelled; ptxas refuses a file for
  # which that is not true.
  version=7.0
  [ "$oldest" -lt 90 ] || version=8.1
  # Which bytes of a load are used is a hint that these versions lack.
  sed "s/^\.version .*/.version $version/; /\.pragma \"used_bytes_mask/d" "$reports/$name.ptx" > "$ptx.new"
  mv "$ptx.new" "$reports/$name.ptx"
  case $name in
    *_f64) wanted=$(printf '%s\n' $wanted | sort -n | sed -n '1p;$p' | uniq) ;;
    *_tensor | *_2d) wanted=$(printf '%s\n' $wanted | grep '0$' || true) ;;
    *_persistent | *_roles) wanted=$(printf '%s\n' $wanted | sort -n | sed -n '1p;/0$/p' | uniq) ;;
  esac
  # Old drivers cannot unpack what the newer ways of compressing make.
  assemble "$oldest" "$reports/$name.ptx" "$fatbin" "$report"
  mv "$reports/$name.ptx" "$ptx"
}

# oldest_of NAME.cu: the architecture that its first line needs
oldest_of() {
  oldest=$(sed -n '1s/.*needs: sm_//p' "$1")
  echo "${oldest:-75}"
}

# assemble OLDEST PTX FATBIN REPORT: machine code for every wanted architecture from the oldest on
assemble() {
  codes=$(for a in $wanted; do [ "$a" -lt "$1" ] || echo "sm_$a"; done | paste -sd, -)
  "$nvcc" -fatbin -gencode "arch=compute_$1,code=[$codes${codes:+,}compute_$1]" -Xptxas -v -Xfatbin -compress-all \
    $compression "$2" -o "$3.new" 2> "$4" || {
    cat "$4" >&2
    exit 1
  }
  mv "$3.new" "$3"
}

# compile_probe NAME.cu [SUFFIX OPTION]: PTX newer than 7.0 stays as it is, for the drivers that can run it
compile_probe() {
  name=$(basename "$1" .cu)${2:-}
  oldest=$(oldest_of "$1")
  fatbin=$out/probes/$name.fatbin report=$reports/probe_$name.txt
  if [ -e "$fatbin" ] && [ -e "$report" ] &&
    [ -z "$(find "$1" "$self" "$reports/architectures" "$kernels/common" -newer "$fatbin" -type f)" ]; then
    return
  fi
  "$nvcc" -ptx "-arch=compute_$oldest" ${3:-} -Werror all-warnings -I "$kernels/common" "$1" \
    -o "$reports/probe_$name.ptx"
  assemble "$oldest" "$reports/probe_$name.ptx" "$fatbin" "$report"
}

if [ "$1" = --one ]; then
  case $2 in
    "$kernels"/probes/*)
      compile_probe "$2"
      ! grep -q "^// Unit tests" "$2" || compile_probe "$2" _plain -DPLAIN_TWINS
      ;;
    *) compile "$2" ;;
  esac
  exit
fi

kernels=$1 out=$2 reports=$3 wide=$4
nvcc=${NVCC:-${CUDA_HOME:-/usr/local/cuda}/bin/nvcc}
[ -x "$nvcc" ] || nvcc=$(command -v nvcc) || {
  echo "cuda-backend: no nvcc, so no kernels are packaged; the backend will need NVRTC"
  exit 0
}
mkdir -p "$out/ptx" "$out/fatbin" "$out/probes" "$reports"
known=$("$nvcc" --list-gpu-code | sed -n 's/^sm_\([0-9]*\)$/\1/p' | awk '$1 >= 75')
wanted=${KERNEL_ARCHITECTURES:-$known}
compression=
if "$nvcc" --help | grep -q -e --compress-mode; then
  compression=--compress-mode=speed
fi
printf '%s\n' $wanted > "$reports/architectures.new"
if cmp -s "$reports/architectures.new" "$reports/architectures"; then
  rm "$reports/architectures.new"
else
  mv "$reports/architectures.new" "$reports/architectures"
fi
export kernels out reports nvcc wanted compression
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
printf '%s\0' "$kernels"/cuda/*.cu "$wide"/cuda/*.cu "$kernels"/probes/*.cu | xargs -0 -n 1 -P "$jobs" sh "$self" --one
