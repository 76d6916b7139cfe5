/* fhir.js: an answer as FHIR R4 resources, pure: the Device that made it (the
 * software, its version, the pack and the digest of its file), Observations of
 * it and a DiagnosticReport over them, each marked as asserted by a machine
 * (AIAST) and with where the pack's card is. Preliminary all of them, for a
 * person has still to look. A picture that is not judged has no value, and
 * says so; one that is unsure has none either. Codes are the pack's own, of the
 * code system that its pack.json is; no diagnosis is coded. No picture and no
 * file name is in any of them. */

/** @typedef {import('../classifier/protocol.js').Result} Result */
/** @typedef {import('../classifier/engine-packs.js').Pack} Pack */
/** @typedef {import('../lib/pack-text.js').PackWords} PackWords */
/** @typedef {import('./words.js').SmartWords} SmartWords */
/** @typedef {{resourceType: string, [name: string]: unknown}} Resource */
/** @typedef {{
 *   result: Result, pack: Pack, folder: URL, words: PackWords, spoken: SmartWords, language: string,
 *   reasons: {id: string, value: number, limit: number, text: string, advice: string}[],
 *   action: {label: string, text: string} | null, software_version: string, when: Date
 * }} Told words: the pack's; spoken: these resources'; folder: the pack's; reasons, action: in words */

const AIAST = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'AIAST', display: 'Artificial Intelligence asserted' };
const ABSENT = 'http://terminology.hl7.org/CodeSystem/data-absent-reason';
const UCUM = 'http://unitsofmeasure.org';
const RELATED = 'http://hl7.org/fhir/StructureDefinition/workflow-relatedArtifact';
const XHTML = 'http://www.w3.org/1999/xhtml';

/** Why there is no value, by decision. */
const ABSENCE = {
  unsure: { code: 'unknown', display: 'Unknown' },
  reject: { code: 'not-performed', display: 'Not Performed' },
};

/** @param {string} text */
const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** @param {string[]} paragraphs @param {string} language */
const narrative = (paragraphs, language) => ({
  status: 'generated',
  div: `<div xmlns="${XHTML}" lang="${language}" xml:lang="${language}">${paragraphs.map((text) => `<p>${escaped(text)}</p>`).join('')}</div>`,
});

/** What every resource about the picture begins with. @param {Told} told @param {string[]} paragraphs @param {string} resourceType */
function head({ result, pack, folder, language, words }, paragraphs, resourceType) {
  const url = new URL(pack.card, folder).href;
  return {
    resourceType,
    meta: { security: [AIAST] },
    language,
    text: narrative(paragraphs, language),
    extension: [{ url: RELATED, valueRelatedArtifact: { type: 'documentation', display: `${words.name}: ${pack.card}`, url } }],
    status: result.decision === 'reject' ? 'cancelled' : 'preliminary',
  };
}

/** @param {Told} told @param {string} code @param {string} display */
const concept = ({ pack, folder }, code, display) => ({
  coding: [{ system: new URL('pack.json', folder).href, version: pack.version, code, display }], text: display,
});

/** @param {number} value 0..1 */
const share = (value) => ({ value, system: UCUM, code: '1' });

/** What it was read as, in one sentence. @param {Told} told */
function conclusion({ result: { decision, top, set }, words, spoken, pack }) {
  const label = (/** @type {string} */ id) => words.classOf(id).label;
  if (decision === 'reject' || !top) return spoken.get('reject');
  const named = (set ?? []).map(label).join('; ');
  if (pack.task === 'multilabel') return set?.length ? spoken.get('findings', { named }) : spoken.get('no_findings', { label: label(top.id) });
  if (decision === 'unsure') return spoken.get('unsure', { named: named || label(top.id) });
  return spoken.get('answer', { label: label(top.id) });
}

