#!/bin/sh
# Hold the shape of the code within the project's budgets.
set -eu
cd "$(dirname "$0")/.."
exec "${PYTHON:-.venv/bin/python}" .ci/measure_style.py batson=.:workstation --detail \
  --limit 'file_max<=500' \
  --limit 'func_p50<=8' --limit 'func_p95<=30' --limit 'func_max<=60' \
  --limit 'class_max_methods<=25' --limit 'cc_max<=10' \
  --limit 'doc_pct>=98' --limit 'ann_pct>=100' \
  --limit 'test_ratio>=1.0' \
  --limit 'cycles<=0' --limit 'qt_and_vtk_files<=0'
