/* failure.js: what went wrong in plain words, what to do, and the exact
 * message for whoever wants it. Ids: #failure-text, #failure-detail, #again,
 * #another. */

import { h, icon } from '../../lib/dom.js';

/** @typedef {Extract<import('../../lib/text.js').Key, `fail_${string}`>} FailKey */

/** @type {Record<string, FailKey>} */
const PHOTO_TEXTS = {
  'unknown-format': 'fail_unknown_format',
  truncated: 'fail_truncated',
  damaged: 'fail_damaged',
  unsupported: 'fail_unsupported',
  'too-large': 'fail_too_large',
  'too-small': 'fail_too_small',
  'out-of-memory': 'fail_memory',
  io: 'fail_read',
  'several-frames': 'fail_frames',
};
/** @type {Record<string, FailKey>} */
const LOAD_TEXTS = {
  io: 'fail_load_network',
  truncated: 'fail_load_network',
  unsupported: 'fail_load_browser',
  'digest-mismatch': 'fail_load_digest',
  'invalid-pack': 'fail_load_model',
  'invalid-model': 'fail_load_model',
  'unsupported-model': 'fail_load_model',
  'invalid-argument': 'fail_load_model',
  'not-finite': 'fail_load_model',
  'too-large': 'fail_load_size',
  'too-small': 'fail_load_size',
  'out-of-memory': 'fail_load_memory',
};

/** @param {'load' | 'photo'} of @param {string} status @param {string} [lacks] what the browser has not @returns {FailKey} */
export function failureKey(of, status, lacks = '') {
  if (of === 'load' && status === 'unsupported' && !lacks) return 'fail_load_internal'; // no other browser would help
  return of === 'load' ? LOAD_TEXTS[status] ?? 'fail_load_internal' : PHOTO_TEXTS[status] ?? 'fail_internal';
}

/** The message is the program's, in English whatever the page's language: marked, so that it is read and laid out as such.
 *  @param {import('../../lib/text.js').Text} text @param {string} message @param {string} status */
function technical(text, message, status) {
  const [before = '', between = '', after = ''] = text.get('failure_technical').split(/\{message\}|\{status\}/);
  return [before, h('span', { lang: 'en', dir: 'ltr' }, message), between, h('span', { lang: 'en', dir: 'ltr' }, status), after];
}

/**
 * @param {import('./screen.js').Context & {of: 'load' | 'photo', status: string, message: string, lacks?: string,
 *   onRetry: () => void, onAnother: () => void}} context lacks: what the browser has not: trying again does not help
 * @returns {import('./screen.js').Screen}
 */
export function failureScreen({ text, of, status, message, lacks = '', onRetry, onAnother }) {
  const is_load = of === 'load';
  const heading = h('h2', { id: 'heading', tabindex: -1 },
    text.get(is_load ? 'failure_load_heading' : 'failure_heading'));
  return {
    name: 'failure',
    heading,
    node: h('section', { class: 'failed', 'aria-labelledby': 'heading' },
      heading,
      h('div', { class: 'card failure' },
        icon('failure'),
        h('p', { id: 'failure-text' }, text.get(failureKey(of, status, lacks), { lacks: `\u2066${lacks}\u2069` }))),
      h('p', { id: 'failure-detail', class: 'small muted detail' }, technical(text, message, status)),
      h('div', { class: 'actions', part: 'actions' },
        h('div', { class: 'buttons' },
          !is_load && h('button', { id: 'another', type: 'button', class: 'primary', onclick: onAnother }, text.get('another_photo')),
          !lacks && status !== 'several-frames' && h('button', { id: 'again', type: 'button', class: is_load ? 'primary' : '', onclick: onRetry }, text.get('retry'))))),
  };
}
