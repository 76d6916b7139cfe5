// An answer as FHIR resources: valid R4, marked as a machine's, and no word or
// code that says more than the answer does. The answers are the command's.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { insitu, lines, scratchFolder } from '../cli/command.mjs';
import { fhirProblems, r4Code } from '../schema/fhir.mjs';
import { inRoot, readJson } from '../schema/schemas.mjs';
import { packWords } from '../../web/lib/pack-text.js';
import { LANGUAGES, Text } from '../../web/lib/text.js';
import { deviceOf, observationsOf, reportOf } from '../../web/smart/fhir.js';
import { SmartWords } from '../../web/smart/words.js';

const PACK = 'tests/packs/stripes';
const pack = readJson(`${PACK}/pack.json`);
const words = packWords(readJson(`${PACK}/texts/en.json`), { imported: null, bare: null }, new Text('en', {}));
const folder = new URL('https://insitu.example/models/stripes/');
const scratch = scratchFolder(afterAll);
const AIAST = 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue|AIAST';

// 32 x 32 black pixels, which the pack refuses.
const black = join(scratch, 'private-name.png');
writeFileSync(black, Buffer.from('iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAAAAABWESUoAAAAEklEQVR42mNgGAWjYBSMAuwAAAQgAAF8we+4AAAAAElFTkSuQmCC', 'base64'));

const toldOf = async (result, more = {}) => ({
  result, pack, folder, words, spoken: await SmartWords.of(new Text('en', {})), language: 'en', software_version: '9.9.9', when: new Date('2026-11-26T09:00:00.000Z'),
  reasons: result.reasons.map((reason) => ({ ...reason, text: `because of ${reason.id}`, advice: 'Try <again> & again.' })),
  action: result.action ? words.actionOf(result.action) ?? { label: 'Have it seen', text: '' } : null, ...more,
});
const all = (told) => {
  const observations = observationsOf(told, 'Device/1');
  return [deviceOf(told), ...observations, reportOf(told, observations.map((_, index) => `Observation/${index}`))];
};

