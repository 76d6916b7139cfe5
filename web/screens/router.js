/* router.js: which screen is shown: that of the address's hash. A screen is a
 * folder here that registers itself; it is opened when it is first gone to. */

import { dressed, h } from '../lib/dom.js';

/** @typedef {import('../app.js').App} App */
/** In history.state. depth: so many entries lie between this one and the first screen's that was gone from.
 * @typedef {{depth?: number}} Entry */
/** What a screen is once it is open. show draws it in the app's words of now, also when they have changed;
 * only then it is seen.
 * @typedef {{show: () => Promise<void> | void, focus: () => HTMLElement}} View */
/** name: its hash, and the id of its place in #main, which is made where the page has none. link: the words of its
 * link, #<name>-link; null: none. bar: selector of where the link is, the header by default. The first that is registered is shown for every other hash.
 * drop: what is said over the page while a file is held over it, by default that a picture may be dropped.
 * @typedef {{name: string, link: import('../lib/text.js').Key | null, bar?: string, drop?: import('../lib/text.js').Key,
 *   open: (place: HTMLElement, app: App) => Promise<View> | View}} Screen */

/** @type {Map<string, Screen>} */
const screens = new Map();

/** @param {Screen} screen */
export function register(screen) {
  if (screens.has(screen.name)) throw new RangeError(`there are two screens "${screen.name}"`);
  screens.set(screen.name, screen);
}

/** @param {string} tag @param {string} id @param {string} parent where it goes if there is none @returns {HTMLElement} */
function find(tag, id, parent) {
  const before = document.getElementById(id);
  if (before) return before;
  const element = document.createElement(tag);
  element.id = id;
  document.querySelector(parent)?.append(element);
  return element;
}

export class Router {
  /** @param {App} app */
  constructor(app) {
    /** @private */ this.app = app;
    /** @private @type {Map<Screen, Promise<View>>} */ this.views = new Map();
    /** @private */ this.is_first = true;
    /** @private */ this.depth = 0;
    /** How far the first screen was scrolled when it was left. @private */ this.place = 0;
    for (const screen of screens.values()) {
      const place = find('div', screen.name, '#main');
      place.hidden = screen !== this.home;
      if (!screen.link) continue;
      const anchor = find('a', `${screen.name}-link`, screen.bar ?? 'header');
      anchor.classList.add('link');
      anchor.addEventListener('click', (event) => {
        if (!anchor.hasAttribute('data-here')) return;
        event.preventDefault();
        this.leave();
      });
    }
    addEventListener('hashchange', () => this.route());
  }

  /** @returns {Screen} */
  get home() { return /** @type {Screen} */ (screens.values().next().value); }

  /** @returns {Screen} the one that the address names */
  get screen() { return screens.get(location.hash.slice(1)) ?? this.home; }

  /** @param {string} name "": the first screen */
  go(name) {
    if (this.screen !== (screens.get(name) ?? this.home)) location.hash = name;
  }

  /** Back to the first screen, by the way that was come: the browser's Back then leads on from there, not to and fro. */
  leave() {
    if (this.depth > 0) return history.go(-this.depth);
    history.replaceState(null, '', '#'); // opened at this address: there is no way back
    this.route();
  }

  /** How far the entry that is gone to is from the first screen. @private */
  count() {
    const before = /** @type {Entry | null} */ (history.state)?.depth;
    this.depth = this.screen === this.home ? 0 : before ?? (this.is_first ? 0 : this.depth + 1);
    if (this.screen !== this.home) history.replaceState({ ...history.state, depth: this.depth }, '');
  }

  /** Shows the address's screen. */
  async route() {
    const { screen } = this;
    this.count();
    const view = await this.viewOf(screen);
    await view.show();
    await dressed(find('div', screen.name, '#main'));
    if (screen !== this.screen) return; // gone again meanwhile
    const is_first = this.is_first;
    this.is_first = false;
    const change = () => {
      if (!find('div', this.home.name, '#main').hidden) this.place = scrollY;
      for (const one of screens.values()) find('div', one.name, '#main').hidden = one !== screen;
      this.link();
      if (!is_first) scrollTo(0, screen === this.home && this.app.classifier.view === 'result' ? this.place : 0); // an answer is read on where it was left
    };
    if (is_first) return change();
    await asOneMovement(change);
    if (screen === this.screen) view.focus().focus({ preventScroll: true });
  }

  /** Draws the screen anew: its words, or what it tells of, have changed. */
  async redraw() {
    const { screen } = this;
    this.link();
    await (await this.viewOf(screen)).show();
  }

  /** The link of the screen that is shown leads back. @private */
  link() {
    for (const { name, link, bar = 'header' } of screens.values()) {
      if (!link) continue;
      const anchor = find('a', `${name}-link`, bar);
      const is_here = !find('div', name, '#main').hidden;
      anchor.toggleAttribute('data-here', is_here);
      anchor.setAttribute('href', is_here ? '#' : `#${name}`);
      anchor.textContent = this.app.text.get(is_here ? 'back' : link);
    }
  }

  /** In place of a screen whose file could not be had. @param {HTMLElement} place @returns {View} @private */
  failed(place) {
    const { text } = this.app;
    const heading = h('h1', { tabindex: -1 }, text.get('failure_load_heading'));
    return {
      show: () => place.replaceChildren(heading, h('p', { role: 'alert' }, text.get('screen_failed')),
        h('button', { type: 'button', class: 'screen-again', onclick: () => this.route() }, text.get('retry'))),
      focus: () => heading,
    };
  }

  /** @param {Screen} screen @returns {Promise<View>} @private */
  viewOf(screen) {
    let view = this.views.get(screen);
    if (!view) {
      const place = find('div', screen.name, '#main');
      view = Promise.resolve().then(() => screen.open(place, this.app)).catch((error) => {
        this.views.delete(screen); // the next time asks again
        console.warn(`the screen "${screen.name}" could not be opened:`, error);
        return this.failed(place);
      });
      this.views.set(screen, view);
    }
    return view;
  }
}

/** What is shown turns into what comes, where the browser can do that and nobody has asked for less movement.
 *  Of the element's own states its style sheet says how they come: it does not move the page that it stands in.
 *  @param {() => void} change @returns {Promise<void>} it is done, and may be moving still */
async function asOneMovement(change) {
  if (!document.startViewTransition || matchMedia('(prefers-reduced-motion: reduce)').matches) return change();
  const { ready, finished, updateCallbackDone } = document.startViewTransition(change);
  for (const end of [ready, finished]) end.catch(() => {}); // left out, as another came at once or nobody looks: the change is made all the same
  await updateCallbackDone;
}
