#!/bin/bash
# autoconf.sh ARCHIVE TOP PREFIX TAR MODULES OPTION…: PostgreSQL by configure and make.
# TAR holds the tree under PREFIX; MODULES holds a line `MODULE<tab>PATH` for every file that contrib installs.
source "${BASH_SOURCE[0]%/*}/hermetic.sh"
archive=$1 top=$2 prefix=$3 tar=$execroot/$4 modules=$execroot/$5
shift 5

unpack "$archive" "$top" "$work/src"
cd "$work/src"

./configure --quiet --prefix="$prefix" --disable-rpath --with-system-tzdata=/usr/share/zoneinfo CFLAGS=-O2 "$@"
make --silent -j "$(jobs)" world-bin
make --silent install DESTDIR="$work/stage"
forget_work "$work/stage$prefix/lib/pgxs/src/Makefile.global"

# Every module installs below its own directory first: that tells whose a file is.
make --silent -j "$(jobs)" -C contrib install DESTDIR='$(CURDIR)/.stage'
for stage in contrib/*/.stage; do
  module=$(basename "$(dirname "$stage")")
  (cd "$stage$prefix" && find . -type f -printf "$module\t%P\n")
  cp -a "$stage/." "$work/stage/"
done | sort >"$modules"

pack "$work/stage$prefix" "$tar"
