// Who embed.html may talk to: one exact origin.
import { expect, test } from '@jest/globals';
import { hostOrigin } from '../../web/lib/host.js';

test.each(['https://example.org', 'https://example.org:8443', 'http://127.0.0.1:8080'])('%s is an origin', (host) => {
  expect(hostOrigin(host)).toEqual({ origin: host });
});

test.each([[null], ['']])('%p is no host', (host) => {
  expect(hostOrigin(host)).toEqual({ problem: 'embed_no_host' });
});

test.each([
  '*', 'example.org', 'https://example.org/', 'https://example.org/a', 'https://example.org:443', 'https://Example.org',
  'https://a@example.org', 'https://example.org?x', 'null', 'javascript:alert(1)', 'file:///', 'data:text/html,x',
  'blob:https://example.org/1', ' https://example.org', 'https://*.example.org/',
])('%s is refused', (host) => {
  expect(hostOrigin(host)).toEqual({ problem: 'embed_bad_host' });
});
