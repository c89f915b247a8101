#!/usr/bin/env bash
# Runs a command with a private PostgreSQL, which is thrown away when the command ends:
#
#	tools/postgres.sh go test ./internal/store/...
#
# The command finds it in PONTE_TEST_POSTGRES, as a superuser. A server that the variable already names is used instead.
# Durability is off: the data is worth nothing. DURABLE=1 leaves it on, for a measurement of what it costs.
set -euo pipefail

[[ -n ${PONTE_TEST_POSTGRES:-} ]] && exec "$@"

bin=$(dirname "$(command -v initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -1)")
if [[ $bin == . ]]; then
	[[ ${CI:-} == true ]] && { echo "no PostgreSQL here" >&2; exit 1; }
	echo "no PostgreSQL here: its tests are skipped" >&2
	exec "$@"
fi

dir=$(mktemp -d)
as=() # PostgreSQL refuses to run as root
if ((EUID == 0)); then
	as=(runuser -u postgres --)
	chown postgres "$dir"
fi
stop() {
	(cd / && "${as[@]}" "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1) || true
	rm -rf "$dir"
}
trap stop EXIT

careless="-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
[[ ${DURABLE:-} == 1 ]] && careless=
start() { # on a port: it may be taken
	(cd / && "${as[@]}" "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -o "-p $1 -k $dir -c listen_addresses=127.0.0.1 \
		-c max_connections=200 $careless" start >/dev/null)
}

(cd / && "${as[@]}" "$bin/initdb" -D "$dir/data" --username=ponte --auth=trust --encoding=UTF8 --locale=C --no-sync >/dev/null)
for try in 1 2 3 4 5; do
	port=$((20000 + RANDOM % 12000))
	start "$port" && break
	((try < 5)) || { cat "$dir/log" >&2; exit 1; }
done

export PONTE_TEST_POSTGRES="postgres://ponte@127.0.0.1:$port/postgres?sslmode=disable"
"$@"
