// What is built in: each library is pinned, named in NOTICE, its licence is
// shipped; and the native command needs none of the machine's but C's own.
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {describe, expect, test} from '@jest/globals';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (name) => readFileSync(`${ROOT}/${name}`, 'utf8');
const [, rows] = /^SOURCES='\n([^']*)'/m.exec(read('emsdk-config/pins.sh'));
const pins = rows.trim().split('\n').map((row) => row.split('|'));
const LIBRARIES = ['cjson', 'cpuinfo', 'fp16', 'fxdiv', 'libwebp', 'pthreadpool', 'stb', 'xnnpack'];

test('the libraries are these, each in one row', () => {
  expect(pins.map(([name]) => name).sort()).toEqual(LIBRARIES);
});

describe.each(pins)('%s', (name, ...fields) => {
  const [, tarball, sha256, git, commit, licence, used, content] = fields;
  test('is pinned by version, both sources and both digests', () => {
    expect(fields).toHaveLength(8);
    expect(tarball).toMatch(/\.orig\.tar\.(xz|gz)$/);
    expect(tarball).toContain(commit.replace(/^v/, ''));
    expect(git).toMatch(/^https:\/\/\S+\.git$/);
    expect(used).not.toBe('');
    for (const digest of [sha256, content]) expect(digest).toMatch(/^[0-9a-f]{64}$/);
  });
  test('is in NOTICE under its licence, and its licence text is shipped', () => {
    const notice = read('NOTICE').replace(/\s+/g, ' ');
    const at = notice.toLowerCase().indexOf(` ${name}`);
    expect(at).toBeGreaterThan(0);
    expect(/\(([^,)]*)/.exec(notice.slice(at))[1]).toBe(licence);
    expect(read('THIRD-PARTY-LICENSES')).toMatch(new RegExp(`^======== ${name}\\b`, 'm'));
  });
});

test('the native command loads no shared library but the C library\'s', () => {
  const needed = [...execFileSync('readelf', ['-d', `${ROOT}/build/insitu`], {encoding: 'utf8'})
    .matchAll(/\(NEEDED\).*\[(.*?)\]/g)].map(([, library]) => library);
  expect(needed).toContain('libc.so.6');
  expect(needed.filter((library) => !/^(libc|libm|libpthread|ld-linux-.*)\.so\.\d+$/.test(library))).toEqual([]);
});
