/* page.js: the page's side of the service worker: registers it, tells how far
 * offline use is, and swaps in a new version once the person agrees. */

/** full: there is no room for it. partly: the page is kept, the pack in use is not.
 * @typedef {'preparing' | 'ready' | 'offline' | 'unavailable' | 'full' | 'partly'} OfflineState */

export class OfflineControl {
  /** @param {{onState: (state: OfflineState) => void, onUpdate: () => void}} listeners */
  constructor({ onState, onUpdate }) {
    /** @private */ this.onState = onState;
    /** @private */ this.onUpdate = onUpdate;
    /** @private @type {ServiceWorkerRegistration | null} */ this.registration = null;
    /** @private @type {OfflineState} */ this.state = 'preparing';
    /** @private */ this.is_started = false;
    /** @private */ this.is_updating = false;
    /** The service worker ran out of room. @private */ this.is_full = false;
    /** The pack in use is here. @private */ this.is_pack_kept = true;
    addEventListener('online', () => this.tell(this.state));
    addEventListener('offline', () => this.tell(this.state));
  }

  /** @param {OfflineState} state @private */
  tell(state) {
    this.state = state;
    this.onState(state !== 'ready' ? state : !this.is_pack_kept ? 'partly' : navigator.onLine ? 'ready' : 'offline');
  }

  /** @param {boolean} is_kept whether the pack in use, or that was asked for, is on this device */
  tellPack(is_kept) {
    this.is_pack_kept = is_kept;
    this.tell(this.state);
  }

  /** The first call counts. @param {URL} script of the service worker */
  async start(script) {
    if (this.is_started) return;
    this.is_started = true;
    const container = navigator.serviceWorker;
    if (!container) return this.tell('unavailable');
    this.tell(container.controller ? 'ready' : 'preparing');
    let is_controlled = container.controller !== null;
    container.addEventListener('controllerchange', () => {
      if (is_controlled && !this.is_updating) this.onUpdate(); // agreed to in another tab: this one is old now
      is_controlled = true;
    });
    container.addEventListener('message', ({ data }) => {
      if (data?.type !== 'full') return;
      this.is_full = true;
      if (!this.registration?.active) this.tell('full');
    });
    let registration;
    try {
      registration = await container.register(script, { updateViaCache: 'none' });
    } catch (error) {
      // No storage, a frame of another site, or no such file: the page works on, online.
      console.info('offline use is not available:', error);
      return this.tell(container.controller ? 'ready' : 'unavailable');
    }
    this.registration = registration;
    if (registration.waiting) this.onUpdate();
    this.follow(registration.installing);
    registration.addEventListener('updatefound', () => this.follow(registration.installing));
    if (registration.active) this.tell('ready');
  }

  /** @param {ServiceWorker | null} worker that is being installed @private */
  follow(worker) {
    const registration = this.registration;
    if (!worker || !registration) return;
    const is_update = registration.active !== null;
    worker.addEventListener('statechange', () => {
      if (worker.state === 'installed' && is_update) this.onUpdate();
      if (worker.state === 'activated') this.tell('ready');
      if (worker.state === 'redundant' && !registration.active) this.tell(this.is_full ? 'full' : 'unavailable');
    });
  }

  /** The person agreed: the waiting version takes over and the page reloads. */
  update() {
    this.is_updating = true;
    const waiting = this.registration?.waiting;
    if (!waiting) return location.reload();
    waiting.postMessage({ type: 'activate' });
    if (this.nudging) return; // agreed to once more
    this.nudging = setInterval(nudge, 1500);
    navigator.serviceWorker.addEventListener('controllerchange', () => {
      clearInterval(this.nudging);
      location.reload();
    }, { once: true });
  }

  /** @returns {Promise<'none' | 'found' | 'failed'>} */
  async check() {
    if (!this.registration) return 'failed';
    try {
      await this.registration.update();
    } catch {
      return 'failed'; // no network: told as such
    }
    return this.registration.installing || this.registration.waiting ? 'found' : 'none';
  }

  /** @returns {Promise<string | null>} of the version that serves this page */
  version() {
    const active = navigator.serviceWorker?.controller ?? this.registration?.active;
    if (!active) return Promise.resolve(null);
    return new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => resolve(String(data));
      active.postMessage({ type: 'version' }, [port2]);
      setTimeout(() => resolve(null), 1000);
    });
  }
}

/** Asked while the old version was still answering, Chromium may leave the new one waiting for good. It looks again after a
 *  request that it hands to the old one by itself: a worker's, not a page's fetch. */
function nudge() {
  const worker = new Worker(new URL('classifier/worker.js', document.baseURI), { type: 'module' });
  setTimeout(() => worker.terminate(), 500);
}
