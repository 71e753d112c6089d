#!/usr/bin/env bash
# run.sh [--out DIR] [--quick] [--list LIST] [STEP...]: proves RecurrentOps on this GPU host and writes result.json and result.md.
#   steps (default: all, in this order)
#     doctor     what every backend finds here
#     tck        conformance kit on cuda: JCublas (over cuBLAS 12, or 13 through the bridge), cuBLAS 13 through JNA, own products,
#                every call recorded as a graph, one-cluster in clusters of each size, and the kernels compiled at run time
#     probe      unit tests of every PTX piece; residency, latencies and rates that the kernels depend on
#     opencl     conformance kit on OpenCL, where the driver has it
#     sanitizer  compute-sanitizer memcheck and racecheck on a small part of the kit
#     table      every algorithm on the list persistent, then on DeepBench's training shapes, FP32, TF32, BF16, FP16
#     inference  the same on the inference shapes, forward only
#     cudnn      the same shapes through Python + PyTorch, where they exist
#     result     joins what the steps left in DIR
#   --quick      few shapes; a smaller part of the kit
#   --seconds N  table and inference start nothing new after N seconds each (default 240); a second run goes on
#   --list LIST  shapes instead of these two lists
#   --software   the device is an emulation: check, and time nothing
# Every step runs even if one before it failed. Exit code 0 only if none failed.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$PWD/recurrent-gpu-result
quick=no software=no seconds=240 list=persistent,deepbench-training
steps=()
while [ $# -gt 0 ]; do
  case $1 in
    --out) out=$(readlink -m "$2"); shift 2 ;;
    --seconds) seconds=$2; shift 2 ;;
    --list) list=$2; shift 2 ;;
    --quick) quick=yes; shift ;;
    --software) software=yes; shift ;;
    -h | --help) sed -n '2,/^set /p' "$0" | sed '$d; s/^# \{0,1\}//'; exit 0 ;;
    doctor | tck | probe | opencl | sanitizer | table | inference | cudnn | result) steps+=("$1"); shift ;;
    *) echo "run.sh: unknown argument '$1'; see run.sh --help" >&2; exit 2 ;;
  esac
