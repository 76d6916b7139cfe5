// axe in the page as it is, in both colour schemes: what it finds, by rule and place.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// least: so many rules must have found something to look at.
export async function axeProblems(page, {least = 11} = {}) {
  await page.raw.evaluate(AXE);
  const found = [];
  for (const scheme of ['light', 'dark']) {
    await page.raw.emulateMediaFeatures([{name: 'prefers-color-scheme', value: scheme}, {name: 'prefers-reduced-motion', value: 'reduce'}]);
    const {violations, passes} = await page.evaluate((runOnly) => axe.run(document, {resultTypes: ['violations', 'passes'], runOnly}), RULES);
    if (passes.length < least) throw new Error(`axe looked at next to nothing: ${passes.length} rules passed`);
    found.push(...violations.map(({id, nodes}) => `${scheme} ${id}: ${nodes.map(({target}) => target.flat().join(' ')).join(', ')}`));
  }
  return found;
}
