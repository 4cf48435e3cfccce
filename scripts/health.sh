#!/usr/bin/env bash
# How it feels, a line per endpoint; exit code 1 when anything is unhealthy or does not answer, 2 for wrong usage.
#
#   scripts/health.sh [--all] [URL]
#
# URL is the gateway's; without one its port is taken from run.json in POCKETPAY_DATA_DIR (.pocketpay), else it is 8011.
# With --all every process in run.json is asked as well.
set -euo pipefail

timeout_seconds=5
data_dir="${POCKETPAY_DATA_DIR:-$(dirname "$0")/../.pocketpay}"
all=false
url=""
unhealthy=0

usage() {
    echo "usage: scripts/health.sh [--all] [URL]" >&2
    exit 2
}

# name, URL, the text that a healthy answer has
ask() {
    local name="$1" endpoint="$2" healthy="$3" answer status body
    answer="$(curl --silent --max-time "$timeout_seconds" --write-out '\n%{http_code}' "$endpoint" || true)"
    status="${answer##*$'\n'}"
    body="$(printf '%s' "${answer%$'\n'*}" | tr -d ' \n\r\033')"
    if [ "$status" = 200 ] && [[ "$body" == *"$healthy"* ]]; then
        printf 'ok         %-10s %s\n' "$name" "$endpoint"
        return
    fi
    unhealthy=1
    if [ "$status" = 000 ]; then
        printf 'NO ANSWER  %-10s %s\n' "$name" "$endpoint"
    else
        printf 'UNHEALTHY  %-10s %s: %s %.300s\n' "$name" "$endpoint" "$status" "$body"
    fi
}

ask_process() {
    ask "$1" "$2/healthz" '"status":"ok"'
    ask "$1" "$2/readyz" '"status":"ready"'
}

ports() {
    python3 -c 'import json, sys
for name, port in json.load(open(sys.argv[1]))["ports"].items():
    print(name, port)' "$data_dir/run.json"
}

for argument in "$@"; do
    case "$argument" in
        --all) all=true ;;
        -*) usage ;;
        *) [ -z "$url" ] || usage; url="${argument%/}" ;;
    esac
done

known="$(ports 2>/dev/null || true)"
if $all; then
    if [ -z "$known" ]; then
        echo "no run.json in $data_dir: start it with \`make up\`, or set POCKETPAY_DATA_DIR" >&2
        exit 1
    fi
    while read -r name port; do
        [ "$name" = gateway ] || ask_process "$name" "http://localhost:$port"
    done <<< "$known"
fi

port="$(sed -n 's/^gateway //p' <<< "$known")"
url="${url:-http://localhost:${port:-8011}}"
ask_process gateway "$url"
ask gateway "$url/status" '"status":"ok"'
exit "$unhealthy"
