// What a person does on the screen for several pictures, for the tests of it.
// have: the site and the page of now, as () => [site, page].
import {golden, visit} from './visit.mjs';

export const PICTURES = ['baseline-420.jpg', 'baseline-444.jpg'].map(golden);

export function batchSteps(have) {
  const page = () => have()[1];
  const steps = {
    async open(language = 'en') {
      await visit(page(), have()[0].url(`/?lang=${language}`));
      await page().evaluate(() => { location.hash = 'batch'; });
      await page().waitFor(() => document.querySelector('#batch-pick'));
    },
    press: (selector) => page().evaluate((wanted) => document.querySelector(wanted).click(), selector),
    choose: async (paths = PICTURES, selector = '#batch-files') => (await page().raw.$(selector)).uploadFile(...[paths].flat()),
    chooseAgain: (...paths) => steps.choose(paths, '#batch-again'),
    // The last rows are drawn a frame later.
    isDone: () => page().waitFor(() => document.querySelector('#batch-progress')?.hidden && !document.querySelector('#batch-table tr[data-state="waiting"]'), {timeout: 240_000}),
    state: () => page().evaluate(() => document.querySelector('#batch-state')?.textContent),
    rows: () => page().evaluate(() => [...document.querySelectorAll('#batch-table tr[data-path]')].map(({dataset}) => dataset.path)),
  };
  return steps;
}
