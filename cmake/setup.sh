#!/usr/bin/env bash
# Installs those packages of debian_packages.txt that are missing. Asks nothing; through sudo where
# not root. Where all are there it costs one dpkg-query.
set -euo pipefail

list="$(dirname "$(readlink -f "$0")")/debian_packages.txt"
names=$(sed 's/#.*//; s/[[:space:]]*$//; /^$/d' "$list")
mapfile -t wanted <<<"$names"

if ! command -v dpkg-query >/dev/null; then
  echo "setup: not a Debian system; install the like of these yourself: ${wanted[*]}" >&2
  exit 0
fi

# dpkg-query fails where it knows nothing of a package, which is just what we ask.
states=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null || true)
installed=" $(sed -n 's/ installed$//p' <<<"$states" | tr '\n' ' ') "
missing=()
for package in "${wanted[@]}"; do
  [[ $installed == *" $package "* ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    echo "setup: neither root nor sudo; as root: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo -n)
fi

echo "setup: installing ${missing[*]}"
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0
  -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
"${apt[@]}" update </dev/null
"${apt[@]}" install -y --no-install-recommends "${missing[@]}" </dev/null
