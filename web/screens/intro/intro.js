/* intro.js: the first steps: what the page does, what it does not, and what a
 * photo must be like, each on one short screen with a drawing. Ids:
 * #intro-heading, #intro-step, #intro-back, #intro-next. */

import { examples } from '../../classifier/screens/examples.js';
import { h, styles } from '../../lib/dom.js';
import { meet } from '../../lib/met.js';
import { Words } from '../../lib/words.js';
import en from '../../locales/intro/en.js';
import { drawing } from './drawings.js';

/** @type {Record<string, () => Promise<{default: Partial<import('../../lib/words.js').Strings<typeof en>>}>>} */
const OTHERS = {
  ar: () => import('../../locales/intro/ar.js'),
  de: () => import('../../locales/intro/de.js'),
  es: () => import('../../locales/intro/es.js'),
  fr: () => import('../../locales/intro/fr.js'),
  hi: () => import('../../locales/intro/hi.js'),
  'zh-Hans': () => import('../../locales/intro/zh-Hans.js'),
};

const STEPS = /** @type {const} */ (['does', 'not', 'photo']);

export class IntroScreen {
  /** @param {HTMLElement} place @param {import('../../app.js').App} app */
  constructor(place, app) {
    /** @private */ this.app = app;
    /** @private */ this.place = place;
    /** @private */ this.step = 0;
    this.heading = h('h1', { id: 'intro-heading', tabindex: -1 });
    /** @private */ this.content = h('div', { class: 'intro-content' });
    place.append(...styles('screens/intro/intro.css'), this.content);
    place.addEventListener('keydown', (event) => {
      const forward = app.text.direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
      const back = app.text.direction === 'rtl' ? 'ArrowRight' : 'ArrowLeft';
      if (event.key === forward) this.go(this.step + 1);
      else if (event.key === back) this.go(this.step - 1);
    });
  }

  async show() {
    const { text } = this.app;
    const words = await Words.load(text, en, OTHERS);
    const name = STEPS[this.step] ?? 'does';
    const is_last = this.step === STEPS.length - 1;
    this.heading.textContent = words.get(`${name}_heading`);
    const focused = document.activeElement?.id;
    this.content.replaceChildren(
      h('p', { id: 'intro-step', class: 'small muted' }, words.get('step', { n: words.number(this.step + 1), all: words.number(STEPS.length) }),
        h('span', { class: 'intro-dots', 'aria-hidden': 'true' }, STEPS.map((_, index) => h('span', { class: index === this.step ? 'here' : '' })))),
      name === 'photo' ? examples(text) : drawing(name),
      this.heading,
      h('ul', { class: 'intro-lines' }, /** @type {const} */ ([1, 2, 3]).map((line) => h('li', {}, words.get(`${name}_${line}`)))),
      h('div', { class: 'row' },
        this.step > 0 && h('button', { type: 'button', id: 'intro-back', onclick: () => this.go(this.step - 1) }, words.get('back')),
        h('button', { type: 'button', id: 'intro-next', class: 'primary', onclick: () => (is_last ? this.end() : this.go(this.step + 1)) }, words.get(is_last ? 'start' : 'next'))));
    if (focused?.startsWith('intro-')) (document.getElementById(focused) ?? this.heading).focus();
  }

  /** @param {number} step @private */
  async go(step) {
    if (step < 0 || step >= STEPS.length) return;
    this.step = step;
    await this.show();
    this.heading.focus();
  }

  /** @private */
  end() {
    meet();
    const offer = document.getElementById('first-run');
    if (offer) offer.hidden = true;
    this.step = 0; // who comes again begins again
    this.app.go('');
  }
}
