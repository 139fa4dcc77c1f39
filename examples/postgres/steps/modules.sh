#!/bin/bash
# modules.sh MODULES LIST MODULE…: fails unless the modules named are exactly those that PostgreSQL installed.
source "${BASH_SOURCE[0]%/*}/hermetic.sh"
modules=$1 list=$2
shift 2

cut -f 1 "$modules" | uniq >"$list"
if ! printf '%s\n' "$@" | sort | diff --label contrib.json --label installed -U 0 - "$list" >&2; then
  echo "extensions/contrib/contrib.json: modules: found (-), allowed: what the build installs (+)" >&2
  exit 1
fi
