// Functions that do what they should not.
const net = require('net');
const http = require('http');
const dns = require('dns');

const connect = (host, port) =>
  new Promise((done) => {
    const socket = net.connect({ host, port }, () => {
      // A port that happens to be the caller's own answers itself.
      done(socket.localPort === port ? 'ECONNREFUSED' : 'open');
      socket.destroy();
    });
    socket.setTimeout(2000, () => {
      socket.destroy();
      done('timeout');
    });
    socket.on('error', (e) => done(e.code));
  });

const get = (port, path) =>
  new Promise((done, failed) => {
    http
      .get({ host: '127.0.0.1', port, path }, (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('end', () => done(Buffer.concat(parts).toString()));
      })
      .on('error', failed);
  });

exports.connects = async (event) => {
  const results = {};
  for (const target of event.targets) {
    const [host, port] = target.split('/');
    results[target] = await connect(host, Number(port));
  }
  return results;
};

exports.scans = async (event) => {
  const open = [];
  for (let from = event.from; from < event.to; from += 500) {
    const ports = [];
    for (let port = from; port < Math.min(from + 500, event.to); port++) ports.push(port);
    const found = await Promise.all(ports.map((port) => connect('127.0.0.1', port)));
    ports.forEach((port, i) => {
      if (found[i] !== 'ECONNREFUSED') open.push(port);
    });
  }
  return open;
};

exports.gets = async (event) => get(event.port, event.path);

exports.resolves = async () => {
  try {
    return (await dns.promises.lookup('example.com')).address;
  } catch (e) {
    return e.code;
  }
};

const { execFile, spawn } = require('child_process');
const run = (command, options) =>
  new Promise((done) =>
    execFile('/bin/sh', ['-c', command], options || {}, (e, out, err) =>
      done({ code: e ? e.code : 0, out: String(out).trim(), err: String(err).trim() })
    )
  );

// The handler itself needs next to nothing: its child takes it all, and nobody waits for that.
exports.childHog = async () => {
  spawn('/bin/sh', ['-c', 'a=aaaaaaaaaaaaaaaa; while :; do a=$a$a; done'], { stdio: 'ignore' });
  await new Promise((done) => setTimeout(done, 50000));
  return 'still here';
};

exports.processes = async () => run('i=0; while sleep 50 >/dev/null 2>&1 & do i=$((i+1)); echo $i > /tmp/processes; done; exit 1')
  .then(() => Number(require('fs').readFileSync('/tmp/processes', 'utf8')));

let beats = 0;
exports.beats = async (event) => {
  if (!beats) setInterval(() => beats++, 10);
  const before = beats;
  await new Promise((done) => setTimeout(done, event.ms));
  return { before, after: beats };
};

exports.pauses = async (event) => {
  await new Promise((done) => setTimeout(done, event.ms));
  return 'paused';
};

let pending;
exports.asks = async (event) => {
  if (!pending) {
    pending = get(event.port, '/later');
    return 'asked';
  }
  return pending;
};

const fs = require('fs');

// Writes real bytes until it may not.
exports.fills = async () => {
  const block = Buffer.alloc(4 << 20, 7);
  const file = fs.openSync('/tmp/full', 'w');
  let bytes = 0;
  try {
    for (;;) bytes += fs.writeSync(file, block);
  } catch (e) {
    return { bytes, code: e.code };
  } finally {
    fs.closeSync(file);
    fs.unlinkSync('/tmp/full');
  }
};

exports.takes = async (event) => run(`fallocate -l ${event.megabytes}M /tmp/taken`);

exports.files = async (event) => {
  fs.mkdirSync('/tmp/files', { recursive: true });
  let files = 0;
  try {
    for (; files < event.most; files++) fs.writeFileSync('/tmp/files/' + files, '');
    return { files, code: '' };
  } catch (e) {
    return { files, code: e.code };
  } finally {
    if (event.most < 20000) fs.rmSync('/tmp/files', { recursive: true });
  }
};

// Which of these it could write to.
exports.writes = async (event) => {
  const written = [];
  for (const folder of event.folders) {
    try {
      fs.writeFileSync(folder + '/written', 'x');
      written.push(folder);
    } catch (e) {
      // As it should be.
    }
  }
  return written;
};

exports.finds = async (event) => event.paths.filter((path) => fs.existsSync(path));

// The sockets that this process has: the one to Brume.
const sockets = () =>
  fs
    .readdirSync('/proc/self/fd')
    .map(Number)
    .filter((fd) => {
      try {
        return fs.fstatSync(fd).isSocket();
      } catch (e) {
        return false;
      }
    });

// Says something else than the runtime would; once, or for as long as it is listened to.
exports.speaks = async (event) => {
  const text = Buffer.from(event.text);
  for (const fd of sockets()) {
    try {
      do fs.writeSync(fd, text);
      while (event.forever);
    } catch (e) {
      // Nobody listens, or not at once.
    }
  }
  await new Promise((done) => setTimeout(done, 50000));
};

exports.hangsUp = async () => {
  for (const fd of sockets()) fs.closeSync(fd);
  await new Promise((done) => setTimeout(done, 50000));
};

// How many stay open, once as many as are expected to be refused have been closed.
exports.connectsMany = async (event) => {
  const open = new Set();
  await new Promise((done) => {
    let closed = 0;
    for (let i = 0; i < event.count; i++) {
      const socket = net.connect({ host: '127.0.0.1', port: event.port });
      open.add(socket);
      socket.resume();
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        if (++closed === event.refused) done();
      });
    }
  });
  const kept = open.size;
  open.forEach((socket) => socket.destroy());
  return kept;
};

exports.opens = async () => {
  const open = [];
  try {
    for (;;) open.push(fs.openSync('/dev/null', 'r'));
  } catch (e) {
    return { open: open.length, code: e.code };
  } finally {
    open.forEach((fd) => fs.closeSync(fd));
  }
};
