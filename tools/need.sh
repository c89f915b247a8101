#!/usr/bin/env bash
# Installs what the tests need and this machine lacks: make, a C compiler (for the race detector),
# PostgreSQL, Chromium (for the browser tests), curl (for what the books show) and systemd (which judges the unit).
# Without root it only says what is missing; that is an error under CI, where nothing is skipped.
set -euo pipefail

missing=()
command -v make >/dev/null || missing+=(make)
command -v gcc >/dev/null || missing+=(gcc libc6-dev)
if [[ -z ${PONTE_TEST_POSTGRES:-} ]] && ! command -v initdb >/dev/null && ! compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then
	missing+=(postgresql)
fi
command -v chromium >/dev/null || missing+=(chromium)
command -v curl >/dev/null || missing+=(curl)
command -v systemd-analyze >/dev/null || missing+=(systemd)
((${#missing[@]} == 0)) && exit 0

if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
	echo "missing: ${missing[*]}. Install them, for example: sudo apt-get install ${missing[*]}" >&2
	[[ ${CI:-} != true ]] && exit 0
	exit 1
fi

echo "installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get update && apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
	cat "$log" >&2
	exit 1
fi
