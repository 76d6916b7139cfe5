// The HTTP headers that the page is made for: the example server sends them,
// and dist/_headers holds them for static hosts that read such a file. The
// page works without them too, its policy being in the document as well; then
// the worker has one, and threads, from the second visit on (web/sw/how.js).
import {POLICY} from '../web/shared/policy.js';

const policy = (ancestors) => `${POLICY}; frame-ancestors ${ancestors}`;

const always = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  // Other sites may frame embed.html.
  'cross-origin-resource-policy': 'cross-origin',
};

// The page is cross-origin isolated, so that threads work: then its workers
// must be too. embed.html is so only in a host that is, and lets it.
const worker = {
  'content-security-policy': policy("'none'"),
  'cross-origin-embedder-policy': 'require-corp',
};
const page = {
  ...worker,
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(self), geolocation=(), microphone=()',
};
// A host that is isolated shows only frames that ask for as much; others are not changed by it.
const embed = {
  'content-security-policy': policy('*'),
  'cross-origin-embedder-policy': 'require-corp',
  'permissions-policy': 'camera=*, geolocation=(), microphone=()',
};

// Hosts apply every rule that matches and cannot take a header back, so no two
// rules name the same header for one path. Some hosts drop ".html".
const RULES = [
  ['/*', always],
  ['/', page], ['/index', page], ['/index.html', page],
  ['/embed', embed], ['/embed.html', embed],
  ['/classifier/*', worker], ['/wasm/*', worker], ['/sw.js', worker],
];

const matches = (pattern, path) => (pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern);

export const headersFor = (path) => Object.assign({}, ...RULES.filter(([pattern]) => matches(pattern, path)).map(([, headers]) => headers));

// In the form of Netlify's and Cloudflare Pages' file.
export const headersFile = () => RULES.flatMap(([pattern, headers]) =>
  [pattern, ...Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`)]).join('\n') + '\n';
