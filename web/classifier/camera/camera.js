/* camera.js: the live view over the whole window: the square that is read, what
 * the model sees in it at this moment, and a round shutter under the thumb. It
 * films only while it is seen. Comes when the camera is first asked for.
 * Ids: #video, #shutter, #switch, #camera-choice, #torch, #zoom, #figures,
 * #close, #camera-app, #camera-file, #camera-message, #live-hint, and those of
 * live-panel.js. */

import { h, outline } from '../../lib/dom.js';
import { InsituError } from '../protocol.js';
import { place } from '../screens/screen.js';
import { fileInput } from '../screens/start.js';
import { controls } from './controls.js';
import { guideIn, partOf } from './guide.js';
import { livePanel } from './live-panel.js';
import { LiveReader } from './live.js';
import { CameraStream } from './stream.js';

/** @typedef {import('../../lib/crop.js').Crop} Crop */
/** @typedef {import('../protocol.js').Result} Result */

/** What there is of the model now. @typedef {{words: import('../../lib/pack-text.js').PackWords | null,
 *   pack: import('../engine-packs.js').Pack | null, read: (bitmap: ImageBitmap) => Promise<Result>}} Look */

const JPEG_QUALITY = 0.95;
/** Below so many of the model's pixels a side more are asked for, which costs each picture time: packs refuse less than 1.1. */
const FEW_OF_INPUT = 1.2;
const SQUARE = { width: 1, height: 1 };

/**
 * @param {{text: import('../../lib/text.js').Text, look: () => Look,
 *   onFile: (file: File, crop: Crop | null) => void, onClose: () => void}} context
 *   onFile: crop is the square's, null of a file
 * @returns {import('../screens/screen.js').Screen}
 */
