#!/bin/sh
# sipsak registers, registers again and unregisters.
# Arguments: server host, port, own host, port, udp or tcp, user, password, call or stay.
set -eu
host=$1 port=$2 own=$3 own_port=$4 transport=$5 user=$6 password=$7
case $host in *:*) domain="[$host]:$port" ;; *) domain="$host:$port" ;; esac
ask() { sipsak -v -E "$transport" -u "$user" -a "$password" "$@"; }
for time in 60 60; do ask -U -x "$time" -C "sip:$user@$own:$own_port" -s "sip:$user@$domain"; done
ask -U -C '*' -x 0 -s "sip:$user@$domain"
