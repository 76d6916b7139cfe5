/* controls.js: what the camera can beside filming, as far as the device has it:
 * another camera, light, zoom; and the figures of the live reading. Ids:
 * #switch, #camera-choice, #torch, #zoom, #figures. */

import { h, icon, outline } from '../../lib/dom.js';

const TURN = 'M4 12a8 8 0 0 1 13.7-5.6L20 8.5M20 4v4.500h-4.500M20 12a8 8 0 0 1-13.700 5.600L4 15.500M4 20v-4.500h4.500';
const FIGURES = 'M5 20v-7M12 20V4M19 20v-11';

/**
 * @param {{text: import('../../lib/text.js').Text, stream: import('./stream.js').CameraStream,
 *   onChange: () => void, onFigures: (isWanted: boolean) => void}} context onChange: another camera is wanted
 * @returns {{node: HTMLElement, refresh: () => Promise<void>}} refresh: once a camera runs
 */
export function controls({ text, stream, onChange, onFigures }) {
  /** @param {string} id @param {import('../../lib/text.js').Key} key @param {SVGSVGElement} drawing @param {() => void} onclick @param {boolean} [isHidden] */
  const button = (id, key, drawing, onclick, isHidden = true) =>
    h('button', { id, type: 'button', class: 'round', 'aria-label': text.get(key), title: text.get(key), hidden: isHidden, onclick }, drawing);
  /** @param {HTMLElement} toggle @returns {boolean} as it is now */
  const flip = (toggle) => {
    const is_on = toggle.getAttribute('aria-pressed') !== 'true';
    toggle.setAttribute('aria-pressed', String(is_on));
    return is_on;
  };
  const other = button('switch', 'camera_switch', outline('turn', TURN), () => {
    stream.turn();
    onChange();
  });
  const choice = h('select', { id: 'camera-choice', 'aria-label': text.get('camera_switch'), hidden: true });
  choice.addEventListener('change', () => {
    stream.choose(choice.value);
    onChange();
  });
  const torch = button('torch', 'camera_torch', icon('light'), async () => {
    if (!await stream.set({ torch: flip(torch) })) flip(torch);
  });
  torch.setAttribute('aria-pressed', 'false');
  const zoom = h('input', { id: 'zoom', type: 'range', 'aria-label': text.get('camera_zoom'), hidden: true });
  zoom.addEventListener('input', () => stream.set({ zoom: Number(zoom.value) }));
  const figures = button('figures', 'camera_figures', outline('figures', FIGURES), () => onFigures(flip(figures)), false);
  figures.setAttribute('aria-pressed', 'false');

  return {
    node: h('div', { class: 'camera-tools' }, zoom, choice, torch, other, figures),
    async refresh() {
      const able = stream.abilities();
      torch.hidden = !able.torch;
      zoom.hidden = !able.zoom;
      const set = stream.settings();
      torch.setAttribute('aria-pressed', String(set.torch === true)); // another camera begins without it, one that paused may have kept it
      if (able.zoom) {
        const { min, max, step } = able.zoom;
        Object.assign(zoom, { min: String(min), max: String(max), step: String(step), value: String(set.zoom ?? min) });
      }
      const devices = await stream.devices();
      other.hidden = devices.length < 2;
      choice.hidden = devices.length < 3; // two are told apart by their side
      choice.replaceChildren(...devices.map(({ deviceId, label }, index) => h('option', { value: deviceId }, label || String(index + 1))));
      choice.value = set.deviceId ?? ''; // which one filmed was not always chosen here
    },
  };
}
