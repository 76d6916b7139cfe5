// Which pack is taken where none is named: no name of a pack is in the program.
import {spawnSync} from 'node:child_process';
import {cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeEach, describe, expect, test} from '@jest/globals';
import {forms, lines, ROOT, scratchFolder, SLOPES, SPOTS} from './command.mjs';

const folder = scratchFolder(afterAll);
const STRIPES = join(ROOT, 'tests/packs/stripes');
let tree, count = 0;

// The program as it was built, in a tree of its own.
beforeEach(() => {
  tree = join(folder, String(++count));
  mkdirSync(join(tree, 'build/node'), {recursive: true});
  cpSync(join(ROOT, 'build/insitu'), join(tree, 'build/insitu'));
  for (const name of readdirSync(join(ROOT, 'build/node')).filter((file) => !/-mt|phone/.test(file))) {
    cpSync(join(ROOT, 'build/node', name), join(tree, 'build/node', name));
  }
  mkdirSync(join(tree, 'src/cli'), {recursive: true});
  for (const name of readdirSync(join(ROOT, 'src/cli')).filter((file) => file.endsWith('.mjs'))) {
    cpSync(join(ROOT, 'src/cli', name), join(tree, 'src/cli', name));
  }
  cpSync(join(ROOT, 'web/shared'), join(tree, 'web/shared'), {recursive: true}); // its probe of the engine
});

const put = (name, pack) => cpSync(pack, join(tree, name), {recursive: true});
const write = (name, content) => {
  mkdirSync(join(tree, name, '..'), {recursive: true});
  writeFileSync(join(tree, name), typeof content === 'string' ? content : JSON.stringify(content));
};

describe.each(forms)('%s', (form) => {
  const classify = (env = {}) => {
    const program = form === 'native' ? [join(tree, 'build/insitu')] : [process.execPath, join(tree, 'src/cli/npx.mjs')];
    const {NODE_OPTIONS: _, INSITU_PACK: __, ...rest} = process.env;
    const {status, stdout} = spawnSync(program[0], [...program.slice(1), 'classify', SLOPES], {encoding: 'utf8', cwd: folder, env: {...rest, ...env}});
    const [line] = lines(stdout);
    return {code: status, id: line.model?.id, message: line.message};
  };

  test('the only one there', () => {
    put('models/one', STRIPES);
    write('models/tools/notes.txt', 'no pack');
    expect(classify()).toMatchObject({code: 0, id: 'stripes'});
  });

  test('of several the first of models/index.json', () => {
    put('models/one', STRIPES);
    put('models/two', SPOTS);
    write('models/index.json', {first: 'two', packs: [{id: 'one'}, {id: 'two'}]});
    expect(classify()).toMatchObject({code: 0, id: 'spots'});
    write('models/index.json', {first: 'one'});
    expect(classify()).toMatchObject({code: 0, id: 'stripes'});
  });

  test('what the build says comes first, its folder from where it is', () => {
    put('models/one', STRIPES);
    put('elsewhere/two', SPOTS);
    write('models/index.json', {first: 'one'});
    write('build/models.json', {first: 'two', folder: '../elsewhere'});
    expect(classify()).toMatchObject({code: 0, id: 'spots'});
    write('build/models.json', {first: 'two', folder: join(tree, 'elsewhere')});
    expect(classify()).toMatchObject({code: 0, id: 'spots'});
  });

  test('several and no index: an error that names them', () => {
    put('models/one', STRIPES);
    put('models/two', SPOTS);
    const {code, message} = classify();
    expect(code).toBe(1);
    for (const words of ['one', 'two', '--pack', 'INSITU_PACK']) expect(message).toContain(words);
  });

  test('none at all: an error that says what to do', () => {
    const {code, message} = classify();
    expect(code).toBe(1);
    for (const words of ['none is beside the program', '--pack DIR', '--model', 'INSITU_PACK']) expect(message).toContain(words);
  });

  test.each([['no JSON', '{"first"'], ['without the first', '{}'], ['whose first leaves the folder', '{"first":"../one"}']])(
    'an index that is %s is named', (_, text) => {
      put('models/one', STRIPES);
      write('models/index.json', text);
      expect(classify()).toMatchObject({code: 1, message: expect.stringMatching(/models\/index\.json: "first" must name/)});
    });

  test('an index whose first is not there names its file', () => {
    put('models/one', STRIPES);
    write('models/index.json', {first: 'two'});
    expect(classify()).toMatchObject({code: 1, message: expect.stringContaining('pack.json: cannot open')});
  });

  test('INSITU_PACK before all of them', () => {
    put('models/one', STRIPES);
    expect(classify({INSITU_PACK: SPOTS})).toMatchObject({code: 0, id: 'spots'});
  });
});

test('what make writes is such an index', () => {
  const made = JSON.parse(readFileSync(join(ROOT, 'build/models.json'), 'utf8'));
  expect(existsSync(join(ROOT, 'build', made.folder, made.first, 'pack.json'))).toBe(true);
  rmSync(tree, {recursive: true});
});

test('no pack\'s id is in the program\'s sources', () => {
  const ids = readdirSync(join(ROOT, 'models')).filter((name) => existsSync(join(ROOT, 'models', name, 'pack.json')));
  expect(ids.length).toBeGreaterThan(0);
  const classes = ids.flatMap((id) => JSON.parse(readFileSync(join(ROOT, 'models', id, 'pack.json'), 'utf8')).classes.map((item) => item.id));
  const words = new RegExp(`\\b(${[...ids, ...classes, 'mole', 'moles', 'lesion', 'lesions', 'melanoma', 'cancer'].join('|')})\\b`, 'i');
  const found = readdirSync(join(ROOT, 'src'), {recursive: true}).filter((name) => /\.(c|h|inc|mjs)$/.test(name))
    .filter((name) => words.test(readFileSync(join(ROOT, 'src', name), 'utf8')));
  expect(found).toEqual([]);
});
