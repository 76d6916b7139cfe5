// The static parts: policy, manifest, icons, contrast of every colour pair.
import { describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import en from '../../web/locales/en.js';
import { POLICY } from '../../web/shared/policy.js';

const read = (name) => readFileSync(new URL(`../../web/${name}`, import.meta.url), 'utf8');

describe.each(['index.html', 'embed.html'])('%s', (name) => {
  const html = read(name);

  test('has the one policy, put in by the build, before anything is loaded', () => {
    expect(/http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1]).toBe('%POLICY%');
    const directives = Object.fromEntries(POLICY.split('; ').map((one) => [one.split(' ')[0], one.split(' ').slice(1).join(' ')]));
    expect(directives).toEqual({
      'default-src': "'none'", 'script-src': "'self' 'wasm-unsafe-eval'", 'style-src': "'self'",
      'img-src': "'self' blob: data:", 'connect-src': "'self'", 'worker-src': "'self'", 'manifest-src': "'self'",
      'base-uri': "'none'", 'form-action': "'none'",
    });
    expect(html.indexOf('Content-Security-Policy')).toBeLessThan(html.search(/<(link|script)/));
  });

  test('has no inline script, style or handler, and only files that exist', () => {
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/i);
    const urls = [...html.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, url]) => url).filter((url) => !/^(models|wasm)\//.test(url));
    expect(urls.length).toBeGreaterThan(3);
    for (const url of urls) expect([url, existsSync(new URL(`../../web/${url}`, import.meta.url))]).toEqual([url, true]);
  });

  test('says what the English words say, until they come', () => {
    const nodes = [...html.matchAll(/ data-(?:text|words)="(\w+)"[^>]*>([^<]*)</g)];
    for (const [, key, words] of nodes) expect([key, words]).toEqual([key, en[key]]);
    if (name === 'index.html') expect(nodes.length).toBeGreaterThan(8);
  });
});

test('the manifest names icons of the size that the files have', () => {
  const manifest = JSON.parse(read('manifest.webmanifest'));
  expect(manifest).toMatchObject({ display: 'standalone', start_url: './', scope: './' });
  expect(manifest.icons.map(({ purpose, sizes }) => `${purpose} ${sizes}`)).toEqual(expect.arrayContaining(['any 192x192', 'any 512x512', 'maskable 512x512']));
  for (const { src, sizes, type } of manifest.icons.filter((icon) => icon.type === 'image/png')) {
    const bytes = readFileSync(new URL(`../../web/${src}`, import.meta.url));
    expect([type, `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`]).toEqual(['image/png', sizes]);
  }
});

describe('contrast', () => {
  const css = read('tokens.css');
  const [light, dark] = css.split('@media');
  const tokens = (text) => Object.fromEntries([...text.matchAll(/--insitu-([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]));
  const channel = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const luminance = (hex) => [1, 3, 5].map((at) => channel(parseInt(hex.slice(at, at + 2), 16) / 255))
    .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
  const contrast = (a, b) => {
    const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
  };
  const TEXT = [
    ['text', 'ground'], ['text', 'surface'], ['text', 'accent-soft'], ['muted', 'ground'], ['muted', 'surface'], ['muted', 'sunken'],
    ['accent', 'ground'], ['accent', 'surface'], ['accent', 'accent-soft'], ['on-accent', 'accent'], ['on-accent', 'accent-strong'],
    ['notice-text', 'notice'], ['failure-text', 'failure'],
  ];
  const SHAPES = [['edge', 'ground'], ['edge', 'surface'], ['accent', 'sunken']];

  test.each([['light', tokens(light)], ['dark', { ...tokens(light), ...tokens(dark) }]])('%s: text at 4.5, shapes at 3', (_, colours) => {
    for (const [front, back] of TEXT) expect([front, back, contrast(colours[front], colours[back]) >= 4.5]).toEqual([front, back, true]);
    for (const [front, back] of SHAPES) expect([front, back, contrast(colours[front], colours[back]) >= 3]).toEqual([front, back, true]);
  });

  test('dark names every colour that light names', () => {
    expect(Object.keys(tokens(dark)).sort()).toEqual(Object.keys(tokens(light)).sort());
  });
});
