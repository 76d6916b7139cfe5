// Draws every state of the built page (states.mjs) at three sizes, light and
// dark, and in Arabic, into build/screenshots/, for eyes to look at: no pixel
// is compared. Arguments: parts of names, to draw some: "models", "phone-dark".
import {existsSync, mkdirSync, readdirSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import * as chromium from '../browser/drivers/chromium.mjs';
import {arrive, openSite, root, settle} from '../browser/visit.mjs';
import {STATES} from './states.mjs';

const SIZES = {phone: [390, 844], small: [360, 640], desktop: [1280, 800]};
const LOOKS = [['light', 'en'], ['dark', 'en'], ['light', 'ar']];
const out = join(root, 'build/screenshots');
const wanted = process.argv.slice(2);
if (wanted.length === 0) rmSync(out, {recursive: true, force: true});
mkdirSync(out, {recursive: true});

// A photograph of what the first pack was made for, where the data are at hand.
const photos = join(process.env.INSITU_DATA ?? join(root, '../shared/data'), 'ham10000');
const findPhoto = (folder) => readdirSync(folder, {withFileTypes: true}).flatMap((entry) =>
  (entry.isDirectory() ? findPhoto(join(folder, entry.name)) : /\.jpe?g$/i.test(entry.name) ? [join(folder, entry.name)] : []))[0];
const picture = existsSync(photos) ? findPhoto(photos) : undefined;

const names = Object.entries(STATES).flatMap(([state, how]) => Object.entries(SIZES).flatMap(([size, [width, height]]) =>
  LOOKS.map(([theme, language]) => ({name: `${state}-${size}-${language === 'en' ? theme : language}`, state, how, size, width, height, theme, language}))))
  .filter(({name, how}) => wanted.every((part) => name.includes(part)) && (!how.needs || picture));

const browser = await chromium.launch({args: ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream=device-count=2', '--hide-scrollbars']});
let num_failed = 0;
for (const {name, how, width, height, theme, language} of names) {
  const site = await openSite();
  how.serve?.(site);
  const page = await browser.newPage();
  try {
    const is_phone = width < 600;
    await page.raw.setViewport({width, height, isMobile: is_phone, hasTouch: is_phone, deviceScaleFactor: is_phone ? 2 : 1});
    await page.raw.emulateMediaFeatures([{name: 'prefers-color-scheme', value: theme}, {name: 'prefers-reduced-motion', value: 'reduce'}]);
    if (how.before) await page.raw.evaluateOnNewDocument(how.before);
    await arrive(page, site.url(`/${how.path ?? ''}?${how.query ? `${how.query}&` : ''}lang=${language}`));
    if (!how.isBroken) await settle(page);
    await how.go(page, {picture, site});
    await page.evaluate(() => new Promise((resolve) => { setTimeout(resolve, 400); }));
    await page.raw.screenshot({path: join(out, `${name}.png`)});
    await page.raw.screenshot({path: join(out, `${name}-whole.png`), fullPage: true});
  } catch (error) {
    num_failed++;
    console.error(`${name}: ${error.message}`);
  } finally {
    await page.close();
    await site.stop().catch(() => {}); // a state may have stopped it
  }
}
await browser.close();
console.log(`build/screenshots/: ${names.length - num_failed} of ${names.length} states${picture ? '' : ', without those that need a photograph (INSITU_DATA)'}`);
process.exitCode = num_failed > 0 ? 1 : 0;
