/* handed.js: what a screen is handed, by dropping or another way: it is gone
 * to, and takes it once it is open. */

/** @template T of what the screen takes */
export class Handed {
  /** @param {string} name of the screen */
  constructor(name) {
    this.name = name;
    /** @private @type {T | null} */ this.held = null;
    /** Once the screen is open. @private @type {((what: T) => void) | null} */ this.take = null;
  }

  get isHere() { return location.hash === `#${this.name}`; }

  /** @param {T} what in place of what is held still */
  give(what) {
    this.held = what;
    if (this.isHere) this.hand();
    else location.hash = this.name;
  }

  /** @private */
  hand() {
    const { held } = this;
    if (held === null || !this.take) return;
    this.held = null;
    this.take(held);
  }

  /** @param {{show: () => Promise<void>, heading: HTMLElement}} screen @param {(what: T) => void} take
   *  @returns {import('./router.js').View} the screen, which takes what is held once it is seen: what it then asks is scrolled to and has the focus */
  view(screen, take) {
    this.take = take;
    return {
      show: async () => {
        await screen.show();
        if (screen.heading.offsetParent) this.hand(); // else it is on its way
      },
      focus: () => {
        queueMicrotask(() => this.hand()); // after the heading has the focus
        return screen.heading;
      },
    };
  }
}
