#!/bin/sh
# The npm package sip 0.0.6 answers a SHA-256 challenge with an MD5 hash and calls it SHA-256.
#
# Seen 2026-11-30 with Node.js 20.20.2. A server that offers SHA-256 first and MD5 second
# (RFC 8760 §2.4) gets an answer that no server can verify:
#
#   algorithm=sha-256
#   response has 32 hexadecimal digits, and is the MD5 hash; SHA-256 would have 64
#
# The package reads the algorithm only to look for MD5-sess, and repeats the name from the challenge.
# Needs npm and the network. Ends with 0 as long as the package behaves so.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --no-save --no-audit --no-fund --prefix . sip@0.0.6 >/dev/null
cat >play.js <<'END'
const assert = require('assert');
const crypto = require('crypto');
const digest = require('sip/digest');
const sip = require('sip');

const challenge = sip.parse(
  'SIP/2.0 401 Unauthorized\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n'
  + 'From: <sip:10@192.0.2.2>;tag=1\r\nTo: <sip:10@192.0.2.2>;tag=2\r\nCall-ID: 1\r\n'
  + 'CSeq: 1 REGISTER\r\n'
  + 'WWW-Authenticate: Digest realm="r.example", nonce="abc123", algorithm=SHA-256, qop="auth"\r\n'
  + 'WWW-Authenticate: Digest realm="r.example", nonce="abc123", algorithm=MD5, qop="auth"\r\n'
  + 'Content-Length: 0\r\n\r\n',
);
const request = { method: 'REGISTER', uri: 'sip:r.example', version: '2.0', headers: {} };
digest.signRequest({}, request, challenge, { user: '10', password: 'abc10' });
const [answer] = request.headers.authorization;
const plain = (text) => String(text).replace(/"/g, '');
const md5 = (text) => crypto.createHash('md5').update(text).digest('hex');
const expected = md5([
  md5('10:r.example:abc10'), 'abc123', plain(answer.nc), plain(answer.cnonce), plain(answer.qop),
  md5('REGISTER:sip:r.example'),
].join(':'));
console.log(`algorithm=${answer.algorithm}`);
console.log(`response=${plain(answer.response)}`);
assert.strictEqual(plain(answer.algorithm).toLowerCase(), 'sha-256');
assert.strictEqual(plain(answer.response), expected);
END
node play.js
