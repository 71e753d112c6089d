#!/usr/bin/env bash
# Plants a slow-down and looks whether `compare` sees it: three runs of the same two combinations on the CPU backend, by one
# thread, twice as it is and once with every call prolonged by SHARE (default 0.2) of its own time. Expected: no difference
# between the first two (exit code 0), the third slower (exit code 3). Needs the packaged jar, a JDK and a quiet machine: where the
# machine itself changes between the runs by as much as the code, `compare` says undecided, and the third is not found. Takes four
# minutes, or one with PROFILE quick; results go to FOLDER.
# usage: bench/slowdown/run.sh [FOLDER] [SHARE] [PROFILE]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
jar=$here/../target/recurrent-bench.jar
folder=${1:-slowdown}
share=${2:-0.2}
profile=${3:-full}
mkdir -p "$folder"
classes=$(mktemp -d)
trap 'rm -rf "$classes"' EXIT
javac --release 17 -cp "$jar" -d "$classes" "$here/SlowedCpu.java"
mkdir -p "$classes/META-INF/services"
echo SlowedCpu >"$classes/META-INF/services/org.recurrentops.spi.Backend"

measure() { # measure FILE SHARE
  rm -f "$folder/$1"
  java -Dslowdown="$2" -cp "$classes:$jar" org.recurrentops.bench.Main run --profile "$profile" --backend cpu --threads 1 \
    --what forward,training --shape lstm-t50n64c128h128 --out "$folder/$1"
}
compare() { # compare FILE FILE EXPECTED
  local code=0
  java -jar "$jar" compare "$folder/$1" "$folder/$2" || code=$?
  [ "$code" = "$3" ] || { echo "compare $1 $2: expected exit code $3, got $code" >&2; exit 1; }
}
measure before.json 0
measure same.json 0
measure slower.json "$share"
compare before.json same.json 0
compare before.json slower.json 3
