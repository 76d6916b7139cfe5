/* router.js: which screen is shown: that of the address's hash. A screen is a
 * folder here that registers itself; it is opened when it is first gone to. */

/** @typedef {import('../app.js').App} App */
/** What a screen is once it is open. show draws it in the app's words of now, also when they have changed;
 * only then it is seen.
 * @typedef {{show: () => Promise<void> | void, focus: () => HTMLElement}} View */
/** name: its hash, and the id of its place in #main, which is made where the page has none. link: the words of its
 * link in the bar, #<name>-link; null: none. The first that is registered is shown for every other hash.
 * @typedef {{name: string, link: import('../lib/text.js').Key | null,
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
    for (const screen of screens.values()) {
      const place = find('div', screen.name, '#main');
      place.hidden = screen !== this.home;
      if (screen.link) find('a', `${screen.name}-link`, 'header').classList.add('link');
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

  /** Shows the address's screen. */
  async route() {
    const { screen } = this;
    const view = await this.viewOf(screen);
    await view.show();
    if (screen !== this.screen) return; // gone again meanwhile
    const is_first = this.is_first;
    this.is_first = false;
    for (const one of screens.values()) find('div', one.name, '#main').hidden = one !== screen;
    this.link();
    if (is_first) return;
    scrollTo(0, 0);
    view.focus().focus({ preventScroll: true });
  }

  /** Draws the screen anew: its words, or what it tells of, have changed. */
  async redraw() {
    const { screen } = this;
    this.link();
    await (await this.viewOf(screen)).show();
  }

  /** The link of the screen that is shown leads back. @private */
  link() {
    for (const { name, link } of screens.values()) {
      if (!link) continue;
      const anchor = find('a', `${name}-link`, 'header');
      const is_here = !find('div', name, '#main').hidden;
      anchor.toggleAttribute('data-here', is_here);
      anchor.setAttribute('href', is_here ? '#' : `#${name}`);
      anchor.textContent = this.app.text.get(is_here ? 'back' : link);
    }
  }

  /** @param {Screen} screen @returns {Promise<View>} @private */
  viewOf(screen) {
    let view = this.views.get(screen);
    if (!view) {
      view = Promise.resolve(screen.open(find('div', screen.name, '#main'), this.app));
      this.views.set(screen, view);
      view.catch(() => this.views.delete(screen)); // its file could not be had: the next time asks again
    }
    return view;
  }
}
