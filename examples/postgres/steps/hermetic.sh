# Sourced by every step: fixes what an action could pick up from its machine, and names what the steps share.
set -euo pipefail
umask 022
export LC_ALL=C TZ=UTC SOURCE_DATE_EPOCH=315532800 PYTHONDONTWRITEBYTECODE=1

execroot=$PWD
work=$(mktemp -d "$execroot/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/tmp"
export TMPDIR=$work/tmp HOME=$work/tmp

# unpack ARCHIVE TOP DIRECTORY: the tree under TOP, with the modes that a release tarball has: module zips lose the
# executable bit.
unpack() {
  mkdir "$work/unpacked"
  python3 -c 'import shutil, sys; shutil.unpack_archive(sys.argv[1], sys.argv[2])' "$1" "$work/unpacked"
  mv "$work/unpacked/$2" "$3"
  rm -r "$work/unpacked"
  python3 - "$3" <<'PYTHON'
import os, sys
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        path = os.path.join(folder, name)
        if not os.path.islink(path):
            with open(path, "rb") as file:
                os.chmod(path, 0o755 if file.read(2) == b"#!" else 0o644)
PYTHON
}

# jobs: the CPUs that this action may use: its cgroup's quota where there is one, else what it may run on.
jobs() {
  local quota=max period=100000
  if [[ -r /sys/fs/cgroup/cpu.max ]]; then
    read -r quota period </sys/fs/cgroup/cpu.max
  elif [[ -r /sys/fs/cgroup/cpu/cpu.cfs_quota_us ]]; then
    quota=$(</sys/fs/cgroup/cpu/cpu.cfs_quota_us)
    period=$(</sys/fs/cgroup/cpu/cpu.cfs_period_us)
  fi
  if [[ $quota == max || $quota -le 0 ]]; then
    nproc
  else
    echo $(((quota + period - 1) / period))
  fi
}

# pack DIRECTORY TAR: the same tree gives the same bytes.
pack() {
  (cd "$1" && find . -mindepth 1 -printf '%P\0' | LC_ALL=C sort -z |
    tar --create --format=gnu --null --no-recursion --files-from=- --mtime="@$SOURCE_DATE_EPOCH" \
      --owner=0 --group=0 --numeric-owner --mode=u+rwX,go=rX) >"$2"
}

# forget_work FILE: a file that names the directory of this build names a fixed one instead.
forget_work() {
  sed -i "s|$work|/build|g" "$1"
}
