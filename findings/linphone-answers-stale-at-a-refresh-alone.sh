#!/bin/sh
# Linphone 5.1.65 answers stale=true at a refresh, but not right after its first answer, and never with
# another algorithm.
#
# Seen 2026-12-01 with Debian's linphone-cli 5.1.65-4, liblinphone10 and libbellesip1 5.1.64+dfsg-2.
# What the registrar answers, in order, and what Linphone does:
#
#   401 MD5, 200, 401 stale=true MD5:      answers, and stays registered
#   401 MD5, 401 stale=true MD5:           2 REGISTERs, and nothing more
#   401 SHA-256, 200:                      answers, and is registered
#   401 MD5, 200, 401 stale=true SHA-256:  3 REGISTERs, and nothing more
#
# RFC 7616 §3.3 lets a client try again without asking its user after stale=true. A server that asks
# for a stronger algorithm after a right answer has to wait until this phone begins again.
# Needs Debian's apt-get with the libraries of linphone-cli, and python3. Ends with 0 as long as the
# package behaves so.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
apt-get -o APT::Sandbox::User=root download linphone-cli=5.1.65-4 liblinphone10=5.1.65-4 \
    libbellesip1=5.1.64+dfsg-2 >/dev/null
for package in *.deb; do dpkg-deb --extract "$package" .; done
cat >play.py <<'END'
import glob
import os
import re
import socket
import subprocess
import time

libraries = {os.path.dirname(os.path.abspath(it)) for it in glob.glob("usr/lib/**/lib*.so*", recursive=True)}
environment = dict(os.environ, HOME=os.getcwd(), LD_LIBRARY_PATH=":".join(sorted(libraries)))
os.makedirs(".local/share/linphone", exist_ok=True)


def play(*answers):
    """Answers each REGISTER with the next challenge or 200, at most four."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    port = server.getsockname()[1]
    with open("linphonerc", "w", encoding="ascii") as file:
        file.write(f"[sip]\nsip_port=-1\nsip_tcp_port=0\nsip_tls_port=0\nuse_ipv6=0\nbind_address=127.0.0.1\n"
                   "guess_hostname=1\ndefault_proxy=0\nauto_net_state_mon=0\n"
                   "register_only_when_network_is_up=0\npublish_presence=0\n"
                   "[auth_info_0]\nusername=10\npasswd=abc10\nrealm=r.example\n"
                   f"[proxy_0]\nreg_proxy=<sip:127.0.0.1:{port};transport=udp>\n"
                   f"reg_identity=sip:10@127.0.0.1:{port}\nreg_expires=600\nreg_sendregister=1\n"
                   "[sound]\nplayback_dev_id=\nringer_dev_id=\ncapture_dev_id=\n"
                   "[misc]\nversion_check_url_root=\n")
    phone = subprocess.Popen(["usr/bin/linphonec", "-c", "linphonerc"], env=environment,
                             stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    requests, left, registered, seen = 0, list(answers), False, set()
    server.settimeout(10)
    try:
        while True:
            data, peer = server.recvfrom(65535)
            server.settimeout(9)
            lines = data.decode().split("\r\n")
            if not data.startswith(b"REGISTER"):
                continue
            branch = next(it for it in lines if it.startswith("Via:"))
            if branch not in seen:
                requests += 1
            seen.add(branch)
            copied = [it for it in lines if re.match("(Via|From|Call-ID|CSeq):", it)]
            to = next(it for it in lines if it.startswith("To:"))
            if requests == 5:
                break
            if left and left[0] != "200":
                stale = "" if requests == 1 else "stale=true, "
                algorithm = left.pop(0)
                end = ["SIP/2.0 401 Unauthorized", *copied, to + ";tag=2",
                       f'WWW-Authenticate: Digest realm="r.example", nonce="n{requests}", {stale}'
                       f'algorithm={algorithm}, qop="auth"']
            else:
                registered = not left[1:]
                del left[:1]
                contact = next(it for it in lines if it.startswith("Contact:"))
                end = ["SIP/2.0 200 OK", *copied, to + ";tag=2", contact + ";expires=6"]
            server.sendto("\r\n".join([*end, "Content-Length: 0", "", ""]).encode(), peer)
    except socket.timeout:
        pass
    finally:
        phone.terminate()
        phone.wait()
    outcome = "registered" if registered else "nothing more"
    print(f"{', '.join(answers)}: {requests} REGISTERs, {outcome}", flush=True)
    return requests, registered


assert play("MD5", "200", "MD5") == (5, True), "changed"
assert play("MD5", "MD5") == (2, False), "changed"
assert play("SHA-256", "200")[1], "changed"
assert play("MD5", "200", "SHA-256") == (3, False), "changed"
END
timeout 180 python3 play.py
