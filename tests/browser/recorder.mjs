// Everything that Chromium sends, from its own network log: documents,
// workers, service workers, beacons, sockets, UDP. Owns reading that log;
// judges nothing. The browser's own errands (update checks) carry no page's
// origin and are left out; all names but loopback resolve to nothing.
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {launch} from './drivers/chromium.mjs';

const isLoopback = (url) => /^\w+:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|\/|$)/.test(url);

// Calls visit(browser), closes the browser, and returns what it sent:
// [{kind: 'request', method, url, initiator} | {kind: 'datagram', address}]
export async function record(visit, {args = []} = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'insitu-netlog-'));
  const path = join(folder, 'log.json');
  try {
    const browser = await launch({args: [`--log-net-log=${path}`, '--net-log-capture-mode=Everything',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
      '--disable-component-update', '--disable-sync', '--disable-features=NetworkTimeServiceQuerying', ...args]});
    try {
      await visit(browser);
    } finally {
      await browser.close();
    }
    return readNetLog(readFileSync(path, 'utf8'));
  } finally {
    rmSync(folder, {recursive: true});
  }
}

function readNetLog(text) {
  const {constants, events} = JSON.parse(text);
  const types = constants.logEventTypes;
  const sent = [];
  for (const {type, params} of events) {
    if (type === types.URL_REQUEST_START_JOB && params?.url) {
      const {method, url, initiator} = params;
      if (initiator !== 'not an origin' || isLoopback(url)) sent.push({kind: 'request', method, url, initiator});
    }
    if (type === types.UDP_BYTES_SENT && params?.address && !params.address.endsWith(':53')) {
      sent.push({kind: 'datagram', address: params.address});
    }
  }
  return sent;
}
