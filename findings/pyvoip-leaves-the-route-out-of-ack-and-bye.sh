#!/bin/sh
# pyVoIP 1.6.8 sends ACK and BYE without the Route that the call's Record-Route asks for.
#
# Seen 2026-11-30 with Python 3.11. The answer to its INVITE holds a Record-Route and a Contact. Its
# ACK and BYE then have no Route (RFC 3261 §12.2.1.1 wants the route set in both), and the ACK
# goes to the user that was dialled rather than to the Contact (§13.2.2.4):
#
#   ACK sip:11@127.0.0.1 SIP/2.0            Route: none
#   BYE sip:11@127.0.0.1:PORT SIP/2.0       Route: none
#
# A proxy cannot see that they belong to a call it has relayed; the callee repeats its answer until
# it gives up. Two phones without a proxy between them do not notice.
# Needs python3 with pip, and the network. Ends with 0 as long as the package behaves so.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --root-user-action ignore --target . pyVoIP==1.6.8
cat >play.py <<'END'
import os
import re
import socket
import threading
import time

import pyVoIP
from pyVoIP.VoIP import CallState, VoIPPhone

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 0))
port = server.getsockname()[1]
heard = {}


def answer(request, extra, body="", status="200 OK"):
    lines = request.split("\r\n\r\n")[0].split("\r\n")[1:]
    copied = [it for it in lines if re.match("(Via|From|Call-ID|CSeq):", it)]
    to = next(it for it in lines if it.startswith("To:"))
    if "tag=" not in to:
        to += ";tag=2"
    length = f"Content-Length: {len(body)}"
    return "\r\n".join([f"SIP/2.0 {status}", *copied, to, *extra, length, "", body])


def serve():
    while True:
        data, peer = server.recvfrom(65535)
        request = data.decode()
        method = request.split(" ")[0]
        heard.setdefault(method, request)
        if method == "REGISTER":
            contact = next(it for it in request.split("\r\n") if it.startswith("Contact:"))
            server.sendto(answer(request, [contact, "Expires: 120"]).encode(), peer)
        elif method == "INVITE":
            extra = [
                f"Record-Route: <sip:127.0.0.1:{port};lr>",
                f"Contact: <sip:11@127.0.0.1:{port}>",
                "Content-Type: application/sdp",
            ]
            body = ("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                    "m=audio 42000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n")
            server.sendto(answer(request, [], status="180 Ringing").encode(), peer)
            time.sleep(0.3)
            server.sendto(answer(request, extra, body).encode(), peer)
        elif method == "BYE":
            server.sendto(answer(request, []).encode(), peer)


def wait(done):
    until = time.time() + 15
    while not done() and time.time() < until:
        time.sleep(0.05)


threading.Thread(target=serve, daemon=True).start()
own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
own.bind(("127.0.0.1", 0))
own_port = own.getsockname()[1]
own.close()
phone = VoIPPhone("127.0.0.1", port, "10", "abc10", myIP="127.0.0.1", sipPort=own_port)
phone.start()
wait(lambda: "REGISTER" in heard and str(phone.get_status()).endswith("REGISTERED"))
call = phone.call("11")
wait(lambda: call.state == CallState.ANSWERED)
call.hangup()
wait(lambda: "ACK" in heard and "BYE" in heard)

print("pyVoIP", pyVoIP.__version__)
for method, target in (("ACK", "sip:11@127.0.0.1"), ("BYE", f"sip:11@127.0.0.1:{port}")):
    request = heard[method]
    route = re.search("^Route:.*", request, re.M)
    print(request.split("\r\n")[0], "| Route:", route and route.group(0))
    assert route is None, "changed"
    assert request.startswith(f"{method} {target} SIP/2.0\r\n"), "changed"
assert pyVoIP.__version__ == "1.6.8"
os._exit(0)
END
PYTHONPATH=. timeout 90 python3 -u play.py
