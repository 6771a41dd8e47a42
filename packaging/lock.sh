#!/bin/sh
# Refresh packaging/locks/ for every supported Python and platform (`make lock`).
# Upgrade one package: make lock LOCKFLAGS="--upgrade-package ccxt"; all: LOCKFLAGS=--upgrade
set -eu
cd "$(dirname "$0")/.."
uv=${UV:-.venv/bin/uv}

# optuna names them as required, and imports them only for its command line and its storage in databases,
# neither of which is used here. Locks are installed with --no-deps, so that pip does not miss them.
left_out="--no-emit-package alembic --no-emit-package sqlalchemy --no-emit-package mako"
no_greenlet="--no-emit-package greenlet" # which playwright needs, in tests

compile() { # file, then the inputs
    file=packaging/locks/$1.txt
    shift
    # shellcheck disable=SC2086
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
        --no-emit-index-url --custom-compile-command "make lock" $left_out "$@" ${LOCKFLAGS:-} -o "$file"
}

# dev is resolved first and constrains the others, so that tests run with the versions that users get.
compile dev pyproject.toml --group dev
for set in install build; do
    compile $set --group $set -c packaging/locks/dev.txt
done
# shellcheck disable=SC2086
compile runtime pyproject.toml $no_greenlet -c packaging/locks/dev.txt
compile node --group node
compile lock --group lock
