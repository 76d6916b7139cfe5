// draw.mjs: the PNG icons from the two SVG files, with rsvg-convert.
//   node web/icons/draw.mjs
import {execFileSync} from 'node:child_process';

const folder = new URL('.', import.meta.url).pathname;
for (const [source, name, size_px] of [
  ['icon.svg', 'icon-192.png', 192],
  ['icon.svg', 'icon-512.png', 512],
  ['maskable.svg', 'maskable-512.png', 512],
  ['maskable.svg', 'apple-touch-icon.png', 180],
]) {
  execFileSync('rsvg-convert', ['-w', String(size_px), '-h', String(size_px), '-o', folder + name, folder + source]);
}
