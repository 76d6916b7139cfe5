/* live-panel.js: what the model sees at this moment, in words and one bar, and
 * what would help. It holds still (lib/steady.js) and decides nothing. Ids:
 * #reading (its data-decision), #live-words, #live-hint, #live-figures. */

import { h } from '../../lib/dom.js';
import { Steady } from '../../lib/steady.js';
import { cssPercent } from '../screens/screen.js';

/** @typedef {import('../protocol.js').Result} Result */

/** A screen reader is told what would help, but not oftener than it can say it. */
const SAID_MS = 2500;

/** @param {{text: import('../../lib/text.js').Text, look: () => {words: import('../../lib/pack-text.js').PackWords | null}}} context */
export function livePanel({ text, look }) {
  const steady = new Steady();
  const eyebrow = h('span', { class: 'eyebrow' });
  const names = h('strong', { id: 'live-words' });
  const fill = h('span', { class: 'fill' });
  const bar = h('span', { class: 'bar', 'aria-hidden': 'true' }, fill);
  const hint = h('p', { id: 'live-hint', role: 'status' });
  const figures = h('p', { id: 'live-figures', class: 'small', hidden: true });
  const node = h('div', { id: 'reading', class: 'live', hidden: true },
    h('p', { class: 'live-line' }, eyebrow, ' ', names), bar, hint, figures);
  let is_figures_wanted = false;
  let is_figures_new = false;
  let said_ms = -SAID_MS;

  /** @param {string} sentence @param {number} now_ms */
  function say(sentence, now_ms) {
    if (hint.textContent === sentence || now_ms - said_ms < SAID_MS) return;
    hint.textContent = sentence;
    said_ms = now_ms;
  }

  return {
    node,
    /** Many times a second: what has not changed is not touched, so that nothing is laid out for it. @param {Result} result @param {number} now_ms @param {boolean} isSmall
     *  @param {{rate: number | null, last_ms: number} | null} reader */
    show(result, now_ms, isSmall, reader) {
      const { decision, classes, set, reasons, share, isShaken } = steady.add(result, now_ms, isSmall ? ['closer'] : []);
      const [first] = classes;
      const { words } = look();
      const name = (/** @type {string} */ id) => words?.classOf(id).label ?? id;
      node.hidden = false;
      node.dataset.decision = decision;
      if (words && !names.lang) Object.assign(names, { lang: words.lang, dir: words.dir });
      if (decision === 'reject' || !first) {
        put(eyebrow, text.get('live_reject'));
        put(names, '');
      } else {
        put(eyebrow, text.get(decision === 'unsure' ? 'result_could_be' : 'result_clear'));
        put(names, decision === 'unsure' && set.length > 1 ? set.slice(0, 2).map(name).join(' / ') : name(first.id));
      }
      fill.style.inlineSize = cssPercent(first?.p ?? 0);
      bar.hidden = !first;
      say(hintOf(isShaken ? ['too-blurred', ...reasons] : reasons, text), now_ms);
      figures.hidden = !is_figures_wanted;
      if (is_figures_wanted && reader?.rate) {
        figures.textContent = text.get('live_figures', {
          rate: text.number(reader.rate), ms: text.number(reader.last_ms), infer: text.number(result.ms.infer), share: text.percent(share),
          p: first ? text.percent(first.p) : '–',
        });
        if (is_figures_new) figures.scrollIntoView({ block: 'nearest' }); // in large letters the panel scrolls
        is_figures_new = false;
      }
    },
    /** @param {boolean} isWanted */
    showFigures(isWanted) {
      is_figures_wanted = is_figures_new = isWanted;
      figures.hidden = !isWanted;
    },
    clear() {
      steady.clear();
      say('', said_ms + SAID_MS); // at once: what is said next is of other pictures
      said_ms = -SAID_MS;
      node.hidden = true;
    },
  };
}

/** @param {HTMLElement} node @param {string} words */
function put(node, words) {
  if (node.textContent !== words) node.textContent = words;
}

/** The first of the reasons that a hand can do something about.
 *  @param {string[]} reasons @param {import('../../lib/text.js').Text} text */
function hintOf(reasons, text) {
  for (const id of reasons) {
    const key = `live_${id.replaceAll('-', '_')}`;
    if (text.has(key)) return text.get(/** @type {import('../../lib/text.js').Key} */ (key));
  }
  return '';
}
