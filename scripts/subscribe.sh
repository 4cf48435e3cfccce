#!/bin/sh
# A subscription under a test clock: made, then two years go by, and what was invoiced. Takes the gateway's address.
set -eu
api=${1:-http://localhost:8011}/api/v1

# send METHOD PATH JSON: the answer
send() {
    curl -sS -X "$1" "$api/$2" -H 'Content-Type: application/json' -d "$3"
}

# field NAME: that of the JSON object on standard input
field() {
    python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"
}

name="clocked-$(date +%s)"
clock=$(send POST test-clocks '{"now":"2026-01-31T00:00:00Z"}' | field id)
product=$(send POST products '{"name":"Pro"}' | field id)
monthly="{\"product\":\"$product\",\"currency\":\"EUR\",\"unit_amount\":3000,\"recurring\":{\"interval\":\"month\"}}"
price=$(send POST prices "$monthly" | field id)
send PUT "customers/$name" "{\"email\":\"$name@example.com\",\"default_payment_method\":\"pm_card_visa\",\"test_clock\":\"$clock\"}" >/dev/null
send POST subscriptions "{\"customer_id\":\"$name\",\"items\":[{\"price\":\"$price\",\"quantity\":1}]}" | field status
send POST "test-clocks/$clock/advance" '{"to":"2028-01-31T00:00:00Z"}' >/dev/null
until [ "$(curl -sS "$api/test-clocks/$clock" | field status)" = ready ]; do sleep 1; done
curl -sS "$api/invoices?customer_id=$name&limit=100" | python3 -c '
import json, sys
for each in reversed(json.load(sys.stdin)["data"]):
    amount = "{}.{:02}".format(*divmod(each["total"], 100))
    print(each["number"], each["period"]["start"][:10], each["period"]["end"][:10], amount, each["status"])'
