#!/bin/sh
# baresip registers, refreshes by itself, calls and, as it ends, hangs up and unregisters. Its files
# are in the current folder.
# Arguments: server host, port, own host, port, udp or tcp, user, password, call or stay.
set -eu
host=$1 port=$2 own=$3 own_port=$4 transport=$5 user=$6 password=$7
case $host in *:*) domain="[$host]:$port" listen="[$own]:$own_port" ;; *) domain="$host:$port" listen="$own:$own_port" ;; esac
cat > accounts <<END
<sip:$user@$domain;transport=$transport>;auth_pass=$password;regint=5;audio_codecs=PCMA
END
cat > config <<END
sip_listen $listen
net_interface $own
audio_source aubridge,mirror
audio_player aubridge,mirror
audio_alert aubridge,alert
module_path /usr/lib/baresip/modules
module g711.so
module aubridge.so
module_tmp uuid.so
module_tmp account.so
module_app menu.so
END
: > contacts
exec baresip -f . -e "/dial sip:11@$domain" -t 9
