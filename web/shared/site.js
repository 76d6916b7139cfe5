/* site.js: where the files lie that scripts ask for while they run: the worker,
 * the modules, style sheets, packs. By themselves one folder above the scripts,
 * as the build lays them; a bundler moves scripts, so its page says where. */

// String: bundlers would take the bare form for a file to move along.
let site = new URL('../', String(import.meta.url));

/** @param {string} name relative to the site, without a first slash @returns {URL} */
export const siteFile = (name) => new URL(name, site);

/** Of whoever bundles the scripts, before the first is used. @param {string | URL} folder @param {string | URL} base */
export function setSite(folder, base) {
  site = new URL(String(folder).replace(/\/*$/, '/'), base);
}
