#!/bin/sh
# JsSIP 3.13.8 registers when SHA-256 is offered above MD5, and not when MD5 is above SHA-256.
#
# Seen 2026-11-30 with Node.js 20.20.2. Both answers hold the same two challenges, each in a header
# field of its own; only their order differs. JsSIP looks at the last one only:
#
#   SHA-256, MD5: 2 REGISTERs, the second with algorithm=MD5
#   MD5, SHA-256: 1 REGISTER, then "Authentication Error"
#
# RFC 8760 §2.4 asks a client to use the topmost challenge that it supports, which is MD5 in both.
# Needs npm and the network. Ends with 0 as long as the package behaves so.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --no-save --no-audit --no-fund --prefix . jssip@3.13.8 >/dev/null
cat >play.js <<'END'
const assert = require('assert');
const JsSIP = require('jssip');

const challenge = (algorithm) =>
  `WWW-Authenticate: Digest realm="r.example", nonce="n-${algorithm}", algorithm=${algorithm}, qop="auth"\r\n`;

// A server in the form of a JsSIP socket: it challenges the first REGISTER and takes the second.
class Server {
  constructor(algorithms) {
    this.algorithms = algorithms;
    this.via_transport = 'TCP';
    this.url = 'tcp://r.example';
    this.sip_uri = 'sip:r.example;transport=tcp';
    this.registers = [];
  }
  connect() { setImmediate(() => this.onconnect()); }
  disconnect() {}
  isConnected() { return true; }
  isConnecting() { return false; }
  send(request) {
    this.registers.push(request);
    const isAnswered = /^Authorization:/m.test(request);
    const copied = request.split('\r\n').filter((line) => /^(Via|From|Call-ID|CSeq):/.test(line));
    const to = `${/^To:.*/m.exec(request)[0].trim()};tag=2`;
    const own = isAnswered ? [/^Contact:.*/m.exec(request)[0].trim()] : [];
    const answer = [
      isAnswered ? 'SIP/2.0 200 OK' : 'SIP/2.0 401 Unauthorized', ...copied, to, ...own,
      ...(isAnswered ? [] : [this.algorithms.map(challenge).join('').trim()]),
      'Content-Length: 0', '', '',
    ].join('\r\n');
    setImmediate(() => this.ondata(answer));
    return true;
  }
}

function registers(algorithms) {
  return new Promise((resolve) => {
    const server = new Server(algorithms);
    const ua = new JsSIP.UA({ sockets: [server], uri: 'sip:10@r.example', password: 'abc10' });
    const end = (outcome) => {
      console.log(`${algorithms.join(', ')}: ${server.registers.length} REGISTERs, ${outcome}`);
      resolve({ outcome, requests: server.registers.slice() });
    };
    ua.on('registered', () => end('registered'));
    ua.on('registrationFailed', (event) => end(event.cause));
    ua.start();
  });
}

async function run() {
  const good = await registers(['SHA-256', 'MD5']);
  assert.strictEqual(good.outcome, 'registered');
  assert.match(good.requests[1], /^Authorization: Digest algorithm=MD5,/m);
  const bad = await registers(['MD5', 'SHA-256']);
  assert.strictEqual(bad.outcome, 'Authentication Error');
  assert.strictEqual(bad.requests.length, 1);
}

run().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
END
timeout 60 node play.js
