/* policy.js: what the site's documents and workers may do: the one source for
 * the documents (the build puts it into them), the headers that servers send
 * (wasm-build/headers.mjs) and the service worker. */

export const POLICY = [
  "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "img-src 'self' blob: data:",
  "connect-src 'self'", "worker-src 'self'", "manifest-src 'self'", "base-uri 'none'", "form-action 'none'",
].join('; ');
