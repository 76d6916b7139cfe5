import {describe, expect, test} from '@jest/globals';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {forms, insitu, ROOT} from './command.mjs';

const commands = ['classify', 'inspect', 'run', 'evaluate', 'bench', 'selftest'];
const [, version] = /INSITU_VERSION "(.+)"/.exec(readFileSync(join(ROOT, 'src/insitu.h'), 'utf8'));

describe.each(forms)('%s: insitu', (form) => {
  test('--version is the header\'s', () => {
    expect(insitu(form, ['--version'])).toEqual({code: 0, out: `insitu ${version}\n`, err: ''});
  });

  test('--help names every command', () => {
    const {code, out, err} = insitu(form, ['--help']);
    expect(code).toBe(0);
    expect(err).toBe('');
    for (const command of commands) expect(out).toMatch(new RegExp(`^  ${command} `, 'm'));
  });

  test.each(commands)('%s --help shows its use and exit statuses, wide at most 80', (command) => {
    const {code, out, err} = insitu(form, [command, '--help']);
    expect(code).toBe(0);
    expect(err).toBe('');
    expect(out).toMatch(new RegExp(`^Usage: insitu ${command} `));
    expect(out).toMatch(/\nExit status: 0 .+, 1 .+, 2 wrong usage\.\n$/);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('no command and an unknown one are wrong usage', () => {
    expect(insitu(form, [])).toMatchObject({code: 2, out: ''});
    const {code, out, err} = insitu(form, ['clasify']);
    expect({code, out}).toEqual({code: 2, out: ''});
    expect(err).toContain('no command \'clasify\'');
  });

  test.each(commands)('%s refuses an unknown option', (command) => {
    const {code, out, err} = insitu(form, [command, '--colour']);
    expect({code, out}).toEqual({code: 2, out: ''});
    expect(err).toContain('--colour');
  });
});
