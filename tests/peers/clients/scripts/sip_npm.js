// The npm package "sip" registers, refreshes, calls and unregisters.
// Arguments: server host, port, own host, port, udp or tcp, user, password, call or stay.
const sip = require('sip');
const digest = require('sip/digest');

const [host, port, own, ownPort, transport, user, password, calls] = process.argv.slice(2);
const bracket = (address) => (address.includes(':') ? `[${address}]` : address);
const domain = `${bracket(host)}:${port}`;
const self = `sip:${user}@${bracket(own)}:${ownPort};transport=${transport}`;
const through = `<sip:${domain};transport=${transport};lr>`;
const sdp = `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n`
  + `m=audio 40000 RTP/AVP 8\r\n`;
let serial = 0;

const mark = () => `${process.pid}x${(serial += 1)}`;
const callId = mark();
const tag = mark();

sip.start({ address: own, publicAddress: 'phone.invalid', port: Number(ownPort), rport: true }, (request) => {
  if (request.method !== 'ACK') sip.send(sip.makeResponse(request, 200, 'OK'));
});

function request(method, uri, extra) {
  const aor = `sip:${user}@${domain}`;
  return {
    method,
    uri,
    version: '2.0',
    headers: {
      to: { uri: method === 'REGISTER' ? aor : uri, params: {} },
      from: { uri: aor, params: { tag } },
      'call-id': callId,
      cseq: { method, seq: (serial += 1) },
      contact: [{ uri: self, params: {} }],
      'max-forwards': 70,
      route: through,
      ...extra,
    },
  };
}

// Sends a request, and once more with the answer to its challenge.
function ask(message) {
  return new Promise((resolve, reject) => {
    const heard = (isSecond) => (response) => {
      if (response.status < 200) return;
      if ([401, 407].includes(response.status) && !isSecond) {
        digest.signRequest({}, message, response, { user, password });
        message.headers.cseq.seq += 1;
        serial = message.headers.cseq.seq;
        message.headers.via = [];
        message.headers.route = through;
        sip.send(message, heard(true));
        return;
      }
      if (response.status < 300) resolve(response);
      else reject(new Error(`${message.method}: ${response.status} ${response.reason}`));
    };
    sip.send(message, heard(false));
  });
}

const register = (seconds) => ask(request('REGISTER', `sip:${domain}`, { expires: seconds }));

async function call() {
  const invite = request('INVITE', `sip:11@${domain}`, { 'content-type': 'application/sdp' });
  invite.content = sdp;
  const answer = await ask(invite);
  const inside = (method, seq) => {
    const message = request(method, answer.headers.contact[0].uri, {});
    message.headers.to = answer.headers.to;
    message.headers.cseq.seq = seq;
    message.headers.route = (answer.headers['record-route'] || []).slice().reverse();
    return message;
  };
  sip.send(inside('ACK', invite.headers.cseq.seq));
  await ask(inside('BYE', invite.headers.cseq.seq + 1));
}

async function run() {
  await register(60);
  await register(60);
  if (calls === 'call') await call();
  await register(0);
}

run().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
