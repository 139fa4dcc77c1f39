#!/bin/bash
# contrib.sh POSTGRES MODULES MODULE TAR: the files of one contrib module, cut from PostgreSQL's tree.
source "${BASH_SOURCE[0]%/*}/hermetic.sh"
postgres=$1 modules=$2 module=$3 tar=$execroot/$4

awk -F '\t' -v module="$module" '$1 == module { print $2 }' "$modules" >"$work/files"
if [[ ! -s $work/files ]]; then
  echo "extensions/contrib/contrib.json: modules: found $module, allowed: $(cut -f 1 "$modules" | uniq | tr '\n' ' ')" >&2
  exit 1
fi
mkdir "$work/stage"
tar --extract --file="$postgres" --directory="$work/stage" --files-from="$work/files"
pack "$work/stage" "$tar"
