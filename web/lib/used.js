/* used.js: which packs were chosen on this device, the last one first, as a
 * name that no server is told: "models/<id>" of the site's, "imported/<key>" of
 * the person's own. Written only where somebody chooses one. */

const REMEMBERED = 'insitu-packs';
const MOST = 20;

/** @param {unknown} name @returns {name is string} */
const isName = (name) => typeof name === 'string' && /^(models|imported)\/[a-z0-9-]+$/.test(name);

/** @returns {string[]} the last used first */
export function usedPacks() {
  try {
    const names = JSON.parse(localStorage.getItem(REMEMBERED) ?? '[]');
    return Array.isArray(names) ? names.filter(isName) : [];
  } catch {
    return []; // the browser keeps nothing for this page, or somebody else's words are there
  }
}

/** @param {string[]} names */
function write(names) {
  try {
    if (names.length > 0) localStorage.setItem(REMEMBERED, JSON.stringify(names.slice(0, MOST)));
    else localStorage.removeItem(REMEMBERED);
  } catch (error) {
    console.info('which pack was chosen is not remembered:', error); // it holds until the page is left
  }
}

/** @param {string} name */
export const rememberPack = (name) => write([name, ...usedPacks().filter((one) => one !== name)]);

/** @param {string} name */
export const forgetPack = (name) => write(usedPacks().filter((one) => one !== name));

/** @param {URL} folder @returns {string} */
export const packName = (folder) => folder.pathname.split('/').slice(-3, -1).join('/');