/** @param {Told} told */
function sentences(told) {
  const { reasons, action, spoken } = told;
  return [
    conclusion(told),
    ...reasons.map(({ text, advice }) => [text, advice].filter(Boolean).join(' ')),
    ...(action ? [`${action.label}. ${action.text}`.trim()] : []),
    spoken.get('not_diagnosis'),
  ];
}

/** @param {Told} told @returns {Resource} */
export function deviceOf({ result, pack, words, spoken, language, software_version }) {
  const variant = pack.variants.find(({ name }) => name === result.model.variant);
  if (!variant) throw new RangeError(`the pack has no variant "${result.model.variant}", which the answer names`);
  return {
    resourceType: 'Device',
    language,
    text: narrative([`Insitu ${software_version}, ${pack.id} ${pack.version} (${variant.name})`, words.intended_use, words.not_for], language),
    status: 'active',
    deviceName: [{ name: `Insitu: ${words.name}`, type: 'user-friendly-name' }],
    modelNumber: pack.id,
    type: { text: spoken.get('device') },
    version: [
      { type: { text: 'software' }, value: software_version },
      { type: { text: 'model pack' }, value: `${pack.id} ${pack.version}` },
      { type: { text: 'model file, SHA-256' }, value: variant.sha256 },
    ],
    property: [{ type: { text: 'variant' }, valueCode: [{ text: variant.name }] }],
    note: [{ text: words.intended_use }, { text: words.not_for }],
  };
}

/** @param {Told} told @param {string} device its reference @param {string} name */
function observed(told, device, name) {
  const { result: { model }, words, when } = told;
  return {
    effectiveDateTime: when.toISOString(),
    method: { text: [`${model.id} ${model.version}`, model.variant, model.prior && `${model.prior} prior`].filter(Boolean).join(', ') },
    device: { reference: device, display: `${words.name}: ${name}` },
  };
}

/** The answer itself, then each group of classes that counts together.
 *  @param {Told} told @param {string} device the Device's reference @returns {Resource[]} */
export function observationsOf(told, device) {
  const { result, words, spoken, pack } = told;
  const { decision, top, classes, groups = [] } = result;
  const all = sentences(told);
  const is_judged = decision !== 'reject';
  const value = decision === 'answer' && top && pack.task === 'multiclass'
    ? { valueCodeableConcept: concept(told, top.id, words.classOf(top.id).label) } : {};
  const absence = decision === 'answer' ? {} : {
    dataAbsentReason: { coding: [{ system: ABSENT, ...ABSENCE[decision] }], text: conclusion(told) },
  };
  return [
    {
      ...head(told, all, 'Observation'), code: { text: spoken.get('observation', { name: words.name }) }, ...observed(told, device, pack.id), ...value, ...absence,
      note: all.map((text) => ({ text })),
      ...(is_judged && { component: classes.map(({ id, p }) => ({ code: concept(told, id, words.classOf(id).label), valueQuantity: share(p) })) }),
    },
    ...groups.map(({ id, p, limit, reached }) => {
      const { label, text } = words.groupOf(id);
      const told_limit = limit === null ? null : spoken.get(reached ? 'group_reached' : 'group_below', { limit: String(limit) });
      return {
        ...head(told, [`${label}: ${p}`, ...(told_limit ? [told_limit] : []), spoken.get('not_diagnosis')], 'Observation'),
        code: concept(told, id, label), ...observed(told, device, pack.id), valueQuantity: share(p),
        ...(told_limit && { interpretation: [{ text: told_limit }] }),
        note: [{ text }, { text: spoken.get('not_diagnosis') }],
      };
    }),
  ];
}

/** @param {Told} told @param {string[]} observations their references @returns {Resource} */
export function reportOf(told, observations) {
  const all = sentences(told);
  return {
    ...head(told, all, 'DiagnosticReport'),
    code: { text: told.words.name },
    effectiveDateTime: told.when.toISOString(),
    issued: told.when.toISOString(),
    result: observations.map((reference) => ({ reference })),
    conclusion: all.join(' '),
  };
}
