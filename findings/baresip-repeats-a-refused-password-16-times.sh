#!/bin/sh
# baresip 1.0.0 sends 16 REGISTERs at once when its password is refused.
#
# Seen 2026-11-30 with Debian's baresip-core 1.0.0-4+b3 and libre0. A registrar that answers every
# REGISTER with 401 and a new nonce, without stale=true, has refused the password. baresip answers
# each of these challenges with the same password, within a few milliseconds:
#
#   16 REGISTERs, 15 of them with credentials; then "401 Unauthorized" in its log
#
# A registrar that limits guesses by the address they come from shuts out the phone's neighbours.
# Needs Debian's apt-get with baresip-core's libraries, and python3. Ends with 0 as long as the
# package behaves so.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
apt-get -o APT::Sandbox::User=root download baresip-core=1.0.0-4+b3 libre0 librem0 >/dev/null
for package in *.deb; do dpkg-deb --extract "$package" .; done
cat >play.py <<'END'
import glob
import os
import re
import socket
import subprocess
import time

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 0))
port = server.getsockname()[1]
modules = os.path.abspath("usr/lib/baresip/modules")
with open("config", "w", encoding="ascii") as file:
    file.write(f"module_path {modules}\nmodule_tmp account.so\nmodule_app menu.so\n"
               "sip_listen 127.0.0.1:0\nnet_interface 127.0.0.1\n")
with open("accounts", "w", encoding="ascii") as file:
    file.write(f"<sip:10@127.0.0.1:{port}>;auth_pass=wrong;regint=600\n")
open("contacts", "w", encoding="ascii").close()
libraries = {os.path.dirname(os.path.abspath(it)) for it in glob.glob("usr/lib/**/lib*.so*", recursive=True)}
environment = dict(os.environ, LD_LIBRARY_PATH=":".join(sorted(libraries)))
with open("log", "w", encoding="utf-8") as log:
    phone = subprocess.Popen(["usr/bin/baresip", "-f", "."], env=environment, stdin=subprocess.DEVNULL,
                             stdout=log, stderr=log)
server.settimeout(10)
requests, began = [], None
try:
    while True:
        data, peer = server.recvfrom(65535)
        began = began or time.time()
        request = data.decode()
        requests.append(request)
        lines = request.split("\r\n")
        copied = [it for it in lines if re.match("(Via|From|Call-ID|CSeq):", it)]
        to = next(it for it in lines if it.startswith("To:"))
        nonce = f"n{len(requests)}"
        answer = ["SIP/2.0 401 Unauthorized", *copied, to + ";tag=2",
                  f'WWW-Authenticate: Digest realm="r.example", nonce="{nonce}", qop="auth"',
                  "Content-Length: 0", "", ""]
        server.sendto("\r\n".join(answer).encode(), peer)
        last = time.time()
        server.settimeout(3)
except socket.timeout:
    pass
finally:
    phone.terminate()
    phone.wait()
assert requests, open("log", encoding="utf-8").read()
answered = sum("\r\nAuthorization:" in it for it in requests)
print(f"{len(requests)} REGISTERs in {last - began:.3f} s, {answered} with credentials")
assert (len(requests), answered) == (16, 15), "changed"
assert last - began < 2, "changed"
END
timeout 60 python3 play.py
