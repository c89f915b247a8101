#!/usr/bin/env bash
# Walks docs/install.md in a clean Debian (debootstrap; as root, with Debian's packages in reach): installs the package of
# dist/ (make release), and runs the unit's ExecStart line as a user without rights, in the folder that the unit would
# make. The service must come up, answer, back itself up, and end when it is told to.
#
#	tools/debian.sh [PACKAGE]
set -euo pipefail
cd "$(dirname "$0")/.."

package=${1:-$(ls dist/ponte_*_amd64.deb)}
root=$(mktemp -d)
chmod 0755 "$root" # in it, it is / for a user without rights
server=
finish() {
	[[ -n $server ]] && kill "$server" 2>/dev/null
	rm -rf "$root"
}
trap finish EXIT

step() { printf '== %s\n' "$*"; }

step "a clean Debian"
debootstrap --variant=minbase bookworm "$root" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" >"$root.log" 2>&1 || { cat "$root.log" >&2; exit 1; }
rm -f "$root.log"

step "apt install ./$(basename "$package")"
cp "$package" "$root/tmp/ponte.deb"
chroot "$root" apt-get install -y --no-install-recommends /tmp/ponte.deb >/dev/null

unit=$root/usr/lib/systemd/system/ponte.service
line=$(sed -n 's/^ExecStart=//p' "$unit")
state=$(sed -n 's/^StateDirectory=//p' "$unit")
user=61184 # of systemd's range for DynamicUser
install -d -m 0700 -o $user -g $user "$root/var/lib/$state"
settings=$(sed -n 's/^Environment=//p' "$unit" | sed 's|%S|/var/lib|g')
as() { chroot --userspec=$user:$user "$root" env -i PATH=/usr/bin:/bin $settings "$@"; }

step "$line, as user $user"
# shellcheck disable=SC2086 # a line of a unit is split at spaces, as systemd does
as $line >"$root/tmp/said" 2>"$root/tmp/log" &
server=$!
for _ in $(seq 100); do
	grep -q '^listening on ' "$root/tmp/said" && break
	sleep 0.1
done
address=$(sed -n 's/^listening on //p' "$root/tmp/said")
[[ $(curl -fsS -o /dev/null -w '%{http_code}' "$address/readyz") == 200 ]]
grep -q 'first administrator at ' "$root/tmp/said"
link=$(sed -n 's/^make the first administrator at \([^ ]*\).*/\1/p' "$root/tmp/said")
curl -fsS "$link" | grep -q 'Primeiro acesso'

step "the files are the service's alone"
[[ $(stat -c %a "$root/var/lib/$state/ponte.db") == 600 && $(stat -c %a "$root/var/lib/$state/ponte.db.key") == 600 ]]
[[ $(stat -c '%a %U' "$root/etc/ponte/ponte.env") == "600 root" ]]

step "a backup while it works, and a restore of it"
as ponte backup /var/lib/$state/copy.db
as PONTE_DB=/var/lib/$state/restored.db ponte restore /var/lib/$state/copy.db

step "it ends when it is told to"
pkill -TERM -P "$server" -x ponte || kill -TERM "$server"
wait "$server" && server=
step "done"
