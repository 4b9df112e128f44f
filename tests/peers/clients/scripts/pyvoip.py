"""pyVoIP registers, calls and unregisters. It refreshes after 115 seconds, whatever it is granted.

Arguments: server host, port, own host, port, udp, user, password, call or stay.
"""

import sys
import time

import pyVoIP
from pyVoIP.VoIP import CallState, VoIPPhone
from pyVoIP.VoIP.VoIP import PhoneStatus

host, port, own, own_port, _, user, password, calls = sys.argv[1:]
REFRESH = 3


def wait(what, done):
    until = time.time() + 20
    while not done():
        if time.time() > until:
            sys.exit(f"{what}: not in time")
        time.sleep(0.05)


phone = VoIPPhone(host, int(port), user, password, myIP=own, sipPort=int(own_port),
                  rtpPortLow=41000, rtpPortHigh=41100)
# It has no setting for this; the rest of the library reads it from here.
phone.sip.default_expires = REFRESH + 5
phone.start()
wait("REGISTER", lambda: phone.get_status() == PhoneStatus.REGISTERED)
time.sleep(REFRESH + 1)
if calls == "call":
    call = phone.call("11")
    wait("INVITE", lambda: call.state == CallState.ANSWERED)
    call.hangup()
    time.sleep(0.5)
phone.stop()
