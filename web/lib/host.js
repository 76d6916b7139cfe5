/* host.js: who may be told the result by embed.html. Pure. Only one exact
 * origin, named by the page that shows the frame; never "*". */

/**
 * @param {string | null} given the parameter `host`
 * @returns {{origin: string} | {problem: 'embed_no_host' | 'embed_bad_host'}}
 */
export function hostOrigin(given) {
  if (given === null || given === '') return { problem: 'embed_no_host' };
  let url;
  try {
    url = new URL(given);
  } catch {
    return { problem: 'embed_bad_host' }; // told to the person as such
  }
  const is_web = url.protocol === 'https:' || url.protocol === 'http:';
  // Exactly as the browser writes an origin: no path, no user, no default port.
  return is_web && url.origin === given ? { origin: given } : { problem: 'embed_bad_host' };
}
