#!/bin/bash
# The two tables of docs/results.md, after runs/desk-nano.sh has made WORK: runs/tables.sh WORK [MINUTES_A_ROW [OPTION ...]]
# Rows that are done are left out when this is run again; one row alone is `python tables.py WORK ROW --minutes M`.
set -euo pipefail
WORK=$1 MINUTES=${2:-20}
cd "$(dirname "$0")/.."
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1
python tables.py "$WORK" --minutes "$MINUTES" "${@:3}"
python curves.py "$WORK/tables/$MINUTES-minutes"/{streaming,interleaved,per-frame}.csv --out "$WORK/tables/learning.png"
python tables.py "$WORK" --minutes "$MINUTES" --render > "$WORK/tables/results.md"
