/* working.js: the time between the photo and the answer. Ids: #stage-text,
 * #progress, #cancel. */

import { h } from '../../lib/dom.js';
import { loadingText, photoStage } from './screen.js';

/**
 * @param {import('./screen.js').Context & {url: string, onCancel: () => void}} context
 * @returns {import('./screen.js').Screen}
 */
export function workingScreen({ text, url, onCancel }) {
  const heading = h('h2', { id: 'heading', tabindex: -1 }, text.get('working_heading'));
  const stage_text = h('p', { id: 'stage-text' }, text.get('stage_wait'));
  const progress = h('progress', { id: 'progress', 'aria-labelledby': 'stage-text' });
  return {
    name: 'working',
    heading,
    node: h('section', { class: 'working', 'aria-labelledby': 'heading', 'aria-busy': 'true' },
      heading,
      photoStage(url, text.get('frame_alt')),
      h('div', { class: 'tools' },
        progress,
        stage_text,
        h('div', { class: 'actions still', part: 'actions' },
          h('div', { class: 'buttons' },
            h('button', { id: 'cancel', type: 'button', onclick: onCancel }, text.get('cancel')))))),
    onModel(model) {
      if (model.isReady) return progress.removeAttribute('value');
      if (model.total === 0) return;
      progress.max = model.total;
      progress.value = model.loaded;
      stage_text.textContent = loadingText(text, model);
    },
    onStage(stage) {
      progress.removeAttribute('value');
      stage_text.textContent = text.get(`stage_${stage}`);
    },
  };
}
