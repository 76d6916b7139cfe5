/* stream.js: the camera. Owns its tracks: the start that was asked for last is
 * the one that counts, and nothing runs on after stop. */

/** Some three times what a model takes, and little enough to look at picture after picture. */
const WANTED = { width: { ideal: 1280 }, height: { ideal: 720 } };
/** Where of those the square has too few. */
const LARGER = { width: { ideal: 1920 }, height: { ideal: 1080 } };
/** Some cameras pause for a moment, as when another program looks which there are. */
const MUTED_MS = 1000;

/** What of a track TypeScript does not know yet.
 * @typedef {MediaTrackCapabilities & {torch?: boolean, zoom?: {min: number, max: number, step?: number}}} Abilities */
/** @typedef {MediaTrackSettings & {zoom?: number, torch?: boolean}} Settings */

export class CameraStream {
  /**
   * @param {HTMLVideoElement} video
   * @param {{onLost: () => void, onBack: () => void}} listener onLost: no picture comes any more, and nobody here stopped
   *   it (unplugged, taken away, a call); onBack: after that they come again by themselves
   */
  constructor(video, listener) {
    /** @private */ this.video = video;
    /** @private */ this.listener = listener;
    /** @private @type {MediaStream | null} */ this.stream = null;
    /** @private */ this.num_starts = 0;
    /** @private */ this.facing = 'environment';
    /** Chosen by name, where there are several. @private @type {string | null} */ this.device_id = null;
    /** Of this start: all that was asked for, which each asking replaces. @private @type {{torch?: boolean, zoom?: number}} */ this.wanted = {};
    /** @private */ this.is_large = false;
  }

  /** @returns {Promise<boolean>} false: stopped or started anew meanwhile; rejects as getUserMedia does */
  async start() {
    this.stop();
    const this_start = ++this.num_starts;
    const is_over = () => this_start !== this.num_starts;
    const which = this.device_id === null ? { facingMode: this.facing } : { deviceId: { exact: this.device_id } };
    try {
      const opened = await navigator.mediaDevices.getUserMedia({ video: { ...which, ...WANTED }, audio: false });
      if (is_over()) {
        stopTracks(opened);
        return false;
      }
      this.stream = opened;
      this.wanted = {};
      this.is_large = false;
      this.watch(opened);
      this.video.srcObject = opened;
      await this.video.play();
      return !is_over();
    } catch (error) {
      if (is_over()) return false;
      this.stop();
      throw error;
    }
  }

  /** The other side's. */
  turn() {
    this.facing = this.facing === 'environment' ? 'user' : 'environment';
    this.device_id = null;
  }

  /** @param {string} device_id */
  choose(device_id) { this.device_id = device_id; }

  stop() {
    this.num_starts++;
    if (this.stream) stopTracks(this.stream);
    this.stream = null;
    this.video.srcObject = null;
  }

  /** @returns {Promise<MediaDeviceInfo[]>} the cameras that there are */
  async devices() {
    return (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === 'videoinput');
  }

  /** How the camera that runs is set. @returns {Settings} */
  settings() { return this.track()?.getSettings() ?? {}; }

  /** What this camera can beside filming. @returns {{torch: boolean, zoom: {min: number, max: number, step: number} | null}} */
  abilities() {
    const abilities = /** @type {Abilities | undefined} */ (this.track()?.getCapabilities?.());
    const zoom = abilities?.zoom;
    return {
      torch: abilities?.torch === true,
      zoom: zoom && zoom.max > zoom.min ? { min: zoom.min, max: zoom.max, step: zoom.step || (zoom.max - zoom.min) / 100 } : null,
    };
  }

  /** @param {{torch: boolean} | {zoom: number}} wanted @returns {Promise<boolean>} whether the camera did so */
  async set(wanted) {
    const before = this.wanted;
    this.wanted = { ...before, ...wanted };
    const is_done = await this.apply();
    if (!is_done) this.wanted = before;
    return is_done;
  }

  /** Asks for more pixels, once a start. */
  async enlarge() {
    if (this.is_large) return;
    this.is_large = true;
    await this.apply();
  }

  /** @private */
  async apply() {
    const { torch, zoom } = this.wanted;
    const advanced = [...(torch === undefined ? [] : [{ torch }]), ...(zoom === undefined ? [] : [{ zoom }])];
    try {
      await this.track()?.applyConstraints(/** @type {any} */ ({ ...(this.is_large && LARGER), ...(advanced.length > 0 && { advanced }) }));
      return true;
    } catch (error) {
      console.info('the camera did not take a setting:', error);
      return false;
    }
  }

  /** @private */
  track() { return this.stream?.getVideoTracks()[0]; }

  /** @param {MediaStream} opened @private */
  watch(opened) {
    const [track] = opened.getVideoTracks();
    const is_ours = () => this.stream === opened;
    let is_lost = false;
    let timer = 0;
    track?.addEventListener('ended', () => {
      if (!is_ours()) return;
      this.stop();
      this.listener.onLost();
    });
    track?.addEventListener('mute', () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (!is_ours()) return;
        is_lost = true;
        this.listener.onLost();
      }, MUTED_MS);
    });
    track?.addEventListener('unmute', () => {
      clearTimeout(timer);
      if (!is_ours() || !is_lost) return;
      is_lost = false;
      this.listener.onBack();
    });
  }
}

/** @param {MediaStream} stream */
function stopTracks(stream) {
  for (const track of stream.getTracks()) track.stop();
}
