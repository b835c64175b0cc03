#!/usr/bin/env bash
# Make .venv with the newest suitable Python: one that is present, else one that uv downloads.
set -euo pipefail
uv=$1
for version in $(cat .python-version) 3.14 3.13 3.12; do
  if UV_PYTHON_DOWNLOADS=never "$uv" venv -q --clear --python "$version" .venv 2>/dev/null; then exit 0; fi
done
echo "No Python 3.12 or newer is present; letting uv download one."
"$uv" venv -q --clear --python "$(cat .python-version)" .venv
