/* charts.js: an evaluation's plots, drawn by uPlot (MIT), which is loaded with
 * this file. Owns colours, axes and sizes; the numbers come from curves.js. */

import uPlot from 'uplot';
import { h, styles } from '../../lib/dom.js';

/** @typedef {{share: (value: number) => string, title: string, x: string, y: string}} Texts */

const HEIGHT_PX = 280;
/** Told apart in both themes, and by lightness too; the legend names each. */
const COLOURS = ['#1b8a8f', '#d9822b', '#7a5cc4', '#c2415c', '#5c8f2e', '#3f74c9', '#a0761c', '#8a5a7d'];
/** Shares at which curves of several classes are read off, so that they have their x in common. */
const GRID = Array.from({ length: 201 }, (_, index) => index / 200);

/** @param {string} name of tokens.css */
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--insitu-${name}`).trim();

/**
 * @param {HTMLElement} place @param {Texts} texts @param {uPlot.AlignedData} data @param {uPlot.Series[]} series
 * @param {[number, number]} [range] of the y axis
 */
function draw(place, { share, title, x, y }, data, series, range = [0, 1]) {
  document.head.append(...styles('screens/batch/uplot.css'));
  const canvas = h('div', { class: 'canvas', dir: 'ltr', role: 'img', 'aria-label': title });
  place.append(canvas);
  const percent = (/** @type {number} */ value) => `${Math.round(100 * value)}%`;
  /** @param {string} label @returns {uPlot.Axis} */
  const axis = (label) => ({ // colours are read anew with each theme
    label, stroke: token('muted'), labelFont: '13px system-ui', font: '12px system-ui', labelSize: 22,
    grid: { stroke: token('line'), width: 1 }, ticks: { stroke: token('line'), width: 1 },
    values: (_, splits) => splits.map(percent),
  });
  const value = (/** @type {uPlot} */ _, /** @type {number | null} */ raw) => (raw === null ? '–' : share(raw));
  const make = () => new uPlot({
    width: Math.max(240, place.clientWidth), height: HEIGHT_PX,
    scales: { x: { time: false, range: [0, 1] }, y: { range } },
    axes: [axis(x), axis(y)],
    legend: { live: true },
    series: [{ label: x, value }, ...series.map((one) => ({ value, ...one }))],
  }, data, canvas);
  let plot = make();
  const themes = matchMedia('(prefers-color-scheme: dark)');
  const again = () => {
    plot.destroy();
    plot = make();
  };
  themes.addEventListener('change', again);
  const resizes = new ResizeObserver(() => {
    if (place.isConnected) plot.setSize({ width: Math.max(240, place.clientWidth), height: HEIGHT_PX });
    else {
      resizes.disconnect();
      themes.removeEventListener('change', again);
      plot.destroy();
    }
  });
  resizes.observe(place);
}

/** @param {[number[], number[]]} curve rising x, possibly several y at one x @returns {number[]} the largest y at or before each point of the grid, lines between */
function readOff([xs, ys]) {
  let at = 0;
  return GRID.map((x) => {
    while (at + 1 < xs.length && Number(xs[at + 1]) <= x) at++;
    const [x0, y0, x1, y1] = [Number(xs[at]), Number(ys[at]), Number(xs[at + 1] ?? xs[at]), Number(ys[at + 1] ?? ys[at])];
    return x1 > x0 ? y0 + ((y1 - y0) * (x - x0)) / (x1 - x0) : y0;
  });
}

/** @param {HTMLElement} place @param {{label: string, roc: [number[], number[]]}[]} curves @param {Texts} texts */
export function drawRoc(place, curves, texts) {
  draw(place, texts, [GRID, ...curves.map(({ roc }) => readOff(roc))],
    curves.map(({ label }, index) => ({ label, stroke: COLOURS[index % COLOURS.length] ?? 'grey', width: 2, dash: index >= COLOURS.length ? [6, 4] : [], points: { show: false } })));
}

/** @param {HTMLElement} place @param {{x: number[], y: number[]}} bins @param {Texts} texts */
export function drawReliability(place, { x, y }, texts) {
  const xs = [0, ...x, 1];
  draw(place, texts, [xs, [null, ...y, null], xs], [
    { label: texts.y, stroke: COLOURS[0] ?? 'grey', width: 2, points: { show: true, size: 8, fill: COLOURS[0] ?? 'grey' } },
    { label: '1 : 1', stroke: token('edge'), width: 1, dash: [4, 4], points: { show: false } },
  ]);
}

/** @param {HTMLElement} place @param {[number[], number[]]} curve @param {Texts} texts */
export function drawRisk(place, [coverage, risk], texts) {
  const most = Math.max(0.05, ...risk);
  draw(place, texts, [coverage, risk], [{ label: texts.y, stroke: COLOURS[3] ?? 'grey', width: 2, points: { show: coverage.length < 30 } }],
    [0, Math.min(1, most * 1.1)]);
}
