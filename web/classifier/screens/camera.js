/* camera.js: a live view with the square drawn over it and a shutter. Owns the
 * camera's tracks and stops them whenever the view goes, however it goes.
 * Ids: #video, #shutter, #switch, #close, #camera-app, #camera-message. */

import { h, icon } from '../../lib/dom.js';
import { centreCrop } from '../../lib/crop.js';
import { cssPercent, shapeStage } from './screen.js';

const JPEG_QUALITY = 0.95;
/** As large as the camera gives: the core reads more than any has. */
const WANTED = { width: { ideal: 3840 }, height: { ideal: 2160 } };

/**
 * @param {import('./screen.js').Context & {
 *   input: {width: number, height: number, crop_fraction: number} | null,
 *   onFile: (file: File) => void, onClose: () => void}} context
 * @returns {import('./screen.js').Screen}
 */
export function cameraScreen({ text, input, onFile, onClose }) {
  /** @type {MediaStream | null} */
  let stream = null;
  let is_gone = false;
  let num_starts = 0; // the last start is the one that counts
  let facing = 'environment';
  const heading = h('h2', { id: 'heading', tabindex: -1 }, text.get('camera_heading'));
  const video = h('video', { id: 'video', playsinline: true, autoplay: true, muted: true });
  video.muted = true;
  const square = h('div', { class: 'square guide', hidden: true });
  const stage = h('div', { class: 'stage', dir: 'ltr' }, video, square);
  const message = h('p', { id: 'camera-message', role: 'status' }, text.get('camera_waiting'));
  const shutter = h('button', { id: 'shutter', type: 'button', class: 'primary', disabled: true, onclick: shoot },
    icon('camera'), text.get('camera_shutter'));
  const other = h('button', { id: 'switch', type: 'button', hidden: true, onclick: switchCamera }, text.get('camera_switch'));
  const capture = h('input', { type: 'file', accept: 'image/jpeg,image/png', capture: 'environment', hidden: true, id: 'capture' });
  capture.addEventListener('change', () => {
    const file = capture.files?.[0];
    if (file) onFile(file);
  });
  const app = h('button', { id: 'camera-app', type: 'button', hidden: true, onclick: () => capture.click() }, text.get('camera_app'));

  function stop() {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.srcObject = null;
  }

  async function start() {
    stop();
    shutter.disabled = true;
    const this_start = ++num_starts;
    const is_over = () => is_gone || this_start !== num_starts;
    try {
      const opened = await navigator.mediaDevices.getUserMedia({ video: { facingMode: facing, ...WANTED }, audio: false });
      if (is_over()) return opened.getTracks().forEach((track) => track.stop());
      stream = opened;
      video.srcObject = opened;
      await video.play();
      if (is_over()) return;
      message.textContent = '';
      shutter.disabled = false;
      placeGuide();
      const devices = await navigator.mediaDevices.enumerateDevices();
      other.hidden = devices.filter(({ kind }) => kind === 'videoinput').length < 2;
    } catch (error) {
      if (is_over()) return;
      stop();
      message.textContent = text.get(messageOf(error));
      app.hidden = false;
    }
  }

  function placeGuide() {
    if (video.videoWidth === 0) return;
    shapeStage(stage, video.videoWidth / video.videoHeight);
    if (!input) return;
    const crop = centreCrop({ width: video.videoWidth, height: video.videoHeight }, input, input.crop_fraction);
    square.style.left = cssPercent(crop.x);
    square.style.top = cssPercent(crop.y);
    square.style.width = cssPercent(crop.width);
    square.style.height = cssPercent(crop.height);
    square.hidden = false;
  }
  video.addEventListener('resize', placeGuide);

  function switchCamera() {
    facing = facing === 'environment' ? 'user' : 'environment';
    return start();
  }

  function shoot() {
    const canvas = document.createElement('canvas');
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext('2d')?.drawImage(video, 0, 0);
    stop();
    canvas.toBlob((blob) => {
      if (is_gone) return;
      if (blob) onFile(new File([blob], 'camera.jpg', { type: 'image/jpeg' }));
      else message.textContent = text.get('camera_busy');
    }, 'image/jpeg', JPEG_QUALITY);
  }

  addEventListener('pagehide', stop);
  start();
  return {
    name: 'camera',
    heading,
    node: h('section', { 'aria-labelledby': 'heading' },
      heading,
      stage,
      message,
      h('div', { class: 'actions', part: 'actions' },
        h('div', { class: 'buttons' }, shutter, other, app,
          h('button', { id: 'close', type: 'button', class: 'plain', onclick: onClose }, text.get('close')))),
      capture),
    destroy() {
      is_gone = true;
      removeEventListener('pagehide', stop);
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
