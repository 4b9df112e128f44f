#!/bin/sh
# SIPp registers, registers again, calls and unregisters, by the two scenarios beside this file. It
# hashes the address in -auth_uri, and would leave out the user and the brackets of the server's own.
# Arguments: server host, port, own host, port, udp or tcp, user, password, call or stay.
set -eu
host=$1 port=$2 own=$3 own_port=$4 transport=$5 user=$6 password=$7
case $host in *:*) domain="[$host]:$port" ;; *) domain="$host:$port" ;; esac
case $transport in udp) mode=u1 ;; tcp) mode=t1 ;; esac
here=$(dirname "$0")
play() {
    scenario=$1 uri=$2 expires=$3
    sipp -sf "$here/sipp_$scenario.xml" -m 1 -t "$mode" -i "$own" -p "$own_port" -mi "$own" \
        -au "$user" -ap "$password" -auth_uri "$uri" -s 11 -timeout 20 -timeout_error \
        -key user "$user" -key domain "$domain" -key expires "$expires" \
        -nostdin -trace_err -error_file /dev/stderr "$domain" >&2
}
play register "$domain" 60
play register "$domain" 60
play call "11@$domain" 0
play register "$domain" 0
