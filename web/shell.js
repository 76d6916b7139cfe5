/* shell.js: what is round every screen: whether the page works offline and may
 * keep what it needs, the offer of a new version, installing. */

import { byId } from './lib/dom.js';
import { REVIEWED } from './lib/text.js';
import { OfflineControl } from './sw/page.js';

/** @typedef {Event & {prompt: () => Promise<void>}} InstallEvent Chromium's beforeinstallprompt */
/** @typedef {import('./lib/text.js').Text} Text */

export class Shell {
  /** @param {Text} text */
  constructor(text) {
    /** @private */ this.text = text;
    /** @private @type {import('./sw/page.js').OfflineState} */ this.state = 'preparing';
    this.offline = new OfflineControl({
      onState: (state) => {
        this.state = state;
        this.showState();
      },
      onUpdate() { byId('update').hidden = false; },
    });
    /** Whether an update would lose something, of each that may say so. @private @type {(() => boolean)[]} */ this.protected = [];
    /** The person agreed, and it waits. @private */ this.is_update_wanted = false;
    byId('update-now').addEventListener('click', () => this.update());
    byId('update-later').addEventListener('click', () => {
      this.is_update_wanted = false;
      byId('update').hidden = true;
      byId('update-now').hidden = false;
      this.showUpdate();
    });
    installButton();
  }

  /** @param {Text} text */
  speak(text) {
    this.text = text;
    document.documentElement.lang = text.language;
    document.documentElement.dir = text.direction;
    document.documentElement.classList.remove('no-texts');
    document.title = text.get('title');
    for (const node of document.querySelectorAll('[data-text]')) {
      const words = text.get(/** @type {import('./lib/text.js').Key} */ (node.getAttribute('data-text')));
      if (node.textContent !== words) node.textContent = words; // else it would be laid out anew
    }
    byId('unreviewed').hidden = REVIEWED.includes(text.language);
    this.showState();
    this.showUpdate();
  }

  /** @param {() => boolean} isBusy whether an update would lose what the person has before them */
  protect(isBusy) { this.protected.push(isBusy); }

  /** The person has gone on: what has waited for that may go on too. */
  relax() { if (this.is_update_wanted) this.update(); }

  /** A reload would take the photo and the answer away: it waits until they have been left. @private */
  update() {
    this.is_update_wanted = true;
    if (!this.protected.some((isBusy) => isBusy())) return this.offline.update();
    byId('update-now').hidden = true;
    this.showUpdate();
  }

  /** @private */
  showUpdate() { byId('update-words').textContent = this.text.get(this.is_update_wanted ? 'update_after' : 'update_ready'); }

  /** Asks the browser, once the page has been of use, not to throw away what it has kept when space runs short. */
  async keep() {
    try {
      if (!await navigator.storage?.persisted?.()) await navigator.storage?.persist?.();
    } catch (error) {
      console.info('what is kept may be thrown away when space runs short:', error);
    }
  }

  /** After the model: the first answer comes before the copy for offline use. */
  startOffline() { this.offline.start(new URL('sw.js', document.baseURI)); }

  /** @private */
  showState() {
    const node = byId('offline-state');
    node.dataset.state = this.state;
    node.textContent = this.text.get(this.state === 'offline' ? 'offline_now' : `offline_${this.state}`);
    node.hidden = false;
  }
}

function installButton() {
  const button = byId('install');
  /** @type {InstallEvent | null} that start.js may have heard of before */
  let offer = Reflect.get(window, 'insituInstall') ?? null;
  button.hidden = offer === null;
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    offer = /** @type {InstallEvent} */ (event);
    button.hidden = false;
  });
  button.addEventListener('click', async () => {
    button.hidden = true;
    await offer?.prompt();
    offer = null;
  });
  addEventListener('appinstalled', () => { button.hidden = true; });
}
