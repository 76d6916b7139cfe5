/* stream.js: the camera. Owns its tracks: the start that was asked for last is
 * the one that counts, and nothing runs on after stop. */

/** Some three times what a model takes, and little enough to look at picture after picture. */
const WANTED = { width: { ideal: 1280 }, height: { ideal: 720 } };

/** What of a track TypeScript does not know yet.
 * @typedef {MediaTrackCapabilities & {torch?: boolean, zoom?: {min: number, max: number, step?: number}}} Abilities */

export class CameraStream {
  /** @param {HTMLVideoElement} video */
  constructor(video) {
    /** @private */ this.video = video;
    /** @private @type {MediaStream | null} */ this.stream = null;
    /** @private */ this.num_starts = 0;
    /** @private */ this.facing = 'environment';
    /** Chosen by name, where there are several. @private @type {string | null} */ this.device_id = null;
  }

  get isRunning() { return this.stream !== null; }

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
    try {
      await this.track()?.applyConstraints(/** @type {any} */ ({ advanced: [wanted] }));
      return true;
    } catch (error) {
      console.info('the camera did not take a setting:', error);
      return false;
    }
  }

  /** @private */
  track() { return this.stream?.getVideoTracks()[0]; }
}

/** @param {MediaStream} stream */
function stopTracks(stream) {
  for (const track of stream.getTracks()) track.stop();
}
