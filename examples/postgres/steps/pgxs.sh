#!/bin/bash
# pgxs.sh ARCHIVE TOP POSTGRES TAR ARGUMENT…: an extension by PGXS against a PostgreSQL tree.
# TAR holds what it installs, relative to PostgreSQL's prefix.
source "${BASH_SOURCE[0]%/*}/hermetic.sh"
archive=$1 top=$2 postgres=$execroot/$3 tar=$execroot/$4
shift 4

unpack "$archive" "$top" "$work/src"
cd "$work"
mkdir postgres
tar --extract --file="$postgres" --directory=postgres

arguments=(PG_CONFIG="$work/postgres/bin/pg_config" COPT="-ffile-prefix-map=$work=/build" "$@")
make --silent -C src -j "$(jobs)" "${arguments[@]}"
make --silent -C src install DESTDIR="$work/stage" "${arguments[@]}"
pack "stage$work/postgres" "$tar"
