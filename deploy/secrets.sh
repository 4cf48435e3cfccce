#!/bin/sh
# Makes all that deploy/compose.production.yaml mounts under /run/secrets: random passwords, the URLs with them, and
# certificates of an authority of our own. What is there stays: run it again after an upgrade, or after deleting a file.
#
# The folder is for its owner alone. The files in it can be read by all, because each container reads the few that are
# mounted into it under its own user; whoever cannot enter the folder cannot reach them.
set -eu
umask 077
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
dir=${1:-$here/secrets}
mkdir -p "$dir"
chmod 700 "$dir"
cd "$dir"

# put NAME: standard input becomes that file, whole or not at all
put() {
    cat >".new"
    chmod 444 .new
    mv -f .new "$1"
}

# password NAME: a file with 192 random bits, made once
password() {
    [ -s "$1" ] || openssl rand -hex 24 | tr -d '\n' | put "$1"
}

# database_url NAME ROLE FILE: what NAME connects with, as ROLE, whose password is in FILE
database_url() {
    printf 'postgresql://%s:%s@postgres:5432/pocketpay?sslmode=verify-full&sslrootcert=/run/secrets/ca.crt' \
        "$2" "$(cat "$3")" | put "$1_database_url"
}

authority() {
    [ -s ca.crt ] && return
    openssl req -x509 -config req.cnf -subj '/CN=PocketPay' -days 3650 -nodes \
        -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -keyout ca.key -out ca.new \
        -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign \
        -addext subjectKeyIdentifier=hash
    put ca.crt <ca.new
}

# certificate NAME: for the server of that name, for two years
certificate() {
    [ -s "$1.crt" ] && [ -s "$1.key" ] && return
    openssl req -x509 -config req.cnf -subj "/CN=$1" -days 730 -nodes -CA ca.crt -CAkey ca.key \
        -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -keyout key.new -out crt.new \
        -addext basicConstraints=critical,CA:FALSE -addext keyUsage=critical,digitalSignature \
        -addext extendedKeyUsage=serverAuth -addext subjectKeyIdentifier=hash -addext authorityKeyIdentifier=keyid \
        -addext "subjectAltName=DNS:$1,DNS:localhost,IP:127.0.0.1"
    put "$1.key" <key.new
    put "$1.crt" <crt.new
}

printf '[req]\ndistinguished_name = name\n[name]\n' >req.cnf
authority
certificate postgres
certificate nats
rm -f req.cnf ca.new key.new crt.new

password grafana_password
password postgres_password
database_url owner postgres postgres_password
for actor in payments ledger invoicing notifications access; do
    password "pocketpay_$actor"
    database_url "$actor" "pocketpay_$actor" "pocketpay_$actor"
done
# Signs the heads of the ledger's log. It must last: auditors know it by its public half.
[ -s ledger_signing_key ] || openssl rand -base64 32 | tr -d '\n' | put ledger_signing_key
# Seals the addresses of invoices' own pages: with another key all that were sent are void.
[ -s invoice_link_key ] || openssl rand -base64 32 | tr -d '\n' | put invoice_link_key
# From it follow the secrets of webhook endpoints: with another key no receiver can verify any more.
[ -s webhook_key ] || openssl rand -base64 32 | tr -d '\n' | put webhook_key
password pocketpay_verifier
database_url monitor pocketpay_verifier pocketpay_verifier

# The users are those that the server's configuration asks a password for.
users=$(sed -n 's/.*\$\([A-Z_]*\)_PASSWORD.*/\1/p' "$here/nats/accounts.conf")
for USER in $users; do
    user=$(printf %s "$USER" | tr 'A-Z_' 'a-z-')
    password "nats_$user"
    printf 'tls://%s:%s@nats:4222' "$user" "$(cat "nats_$user")" | put "${user}_nats_url"
done
for USER in $users; do
    printf '%s_PASSWORD: "%s"\n' "$USER" "$(cat "nats_$(printf %s "$USER" | tr 'A-Z_' 'a-z-')")"
done | put nats_passwords
echo "secrets are in $dir"