describe('an answer as FHIR', () => {
  let answer, unsure, reject;
  beforeAll(() => {
    [answer, reject] = lines(insitu('native', ['classify', '--pack', inRoot(PACK), inRoot(PACK, 'selftest/checked.png'), black]).out);
    expect([answer.decision, reject.decision]).toEqual(['answer', 'reject']);
    unsure = { ...answer, decision: 'unsure', set: ['checked', 'lying'], reasons: [{ id: 'several-classes', value: 2, limit: 1 }] };
  });
  const cases = () => [answer, unsure, reject];

  test('the validator sees what is wrong', () => {
    const right = { resourceType: 'Observation', status: 'final', code: { text: 'x' } };
    expect(fhirProblems(right)).toEqual([]);
    for (const [wrong, why] of [[{ status: 'perhaps' }, /not found in value set/], [{ code: undefined }, /code/], [{ foo: 1 }, /foo/], [{ valueString: 'a', dataAbsentReason: { text: 'b' } }, /obs-6/]]) {
      expect(fhirProblems(JSON.parse(JSON.stringify({ ...right, ...wrong }))).join('\n')).toMatch(why);
    }
    expect(fhirProblems({ resourceType: 'Verdict' })[0]).toMatch(/no resource of R4/);
  });

  test('is valid R4, whatever was decided', async () => {
    for (const result of cases()) {
      for (const resource of all(await toldOf(result))) expect([result.decision, resource.resourceType, fhirProblems(resource)]).toEqual([result.decision, resource.resourceType, []]);
    }
  });

  test('is marked as a machine\'s, preliminary, with the device and the card', async () => {
    const [device, ...rest] = all(await toldOf(answer));
    expect(rest.map(({ resourceType }) => resourceType)).toEqual(['Observation', 'Observation', 'DiagnosticReport']);
    for (const { meta, status, extension } of rest) {
      expect(meta.security.map(({ system, code }) => `${system}|${code}`)).toEqual([AIAST]);
      expect(status).toBe('preliminary');
      expect(extension).toEqual([{ url: expect.stringMatching(/workflow-relatedArtifact$/), valueRelatedArtifact: { type: 'documentation', display: expect.any(String), url: 'https://insitu.example/models/stripes/card.md' } }]);
    }
    expect(device.version.map(({ value }) => value)).toEqual(['9.9.9', `stripes ${pack.version}`, pack.variants[0].sha256]);
    for (const { device: used } of rest.slice(0, -1)) expect(used.reference).toBe('Device/1');
    expect(rest.at(-1).result).toEqual([{ reference: 'Observation/0' }, { reference: 'Observation/1' }]);
  });

  test('has the answer\'s class and shares, in the pack\'s own codes', async () => {
    const [, one, group] = all(await toldOf(answer));
    const coding = { system: 'https://insitu.example/models/stripes/pack.json', version: pack.version };
    expect(one.valueCodeableConcept.coding).toEqual([{ ...coding, code: 'checked', display: words.classOf('checked').label }]);
    expect(one.dataAbsentReason).toBe(undefined);
    expect(one.component.map(({ code, valueQuantity }) => [code.coding[0].code, valueQuantity.value])).toEqual(answer.classes.map(({ id, p }) => [id, p]));
    expect([group.code.coding[0].code, group.valueQuantity.value]).toEqual(['crossing', answer.groups[0].p]);
    const systems = JSON.stringify(all(await toldOf(answer))).match(/"system":"[^"]+"/g);
    expect([...new Set(systems)].sort()).toEqual(['"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue"', '"system":"http://unitsofmeasure.org"', `"system":"${coding.system}"`]);
  });

  test('a group below its limit is not ruled out', async () => {
    const below = { ...answer, groups: [{ ...answer.groups[0], p: 0.01, reached: false }] };
    const [, , group] = all(await toldOf(below));
    expect(group.interpretation[0].text).toMatch(/does not rule it out/);
    expect(fhirProblems(group)).toEqual([]);
  });

  test.each([['unsure', 'unknown', 'preliminary'], ['reject', 'not-performed', 'cancelled']])('%s has no value, says why, and is %s', async (decision, code, status) => {
    const [, one] = all(await toldOf({ unsure, reject }[decision]));
    expect(Object.keys(one).filter((name) => name.startsWith('value'))).toEqual([]);
    const [{ system }] = one.dataAbsentReason.coding;
    expect([one.status, one.dataAbsentReason.coding[0].code]).toEqual([status, code]);
    expect(one.dataAbsentReason.coding[0].display).toBe(r4Code(system, code).display);
    expect(one.note.map(({ text }) => text).join(' ')).toMatch(/because of .*Try <again> & again\./);
  });

  test('a picture that is not judged has no shares, no group and no class in any text', async () => {
    const resources = all(await toldOf(reject)).slice(1);
    expect(resources.map(({ resourceType }) => resourceType)).toEqual(['Observation', 'DiagnosticReport']);
    expect(resources[0].component).toBe(undefined);
    for (const { id } of pack.classes) expect(JSON.stringify(resources)).not.toContain(words.classOf(id).label);
  });

  test('an unsure one names all that it could be', async () => {
    const report = all(await toldOf(unsure)).at(-1);
    for (const id of unsure.set) expect(report.conclusion).toContain(words.classOf(id).label);
  });

  test('of findings, none above its limit rules nothing out', async () => {
    const multilabel = { ...pack, task: 'multilabel' };
    const [, none] = all(await toldOf({ ...answer, set: [] }, { pack: multilabel }));
    expect(none.note[0].text).toMatch(/does not rule anything out/);
    expect(none.valueCodeableConcept).toBe(undefined);
    const [, some] = all(await toldOf({ ...answer, set: ['lying', 'checked'] }, { pack: multilabel }));
    expect(some.note[0].text).toContain(words.classOf('lying').label);
    expect([fhirProblems(none), fhirProblems(some)]).toEqual([[], []]);
  });

  test('carries neither the picture nor its name, and its narrative is text', async () => {
    for (const resource of all(await toldOf(reject))) {
      expect(JSON.stringify(resource)).not.toMatch(/private-name|base64|data:|"map"/);
      expect(resource.text.div).not.toMatch(/<again>/);
    }
  });

  test.each(Object.keys(LANGUAGES))('%s: is in the frame\'s language', async (language) => {
    const spoken = await SmartWords.of(new Text(language, {}));
    const report = all(await toldOf(answer, { language, spoken })).at(-1);
    expect([report.language, report.conclusion.includes(spoken.get('not_diagnosis')), fhirProblems(report)]).toEqual([language, true, []]);
  });
});
