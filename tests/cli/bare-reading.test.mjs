// How --model reads files as people export them: the options, and that the
// answer says which rule was used. The rules themselves: tests/c/api_bare_reading.c.
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from '@jest/globals';
import {byId, forms, GOLDEN, insitu, lines, scratchFolder, SLOPES} from './command.mjs';
import {answerProblems} from '../schema/schemas.mjs';

const folder = scratchFolder(afterAll);
const bare = (name) => join(GOLDEN, `bare/${name}.tflite`);
const sum = (answered) => Object.values(answered).reduce((total, value) => total + value, 0);

describe.each(forms)('%s: insitu classify --model', (form) => {
  const classify = (...args) => insitu(form, ['classify', '--model', ...args]);
  const answer = (...args) => {
    const {code, out, err} = classify(...args, SLOPES);
    expect({code, err}).toEqual({code: 0, err: ''});
    const [line] = lines(out);
    expect(answerProblems(line)).toEqual([]);
    return line;
  };

  test('probabilities before a mean are shown as they are', () => {
    const line = answer(bare('places_probabilities'));
    expect(line.read_as).toMatchObject({output: 'probabilities of classes', output_from: 'operator 1 (SOFTMAX), kept up to MEAN'});
    line.classes.forEach(({p, score}) => expect(p).toBeCloseTo(score, 6));
    expect(sum(byId(line))).toBeCloseTo(1, 5);
    const findings = answer(bare('places_findings'));
    expect(findings.read_as.output).toBe('probabilities of findings');
    findings.classes.forEach(({p, score}) => expect(p).toBeCloseTo(score, 6));
  });

  test('--output decides', () => {
    const sigmoids = answer(bare('logits'), '--output', 'sigmoid');
    sigmoids.classes.forEach(({p, score}) => expect(p).toBeCloseTo(1 / (1 + Math.exp(-score)), 6));
    expect(sigmoids.read_as).toMatchObject({output: 'logits of findings', output_from: 'asked for'});
    expect(byId(answer(bare('softmax'), '--output=probabilities'))).toEqual(byId(answer(bare('softmax'))));
    expect(classify(bare('logits'), '--output', 'softmax', SLOPES)).toMatchObject({code: 2, out: '', err: expect.stringContaining('probabilities, logits or sigmoid')});
  });

  test('a size that the file leaves open is asked for', () => {
    const [refused] = lines(classify(bare('open_size'), SLOPES).out);
    expect(refused).toMatchObject({ok: false, status: 'invalid-argument', message: expect.stringMatching(/\[1,-1,-1,3\].*--size W,H/)});
    expect(insitu(form, ['inspect', bare('open_size')]).out).toMatch(/^input +float32 \[1,-1,-1,3\]/m);
    const [wide] = [answer(bare('open_size'), '--size', '48,32')];
    expect(wide.classes).toHaveLength(3);
    for (const size of ['48', '0,32', '48,2000', '48.5,32', 'a,b', '48,32,3']) {
      expect(classify(bare('open_size'), '--size', size, SLOPES)).toMatchObject({code: 2, out: '', err: expect.stringContaining('two whole numbers from 1 to 1024')});
    }
  });

  test('--signature chooses one of several', () => {
    const file = bare('two_signatures');
    const first = answer(file), named = answer(file, '--signature', 'scores'), shares = answer(file, '--signature=shares');
    expect(byId(named)).toEqual(byId(first));
    expect(first.read_as.output).toMatch(/^logits/);
    expect(shares.read_as.output).toMatch(/^probabilities/);
    shares.classes.forEach(({id, p, score}) => {
      expect(p).toBeCloseTo(score, 6);
      expect(p).toBeCloseTo(byId(first)[id], 5);
    });
    const [refused] = lines(classify(file, '--signature', 'serve', SLOPES).out);
    expect(refused).toMatchObject({ok: false, status: 'invalid-argument', message: 'the model has no signature "serve", but has: scores, shares'});
    expect(lines(classify(bare('softmax'), '--signature', 'serve', SLOPES).out)[0].message).toMatch(/"serve": it has none/);
    expect(insitu(form, ['inspect', file]).out).toMatch(/^signature +scores \(this one\)\nsignature +shares\n/m);
    const described = JSON.parse(insitu(form, ['inspect', file, '--json', '--signature', 'shares']).out);
    expect(described).toMatchObject({signatures: ['scores', 'shares'], signature: 'shares', operators: expect.arrayContaining([expect.objectContaining({name: 'SOFTMAX'})])});
    expect(JSON.parse(insitu(form, ['inspect', bare('softmax'), '--json']).out)).not.toHaveProperty('signatures');
    expect(insitu(form, ['classify', '--signature', 'x', SLOPES])).toMatchObject({code: 2, err: expect.stringContaining('need --model')});
  });

  test('--range is mean and std in the terms of exporters', () => {
    const ranged = answer(bare('softmax'), '--range', '-1,1');
    expect(ranged.read_as).toMatchObject({pixels: '-1..1', pixels_from: 'asked for'});
    expect(byId(ranged)).toEqual(byId(answer(bare('softmax'), '--mean', '0.5', '--std', '0.5')));
    expect(answer(bare('softmax')).read_as.pixels_from).toMatch(/^assumed.*-1\.\.1 or 0\.\.255 \(--range\)/);
    expect(answer(bare('bytes')).read_as).toMatchObject({pixels: '0..255', pixels_from: 'operator 0 (MUL) scales bytes itself'});
    for (const wrong of [['--range', '1,-1'], ['--range', '0,1', '--mean', '0.5'], ['--range', '1']]) {
      expect(classify(bare('softmax'), ...wrong, SLOPES)).toMatchObject({code: 2, out: ''});
    }
  });

  test('one output answers no or yes', () => {
    const labels = join(folder, `${form}-two.txt`);
    writeFileSync(labels, 'no\nyes\n');
    const line = answer(bare('yes_no'), '--labels', labels);
    expect(line.read_as.output).toBe('probabilities of no and yes');
    expect(line.classes.map(({label}) => label).sort()).toEqual(['no', 'yes']);
    expect(sum(byId(line))).toBeCloseTo(1, 6);
  });

  test('labels of the file, of Teachable Machine, and lines that only look like those', () => {
    expect(answer(bare('uint8_metadata')).classes.map(({label}) => label).sort()).toEqual(['bird', 'cat', 'dog']);
    const labels = join(folder, `${form}-numbered.txt`);
    const named = (text) => {
      writeFileSync(labels, text);
      return answer(bare('softmax'), '--labels', labels).classes.sort((a, b) => a.id - b.id).map(({label}) => label);
    };
    expect(named('0 red\n1 green apple\n2 blue\n')).toEqual(['red', 'green apple', 'blue']);
    expect(named('0 red\n2 green\n1 blue\n')).toEqual(['0 red', '2 green', '1 blue']);
    expect(named('0 \n1 green\n2 blue\n')).toEqual(['0', '1 green', '2 blue']);
    expect(named('0\tred\r\n1\t green\t\r\n2  blue\r\n')).toEqual(['red', 'green', 'blue']);
    // as spreadsheets save them
    expect(named('0;red\r\n1;"green; dark"\r\n2; blue\r\n')).toEqual(['red', 'green; dark', 'blue']);
    expect(named('0,red\n1,"green, dark"\n2,blue\n')).toEqual(['red', 'green, dark', 'blue']);
    expect(named('red\n"green, ""dark"""\n""\n')).toEqual(['red', 'green, "dark"', '']);
    expect(named('0,5 mg\n1,5 mg\n2,5 mg\n')).toEqual(['0,5 mg', '1,5 mg', '2,5 mg']);
    expect(named('"red" one\n"green"dark"\n"\n')).toEqual(['"red" one', '"green"dark"', '"']);
  });

  test('what only bare models have needs --model', () => {
    for (const option of [['--size', '8,8'], ['--range', '0,1'], ['--output', 'logits']]) {
      expect(insitu(form, ['classify', ...option, SLOPES])).toMatchObject({code: 2, out: '', err: expect.stringContaining('need --model')});
    }
  });
});

describe.each(forms)('%s: a model that cannot run', (form) => {
  const model = join(GOLDEN, 'models/others/forty_unsupported.tflite');

  test('is refused in one message that names every operator', () => {
    const [line] = lines(insitu(form, ['classify', '--model', model, SLOPES]).out);
    expect(line).toMatchObject({ok: false, status: 'unsupported-model'});
    expect(line.message).toMatch(/^operators 0, 2, .* and 12 more \(SIN\): .*; operators 1, 3, .* and 12 more \(COS\): this operator is not built in$/);
  });

  test('is described with each of them', () => {
    const report = JSON.parse(insitu(form, ['inspect', '--json', model]).out);
    expect(report.unsupported).toHaveLength(40);
    expect(report).toMatchObject({supported: false, macs: 240});
  });
});
