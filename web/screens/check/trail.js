/* trail.js: the browser's Back and Forward lead through a check: start, camera,
 * photo, answer. Owns its entries of the history, which all have the page's
 * address; what is shown is the classifier's. */

/** @typedef {import('../../classifier/element.js').InsituClassifierElement} Classifier */
/** In history.state. trail: the views of the entries up to this one, nearest last. @typedef {{trail?: string[]}} Entry */

/** How far into a check a view is. One that is worked at has no entry of its own: Back ends the work. */
const DEPTHS = /** @type {Record<string, number>} */ ({ start: 0, camera: 1, frame: 2, working: 2, failure: 2, result: 3 });

/** @param {string} view */
const depthOf = (view) => DEPTHS[view] ?? 0;

/**
 * @param {string[]} trail of the entry at hand @param {string} view that is shown now
 * @returns {{push: string[]} | {replace: string[]} | {back: number} | null} what the history must do; null: nothing
 */
export function step(trail, view) {
  const depth = depthOf(view);
  const here = depthOf(trail.at(-1) ?? 'start');
  if (depth > here) return { push: [...trail, view] };
  if (depth === here) return trail.at(-1) === view ? null : { replace: [...trail.slice(0, -1), view] };
  const num_deeper = trail.filter((one) => depthOf(one) > depth).length;
  const rest = trail.slice(0, trail.length - num_deeper);
  if (rest.some((one) => depthOf(one) === depth)) return { back: num_deeper };
  return { replace: [...trail.slice(0, -1), view] };
}

/** @param {Classifier} classifier @param {() => boolean} isHere whether the check is the screen that the address names */
export function followTrail(classifier, isHere) {
  const trailNow = () => /** @type {Entry | null} */ (history.state)?.trail ?? null;
  /** The check went on while another screen was shown, or while the history was on its way. */
  let is_ahead = false;
  /** It was asked to go back, and has not got there yet. */
  let is_going = false;

  /** Writes down what is shown. */
  function follow() {
    const trail = trailNow() ?? ['start'];
    const next = step(trail, classifier.view);
    if (!trailNow()) history.replaceState({ ...history.state, trail }, '');
    if (!next) return;
    if ('push' in next) history.pushState({ trail: next.push }, '');
    else if ('replace' in next) history.replaceState({ ...history.state, trail: next.replace }, '');
    else {
      is_going = true;
      history.go(-next.back);
    }
  }
  history.replaceState({ ...history.state, trail: ['start'] }, ''); // of what was before a reload nothing is left

  classifier.addEventListener('insitu-view', () => {
    if (isHere() && !is_going) follow();
    else is_ahead = true;
  });

  addEventListener('popstate', () => {
    is_going = false;
    if (!isHere()) return;
    const wanted = trailNow()?.at(-1);
    if (wanted === undefined || is_ahead) { // an entry of its own, as a link makes one; or news
      is_ahead = false;
      return follow();
    }
    if (depthOf(wanted) === depthOf(classifier.view)) return;
    const shown = depthOf(wanted) === depthOf('frame') ? 'frame' : wanted;
    if (!classifier.revisit(shown)) follow(); // what cannot be shown any more, such as a photo that was left
  });
}
