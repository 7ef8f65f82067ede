#!/bin/bash
# Prepares shards as they are finished: runs/take-in.sh WORLD CACHE [SECONDS_TO_WATCH]
cd "$(dirname "$0")/.." || exit 1
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1
until=$((SECONDS + ${3:-0}))
while :; do
  for shard in "$1"/train-* "$1"/validation-* "$1"/test-*; do
    [ -e "$shard/DONE" ] && [ ! -e "$2/$(basename "$shard").json" ] && python prepare.py "$shard" --out "$2"
  done
  [ $SECONDS -ge $until ] && break
  sleep 15
done