done
[ ${#steps[@]} -gt 0 ] || steps=(doctor tck probe opencl sanitizer table inference cudnn result)
mkdir -p "$out" || exit 1
export LC_ALL=C PYTHONUNBUFFERED=1

# The folder that holds a file, among the places where CUDA libraries lie.
folder_of() {
  local file=$1 found
  found=$(ldconfig -p 2>/dev/null | sed -n "s|.*$file .*=> \(.*\)/[^/]*|\1|p" | head -n 1)
  [ -n "$found" ] || found=$(ls -d "${CUDA_HOME:-/usr/local/cuda}"/lib64/"$file" /usr/local/cuda*/lib64/"$file" \
    /usr/local/cuda*/targets/x86_64-linux/lib/"$file" 2>/dev/null | head -n 1 | xargs -r dirname)
  [ -n "$found" ] || found=$(python3 - "$file" 2>/dev/null <<'P'
import glob, os, site, sys
roots = site.getsitepackages() + [site.getusersitepackages()]
for root in roots:
    for path in glob.glob(os.path.join(root, "nvidia", "*", "lib", sys.argv[1])):
        print(os.path.dirname(path))
        sys.exit()
P
)
  echo "$found"
}
cublas12=$(folder_of libcublas.so.12)
cublas13=$(folder_of libcublas.so.13)
nvrtc=$(folder_of libnvrtc.so.12)
libraries=
for folder in "$cublas12" "$cublas13" "$nvrtc"; do
  [ -z "$folder" ] || libraries=$libraries:$folder
done
if [ -z "$cublas12" ] && [ -n "$cublas13" ]; then
  libraries=$here/native/cublas12-on-13$libraries
  export CUBLAS13=$cublas13/libcublas.so.13
fi
export LD_LIBRARY_PATH="${libraries#:}:${LD_LIBRARY_PATH:-}"
if ! ldconfig -p 2>/dev/null | grep -q 'libOpenCL\.so\.1 '; then
  export LD_LIBRARY_PATH="$LD_LIBRARY_PATH:$here/native/opencl"
  [ -d /etc/OpenCL/vendors ] || export OCL_ICD_VENDORS="$here/native/opencl/vendors"
fi

java() {
  "$here/jre/bin/java" --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED -Djava.io.tmpdir="$out/tmp" \
    -Dstdout.encoding=UTF-8 -Dstderr.encoding=UTF-8 ${RECURRENT_JAVA_OPTIONS:-} ${cublas13:+-Drecurrentops.cuda.libraries=$cublas13} "$@"
}
bench() { java -jar "$here/lib/recurrent-bench.jar" "$@"; }
# The kit fills and reads the workspace of every plan from the host; cuBLAS's usual 32 MiB a stream would be most of its time.
workspace=-Drecurrentops.cuda.workspace=1048576
kit() { # kit JAVA_OPTION... -- ARGUMENT...
  local jvm=("$workspace")
  while [ "$1" != -- ]; do jvm+=("$1"); shift; done
  shift
  java "${jvm[@]}" -cp "$here/lib/recurrent-bench.jar:$here/lib/recurrentops-tck.jar" org.recurrentops.tck.ConformanceMain "$@"
}
# Refusals that the kit must meet, no more and no fewer; those of options in the whole kit, and not where graphs run alone.
clusters=(--expect "one-cluster=use stepped" --expect "one-cluster/push=use stepped")
refusals=(--expect "fused=whole-sequence kernels multiply in FP32 only" --expect "persistent=use stepped"
  --expect "persistent/2d=use stepped" "${clusters[@]}")
options=(--expect "fused=layer normalisation" --expect "fused=algorithm fused: zoneout")
part=("${options[@]}") graphs=()
[ "$quick" = no ] || part=(--only shapes/) graphs=(--only shapes/)
timing=()
[ "$software" = no ] || timing=(--untimed)

failed=()
step() { # step NAME COMMAND...: output to NAME.txt, outcome to NAME.status
  local name=$1 began=$SECONDS code
  shift
  echo "== $name"
  "$@" > "$out/$name.txt" 2>&1
  code=$?
  echo "$code $((SECONDS - began))" > "$out/$name.status"
  tail -n 3 "$out/$name.txt" | cut -c1-200
  [ $code -eq 0 ] || { failed+=("$name"); echo "   failed with exit code $code, see $out/$name.txt"; }
}
skip() { echo "== $1: skipped, $2"; echo "$2" > "$out/$1.skipped"; }

run_doctor() {
  bench doctor --json > "$out/doctor.json" || return
  cat "$out/doctor.json"
  nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.max.sm,clocks.sm,clocks.mem,power.limit --format=csv 2>/dev/null
  cat "$here/COMMIT"
}

run_tck() {
  step tck-jcublas kit -Drecurrentops.cuda.gemm=cublas12 -- cuda "${refusals[@]}" "${part[@]}"
  if [ -n "$cublas13" ]; then
    step tck-cublas13 kit -Drecurrentops.cuda.gemm=cublas13 -- cuda "${refusals[@]}" "${part[@]}"
  else
    skip tck-cublas13 "no libcublas.so.13 on this host"
  fi
  step tck-graph kit -Drecurrentops.cuda.graph=always -- cuda --algorithm graph/ "${graphs[@]}"
  step tck-tiled kit -Drecurrentops.cuda.gemm=tiled -- cuda "${refusals[@]}" --only shapes/
  step tck-ptx kit -Drecurrentops.cuda.kernels=ptx -- cuda "${refusals[@]}" --only shapes/
  for size in 1 2 4 8 16; do # small layers have one block unless more are asked for; a card without sixteen refuses them
    step tck-cluster-$size kit -Drecurrentops.gpu.cluster=$size -- cuda --algorithm one-cluster "${clusters[@]}" \
      "${graphs[@]}" --leave-out '.* matrix/.*'
    # the layers of a stack in clusters of their own, which poll for each other
    [ "$quick" = yes ] || step tck-cluster-$size-together kit -Drecurrentops.gpu.cluster=$size -Drecurrentops.gpu.roles=together -- \
      cuda --algorithm one-cluster "${clusters[@]}" --only structure/
  done
  if [ -n "$nvrtc" ]; then
    step tck-nvrtc kit -Drecurrentops.cuda.kernels=nvrtc -- cuda "${refusals[@]}" --only shapes/
  else
    skip tck-nvrtc "no libnvrtc.so.12 on this host"
  fi
}

run_sanitizer() {
  local tool program
  [ "$software" = no ] || { skip sanitizer "compute-sanitizer watches cards, and this device is an emulation"; return; }
  program=$(command -v compute-sanitizer || ls /usr/local/cuda*/bin/compute-sanitizer 2>/dev/null | head -n 1)
  [ -n "$program" ] || { skip sanitizer "no compute-sanitizer on this host"; return; }
  local kit=(org.recurrentops.tck.ConformanceMain cuda) java
  for tool in memcheck racecheck; do
    java=("$program" --tool "$tool" --error-exitcode 9 --target-processes all "$here/jre/bin/java" --enable-native-access=ALL-UNNAMED
      -Djava.io.tmpdir="$out/tmp" "$workspace" -cp "$here/lib/recurrent-bench.jar:$here/lib/recurrentops-tck.jar")
    step "sanitizer-$tool" "${java[@]}" "${kit[@]}" "${refusals[@]}" --only t5n3c1h1
    step "sanitizer-$tool-clusters" "${java[@]}" -Drecurrentops.gpu.cluster=4 "${kit[@]}" "${clusters[@]}" --algorithm one-cluster \
      --only t9n4c65h33
  done
}

# one-cluster in clusters that are larger than a layer needs, too, in the same file.
sizes=$(echo one-cluster{,/push}:{1,2,4,8,16} | tr ' ' ,)
run_table() { # run_table NAME LIST PASSES
  [ "$quick" = no ] || set -- "$1" small "$3"
  local rows=(--device cuda --list "$2" --pass "$3" --mode FP32,TF32,BF16,FP16 --millis 60 --out "$out/$1.json" "${timing[@]}")
  step "$1" bench table "${rows[@]}" --limit-seconds "$seconds" --outputs "$out/outputs"
  step "$1-clusters" bench table "${rows[@]}" --limit-seconds $((seconds / 2)) --algorithm "$sizes"
}

run_cudnn() {
  command -v python3 >/dev/null || { skip cudnn "no python3 on this host"; return; }
  python3 -c 'import torch' 2>/dev/null || { skip cudnn "no PyTorch for the python3 of this host"; return; }
  if [ "$software" = no ] && ! python3 -c 'import sys, torch; sys.exit(not torch.cuda.is_available())' 2>/dev/null; then
    skip cudnn "the PyTorch of this host finds no GPU"
    return
  fi
  step cudnn python3 "$here/cudnn.py" --out "$out/cudnn.json" --outputs "$out/outputs" --seconds "$seconds" \
    $([ "$software" = yes ] && echo --cpu) "$out"/table.json "$out"/inference.json
}

mkdir -p "$out/tmp"
for s in "${steps[@]}"; do
  case $s in
    doctor) step doctor run_doctor ;;
    tck) run_tck ;;
    opencl)
      if grep -q '"opencl' "$out/doctor.json" 2>/dev/null || [ ! -e "$out/doctor.json" ]; then
        step opencl kit -- opencl "${part[@]}"
      else
        skip opencl "doctor found no OpenCL device"
      fi ;;
    probe) step probe bench probe --device cuda --out "$out/probes.json" "${timing[@]}" ;;
    sanitizer) run_sanitizer ;;
    table) run_table table "$list" forward,training ;;
    inference) run_table inference deepbench-inference forward ;;
    cudnn) run_cudnn ;;
    result) step result bench gpu-result --in "$out" ;;
  esac
done
rm -rf "$out/tmp"
if [ ${#failed[@]} -eq 0 ]; then
  echo "all steps passed: ${steps[*]}; see $out"
else
  echo "failed: ${failed[*]}; see $out"
  exit 1
fi
