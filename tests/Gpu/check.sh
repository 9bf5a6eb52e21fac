#!/usr/bin/env bash
# The check of TaskDsl on one device. Every step is a process of its own, with a limit; after so many seconds no step is started any more.
# Usage: ./check.sh [--device cuda:0] [--size large|medium|small] [--seconds 480] [--results results]
# Results: results.jsonl, one JSON object a line, summary.txt and summary.json. Ends with 0 where everything ran and is within its bounds.
set -uo pipefail
export LC_ALL=C # A point in numbers, whatever is spoken here.
cd "$(dirname "$0")"
device=cuda:0 size='' seconds=480 results=results
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || { echo "$1 needs a value" >&2; exit 2; }
  case $1 in
    --device) device=$2 ;;
    --size) size=$2 ;;
    --seconds) seconds=$2 ;;
    --results) results=$2 ;;
    *) echo "'$1' is no setting; expected --device, --size, --seconds or --results" >&2; exit 2 ;;
  esac
  shift 2
done
settings=(--device "$device" ${size:+--size "$size"})
rm -rf "$results" && mkdir -p "$results" || exit 2
lines=$results/results.jsonl

# The libtorch of the PyTorch that is here, unless another is named; NVIDIA's libraries lie in folders of their own beside it.
where='import os, torch; print(os.path.join(os.path.dirname(torch.__file__), "lib"))'
if [ -z "${TASKDSL_LIBTORCH:-}" ] && found=$(python3 -c "$where" 2> /dev/null); then
  export TASKDSL_LIBTORCH=$found
  beside=$(printf '%s:' "$found"/../../nvidia/*/lib)
  export LD_LIBRARY_PATH=$beside${LD_LIBRARY_PATH:-}
fi

# What a process said last, as the inside of a JSON string.
said() {
  tail -n 20 "$1" | tr -cd '\11\12\40-\176' | cut -c -500 | sed 's/\\/\\\\/g; s/"/\\"/g; s/\t/ /g' \
    | awk '{ printf "%s%s", separator, $0; separator = "\\n" }'
}

# record STEP PRECISION STATUS [MORE]: what became of a process.
record() { printf '{"step":"%s","precision":"%s","device":"%s","status":"%s"%s}\n' "$1" "$2" "$device" "$3" "${4:-}" >> "$lines"; }

grace=5 # The seconds that a process has to end by itself.
late=255 # What step returns for a process that was not started.

# step NAME PRECISION LIMIT COMMAND…: runs a process, keeps what it found and how it ended.
step() {
  local name=$1 precision=$2 limit=$3 left=$((seconds - SECONDS - grace)) started=$EPOCHREALTIME code status=ok
  shift 3
  if ((left < 5)); then
    record "$name" "$precision" 'not started' ",\"message\":\"the $seconds seconds were over\""
    return $late
  fi
  limit=$((limit < left ? limit : left))
  timeout -k $grace $limit "$@" < /dev/null > "$results/out" 2> "$results/err"
  code=$?
  grep '^{' "$results/out" >> "$lines"
  [ $code = 0 ] || status=error
  local more=",\"rc\":$code,\"seconds\":$(awk "BEGIN { printf \"%.2f\", $EPOCHREALTIME - $started }")"
  [ $code = 124 ] || [ $code = 137 ] && more+=",\"message\":\"stopped after its limit of $limit seconds, or killed (exit code $code)\""
  [ $code = 0 ] || more+=",\"stderr\":\"$(said "$results/err")\""
  record "$name" "$precision" $status "$more"
  echo "$name $precision: $([ $code = 0 ] && echo ok || echo "exit code $code")" >&2
  return $code
}

if ! plan=$(./check list "${settings[@]}" 2> "$results/err"); then
  cat "$results/err" >&2
  echo "the check does not start on this machine" >&2
  exit 2
fi
stopped=''
reference() { # Beside the steps that it is compared with, as soon as they are done.
  ./check sizes "${settings[@]}" > "$results/sizes.json"
  if python3 -c 'import torch, transformers, peft' 2> /dev/null; then
    step reference bfloat16 120 python3 reference.py "$results/sizes.json" "$device"
  else
    record reference bfloat16 skipped ',"message":"python3 has no torch, transformers and peft: pip install transformers peft"'
  fi
}
while read -r name precision limit; do
  if [ -n "$stopped" ]; then
    record "$name" "$precision" 'not started' ",\"message\":\"$stopped\""
    continue
  fi
  step "$name" "$precision" "$limit" ./check "$name" --precision "$precision" "${settings[@]}"
  code=$?
  # 1 = a number is far: the rest shows where. Any other end of the first step is a machine that computes nothing.
  [ $code -le 1 ] || [ $code = $late ] || [ "$name" != device ] || stopped="nothing computes here: see the step device"
  [ "$name" != full_whole ] || reference
done <<< "$plan"
rm -f "$results/out" "$results/err"
echo >&2
./check summary "$lines" | tee "$results/summary.txt"
exit "${PIPESTATUS[0]}"
