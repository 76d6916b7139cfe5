// The HTTP headers that the page is made for: the example server sends them,
// and dist/_headers holds them for static hosts that read such a file. The
// page works without them too, its policy being in the document as well; then
// the worker has one, and threads, from the second visit on (web/sw/how.js).
const policy = (ancestors) => [
  "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "img-src 'self' blob: data:",
  "connect-src 'self'", "worker-src 'self'", "manifest-src 'self'", "base-uri 'none'", "form-action 'none'",
  `frame-ancestors ${ancestors}`,
].join('; ');

const always = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(self), geolocation=(), microphone=()',
  // Other sites may frame embed.html.
  'cross-origin-resource-policy': 'cross-origin',
};

// The page is cross-origin isolated, so that threads work. embed.html is not:
// its host decides.
const page = {
  ...always,
  'content-security-policy': policy("'none'"),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};
const embed = {
  ...always,
  'content-security-policy': policy('*'),
  'permissions-policy': 'camera=*, geolocation=(), microphone=()',
};

export const headersFor = (path) => (path === '/embed.html' ? embed : page);

// In the form of Netlify's and Cloudflare Pages' file; there all rules that
// match apply, so embed.html first takes the page's away with "!".
export function headersFile() {
  const lines = (headers) => Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`);
  const removed = Object.keys(page).filter((name) => page[name] !== embed[name]).map((name) => `  ! ${name}`);
  return ['/*', ...lines(page), '/embed.html', ...removed,
    ...lines(Object.fromEntries(Object.entries(embed).filter(([name, value]) => page[name] !== value))), ''].join('\n');
}
