// JsSIP registers, refreshes by itself, sends a message and unregisters. It speaks SIP over
// WebSocket only; here a small socket class carries the same messages over TCP.
// Arguments: server host, port, own host, port, tcp, user, password, call or stay.
const net = require('net');
const JsSIP = require('jssip');

const [host, port, own, ownPort, , user, password, calls] = process.argv.slice(2);
const bracketed = host.includes(':') ? `[${host}]` : host;
// JsSIP refreshes 15 s after a registration for 20 s.
const EXPIRES = 20;
const REFRESHED = 16500;
const domain = `${bracketed}:${port}`;

class TcpSocket {
  constructor() {
    this.via_transport = 'TCP';
    this.url = `tcp://${domain}`;
    this.sip_uri = `sip:${domain};transport=tcp`;
    this.unread = '';
  }

  connect() {
    const from = { localAddress: own, localPort: Number(ownPort) };
    this.socket = net.connect({ host, port: Number(port), ...from }, () => this.onconnect());
    this.socket.setEncoding('utf8');
    this.socket.on('data', (text) => this.read(text));
    this.socket.on('error', () => this.socket.destroy());
    this.socket.on('close', () => this.ondisconnect(true));
  }

  read(text) {
    this.unread += text;
    for (;;) {
      const end = this.unread.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = /^(?:content-length|l)\s*:\s*(\d+)/im.exec(this.unread.slice(0, end));
      const whole = end + 4 + Number(length ? length[1] : 0);
      if (this.unread.length < whole) return;
      const message = this.unread.slice(0, whole);
      this.unread = this.unread.slice(whole);
      this.ondata(message);
    }
  }

  disconnect() {
    if (this.socket) this.socket.end();
  }

  send(message) {
    return this.socket.write(message);
  }

  isConnected() {
    return Boolean(this.socket) && !this.socket.connecting;
  }

  isConnecting() {
    return Boolean(this.socket) && this.socket.connecting;
  }
}

const ua = new JsSIP.UA({
  sockets: [new TcpSocket()],
  uri: `sip:${user}@${domain}`,
  authorization_user: user,
  password,
  contact_uri: `sip:${user}@${own.includes(':') ? `[${own}]` : own}:${ownPort};transport=tcp`,
  register_expires: EXPIRES,
});

ua.on('registrationFailed', (event) => {
  console.error('REGISTER', event.cause);
  process.exit(1);
});
ua.on('registered', () => setTimeout(refreshed, REFRESHED));

function refreshed() {
  if (calls !== 'call') {
    ua.unregister();
    return;
  }
  ua.sendMessage(`sip:11@${domain}`, 'hello', {
    eventHandlers: {
      succeeded: () => ua.unregister(),
      failed: (event) => {
        console.error('MESSAGE', event.cause);
        process.exit(1);
      },
    },
  });
}

ua.on('unregistered', () => process.exit(0));
ua.start();
