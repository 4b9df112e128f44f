#!/bin/sh
# Linphone's console registers, refreshes by itself, calls and unregisters. Its files are in the
# current folder.
# Arguments: server host, port, own host, port, udp or tcp, user, password, call or stay.
set -eu
host=$1 port=$2 own=$3 own_port=$4 transport=$5 user=$6 password=$7 calls=$8
case $host in *:*) domain="[$host]:$port" ipv6=1 ;; *) domain="$host:$port" ipv6=0 ;; esac
udp=0 tcp=0
case $transport in udp) udp=$own_port ;; tcp) tcp=$own_port ;; esac
export HOME="$PWD"
mkdir -p .local/share/linphone
cat > linphonerc <<END
[sip]
sip_port=$udp
sip_tcp_port=$tcp
sip_tls_port=0
use_ipv6=$ipv6
bind_address=$own
guess_hostname=1
default_proxy=0
auto_net_state_mon=0
register_only_when_network_is_up=0
publish_presence=0
[auth_info_0]
username=$user
passwd=$password
realm=$host
domain=$host
[proxy_0]
reg_proxy=<sip:$domain;transport=$transport>
reg_identity=sip:$user@$domain
reg_expires=5
reg_sendregister=1
[sound]
playback_dev_id=
ringer_dev_id=
capture_dev_id=
[misc]
version_check_url_root=
END
commands() {
    sleep 9
    if [ "$calls" = call ]; then
        echo "call sip:11@$domain"
        sleep 3
        echo 'terminate all'
        sleep 1
    fi
    echo unregister
    sleep 1
    echo quit
}
commands | linphonec -c linphonerc -d 6 -l linphone.log
