#!/usr/bin/env bash
# From a fresh clone to a payment in the books.
#
#   scripts/quickstart.sh [--docker] [URL]
#
# Uses the gateway at URL (http://localhost:8011) if one answers there; else starts everything, with embedded servers or
# with docker compose. What it starts goes on running; the last lines say how to stop it.
set -euo pipefail
cd "$(dirname "$0")/.."

data_dir="${POCKETPAY_DATA_DIR:-.pocketpay}"
wait_seconds=120
docker=false
url="http://localhost:8011"
how_to_stop=""

say() { printf '\n== %s\n' "$*"; }

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

need() {
    command -v "$1" > /dev/null || fail "$1 is missing: $2"
}

answers() { curl --silent --fail --max-time 3 --output /dev/null "$url$1"; }

start_embedded() {
    need python3 "install Python 3.11 or newer (Debian: apt install python3 python3-venv), or use --docker"
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "python3 is $(python3 --version 2>&1): PocketPay needs 3.11 or newer, or use --docker"
    need make "install it (Debian: apt install make; macOS: xcode-select --install), or use --docker"
    say "Installing into .venv (some minutes the first time)"
    make --no-print-directory setup
    say "Starting PostgreSQL, NATS and PocketPay"
    mkdir -p "$data_dir"
    local port="${url##*:}"
    [[ "$port" =~ ^[0-9]+$ ]] || fail "nothing answers at $url, and it names no port to start on"
    nohup .venv/bin/pocketpay up --port "$port" --data-dir "$data_dir" > "$data_dir/quickstart.log" 2>&1 &
    started=$!
    how_to_stop="kill $started"
}

start_with_docker() {
    need docker "install Docker with Compose v2, or leave --docker out"
    docker compose version > /dev/null 2>&1 || fail "docker compose is missing: install Compose v2, or leave --docker out"
    say "Building and starting with docker compose"
    docker compose up --build --detach
    how_to_stop="docker compose down"
}

wait_until_ready() {
    local deadline=$((SECONDS + wait_seconds))
    until answers /readyz; do
        if [ -n "${started:-}" ] && ! kill -0 "$started" 2> /dev/null; then
            fail "it ended instead of getting ready; $data_dir/quickstart.log says why:
$(tail -n 20 "$data_dir/quickstart.log")"
        fi
        [ "$SECONDS" -lt "$deadline" ] || fail "$url/readyz is not ready after $wait_seconds s:
$(curl --silent --show-error --max-time 3 "$url/readyz" 2>&1 || true)"
        sleep 0.2
    done
}

get() {
    curl --silent --show-error --fail-with-body --max-time 20 "$url$1"
    echo
}

pay() {
    local headers answer payment position
    headers="$(mktemp)"
    trap 'rm -f "$headers"' RETURN
    say "A payment of 10.00 USD:  POST $url/api/v1/payments"
    answer="$(curl --silent --show-error --fail-with-body --max-time 20 --dump-header "$headers" \
        -H 'Content-Type: application/json' -H "Idempotency-Key: quickstart-$(date +%s)-$$" \
        -d '{"amount":1000,"currency":"USD","customer_id":"abc123"}' "$url/api/v1/payments")" || fail "$answer"
    echo "$answer"
    payment="$(grep --only-matching --max-count 1 '"id": *"pay_[A-Za-z0-9]*"' <<< "$answer" | head -n 1 | cut -d '"' -f 4)"
    [ -n "$payment" ] || fail "there is no payment in this answer"
    position="$(tr -d '\r' < "$headers" | awk 'tolower($1) == "pocketpay-position:" { print $2 }')"
    say "Where the money is:  GET /api/v1/ledger/accounts/income:sales"
    get "/api/v1/ledger/accounts/income:sales?min_position=$position"
    say "All books, which add up to zero:  GET /api/v1/ledger/trial-balance"
    get "/api/v1/ledger/trial-balance?min_position=$position"
    say "What was said about it:  GET /api/v1/payments/$payment/events"
    get "/api/v1/payments/$payment/events"
}

for argument in "$@"; do
    case "$argument" in
        --docker) docker=true ;;
        http://* | https://*) url="${argument%/}" ;;
        *) echo "usage: scripts/quickstart.sh [--docker] [URL]" >&2; exit 2 ;;
    esac
done

need curl "install it (Debian: apt install curl)"
if answers /healthz; then
    say "PocketPay runs already at $url"
elif $docker; then
    start_with_docker
else
    start_embedded
fi
wait_until_ready
pay
say "Look around"
echo "Dashboard    $url/"
echo "Swagger      $url/swagger/index.html"
echo "Live events  curl -N $url/api/v1/events/stream"
echo "Health       scripts/health.sh $url"
[ -z "$how_to_stop" ] || echo "Stop         $how_to_stop"
