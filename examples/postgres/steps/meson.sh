#!/bin/bash
# meson.sh ARCHIVE TOP PREFIX TAR MODULES OPTION…: PostgreSQL by meson and ninja.
# TAR holds the tree under PREFIX; MODULES holds a line `MODULE<tab>PATH` for every file that contrib installs.
source "${BASH_SOURCE[0]%/*}/hermetic.sh"
archive=$1 top=$2 prefix=$3 tar=$execroot/$4 modules=$execroot/$5
shift 5

unpack "$archive" "$top" "$work/src"
cd "$work"

# Scanners are generated under absolute paths, which would end up in the binaries by way of __FILE__; flex's own -L
# leaves the #line of a %top block.
sed -i "s|^# check lex.backup\$|with open(args.output_file) as scanner:\n    lines = [line for line in scanner if not line.startswith('#line ')]\nwith open(args.output_file, 'w') as scanner:\n    scanner.writelines(lines)\n\n&|" src/src/tools/pgflex
grep -q "scanner.writelines" src/src/tools/pgflex

meson setup build src --prefix="$prefix" --libdir=lib --auto-features=disabled \
  -Doptimization=2 -Ddebug=false -Drpath=false -Dsystem_tzdata=/usr/share/zoneinfo "$@"
ninja -C build -j "$(jobs)"
DESTDIR=$work/stage meson install -C build --no-rebuild --quiet
forget_work "stage$prefix/lib/pgxs/src/Makefile.global"

meson introspect build --installed | python3 -c '
import json, os, sys
work, prefix = sys.argv[1:]
for built, installed in json.load(sys.stdin).items():
    origin = os.path.relpath(built, work).split(os.sep)
    if origin[1:2] == ["contrib"]:
        print(origin[2], os.path.relpath(installed, prefix), sep="\t")
' "$work" "$prefix" | sort >"$modules"

pack "stage$prefix" "$tar"
