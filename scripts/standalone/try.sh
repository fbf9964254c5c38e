#!/usr/bin/env bash
# Tries an executable on the machine that it is made for: places an order, finds it again, and runs a
# command for it. Usage: try.sh <executable>
set -euo pipefail

orders=$1
ORDERS_STORE=$(mktemp -d)
export ORDERS_STORE
trap 'rm -rf "$ORDERS_STORE"' EXIT

"$orders" --version
id=$("$orders" place-order --quiet "100 inch TV" "magic carpet")
"$orders" show "$id" --json | grep -F '["100 inch TV","magic carpet"]'
"$orders" watch --as sales --until-caught-up --exec 'echo told' | grep -F told
"$orders" check | grep -F '1 order, no damage'