export function cameraScreen({ text, look, onFile, onClose }) {
  let input = look().pack?.input;
  let is_gone = false;
  let is_seen = true;
  /** @type {Crop | null} in shares of the picture */
  let crop = null;
  const video = h('video', { id: 'video', playsinline: true, autoplay: true, muted: true });
  video.muted = true;
  const stream = new CameraStream(video, {
    onLost() {
      pause();
      fail('camera_stopped');
      refresh();
    },
    onBack: begin,
  });
  const heading = h('h2', { id: 'heading', tabindex: -1, autofocus: true }, text.get('camera_heading'));
  const guide = h('div', { class: 'square guide', hidden: true });
  const message = h('p', { id: 'camera-message', role: 'status' }, text.get('camera_waiting'));
  const shutter = h('button', { id: 'shutter', type: 'button', class: 'shutter', disabled: true, 'aria-label': text.get('camera_shutter'), onclick: shoot });
  const capture = fileInput('capture', (file) => onFile(file, null));
  capture.setAttribute('capture', 'environment');
  const file = fileInput('camera-input', (chosen) => onFile(chosen, null));
  const ways_out = h('div', { class: 'buttons', hidden: true },
    h('button', { id: 'camera-again', type: 'button', class: 'primary', onclick: start }, text.get('retry')),
    h('button', { id: 'camera-app', type: 'button', onclick: () => capture.click() }, text.get('camera_app')),
    h('button', { id: 'camera-file', type: 'button', onclick: () => file.click() }, text.get('choose_photo')));
  const panel = livePanel({ text, look });
  /** From when the model is there. @type {LiveReader | null} */
  let live = null;
  const { node: tools, refresh } = controls({ text, stream, onChange: start, onFigures: (is_wanted) => panel.showFigures(is_wanted) });
  const top = h('div', { class: 'camera-top' },
    h('button', { id: 'close', type: 'button', class: 'round', 'aria-label': text.get('close'), onclick: onClose }, outline('close', 'M6 6l12 12M18 6 6 18')), heading);
  const bottom = h('div', { class: 'camera-bottom' }, panel.node, message, ways_out, h('div', { class: 'camera-buttons' }, shutter, tools));
  const dialog = h('dialog', { class: 'camera', 'aria-labelledby': 'heading' }, video, guide, top, bottom, capture, file);

  function stop() {
    pause();
    stream.stop();
  }

  function pause() {
    live?.stop();
    shutter.disabled = true;
    guide.hidden = true;
    panel.clear();
  }

  async function start() {
    stop();
    waysOut(false);
    message.textContent = text.get('camera_waiting');
    try {
      if (!await stream.start() || is_gone) return;
      begin();
      await refresh();
    } catch (error) {
      if (is_gone) return;
      fail(messageOf(error));
      await refresh();
    }
  }

  /** With pictures that come, for the first time or again. */
  function begin() {
    waysOut(false);
    message.textContent = live ? '' : text.get('camera_no_model');
    shutter.disabled = false;
    placeGuide();
    live?.start();
  }

  /** @param {ReturnType<typeof messageOf> | 'camera_stopped'} key */
  function fail(key) {
    message.textContent = text.get(key);
    waysOut(true);
  }

  /** Either these or the shutter. @param {boolean} are_there */
  function waysOut(are_there) {
    shutter.hidden = are_there;
    ways_out.hidden = !are_there;
  }

  function placeGuide() {
    const view = { width: dialog.clientWidth, height: dialog.clientHeight };
    if (video.videoWidth === 0 || view.width === 0) return;
    const { offsetHeight, offsetWidth, offsetLeft } = bottom;
    const beside = offsetHeight < view.height ? 0 : offsetWidth; // where the phone is held sideways
    const inner = guideIn(view, {
      top: top.offsetHeight, bottom: beside ? 0 : offsetHeight, left: offsetLeft ? 0 : beside, right: offsetLeft ? beside : 0,
    }, input ?? SQUARE);
    crop = partOf(inner, view, { width: video.videoWidth, height: video.videoHeight });
    place(guide, inner);
    guide.hidden = shutter.disabled;
    // A picture that is wide on a view that is not, or tools that leave the square little room: the camera may have more.
    if (input && !shutter.disabled && crop.width * video.videoWidth < FEW_OF_INPUT * input.width) stream.enlarge();
  }

  function shoot() {
    const canvas = document.createElement('canvas');
    const sharpest = live?.take() ?? null;
    canvas.width = sharpest?.width ?? video.videoWidth;
    canvas.height = sharpest?.height ?? video.videoHeight;
    canvas.getContext('2d')?.drawImage(sharpest ?? video, 0, 0);
    sharpest?.close();
    const judged = input ? crop : null;
    stop();
    canvas.toBlob((blob) => {
      if (is_gone) return;
      if (blob) onFile(new File([blob], 'camera.jpg', { type: 'image/jpeg' }), judged);
      else message.textContent = text.get('camera_busy');
    }, 'image/jpeg', JPEG_QUALITY);
  }

  /** Behind another tab or another screen nothing films. @param {boolean} is_shown */
  function see(is_shown) {
    if (is_shown === is_seen || is_gone) return;
    is_seen = is_shown;
    if (is_seen) start();
    else stop();
  }
  let is_displayed = true;
  const notice = () => see(is_displayed && document.visibilityState !== 'hidden');
  const displayed = new IntersectionObserver(([entry]) => {
    is_displayed = entry?.isIntersecting ?? true;
    notice();
  });
  const resized = new ResizeObserver(placeGuide);
  video.addEventListener('resize', placeGuide);
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault(); // Escape: the element goes on from here
    onClose();
  });
  addEventListener('pagehide', stop);
  document.addEventListener('visibilitychange', notice);
  return {
    name: 'camera',
    heading,
    node: h('section', { 'aria-labelledby': 'heading' }, dialog),
    onModel({ isReady }) {
      if (!isReady || live) return;
      const { pack, read } = look();
      if (!pack) return;
      input = pack.input;
      live = new LiveReader(video, {
        input, isCentred: 'centred' in pack && pack.centred === true, read, crop: () => crop,
        onReading(result, now_ms, isSmall) { panel.show(result, now_ms, isSmall, live); },
        onFailure(error) {
          console.warn('a picture of the live view was not read:', error); // the shutter still works
          panel.clear();
          if (error instanceof InsituError && error.status === 'unsupported') live?.stop();
        },
      });
      if (shutter.disabled) return; // begins with the camera
      message.textContent = '';
      placeGuide();
      live.start();
    },
    onShown() {
      dialog.showModal();
      displayed.observe(dialog);
      resized.observe(dialog);
      resized.observe(bottom);
      start();
    },
    destroy() {
      is_gone = true;
      displayed.disconnect();
      resized.disconnect();
      removeEventListener('pagehide', stop);
      document.removeEventListener('visibilitychange', notice);
      stop();
    },
  };
}

/** @param {unknown} error as getUserMedia throws it
 *  @returns {'camera_denied' | 'camera_missing' | 'camera_busy'} */
export function messageOf(error) {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'camera_denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'camera_missing';
  return 'camera_busy';
}
