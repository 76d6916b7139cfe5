// The frame speaks SMART Web Messaging 1.0 with a mock record system on another
// origin: handshake, the answer as FHIR resources once it is asked for, closing;
// what is refused is told and can be sent on; everybody else gets silence.
import {afterAll, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {fhirProblems} from '../schema/fhir.mjs';
import * as chromium from './drivers/chromium.mjs';
import {until} from './drivers/until.mjs';
import {golden, openSite, pick, root, settle} from './visit.mjs';

const PICTURE = golden('baseline-420.jpg');
const HANDLE = 'RXhhbXBsZSBoYW5kbGUK';
const PACK = JSON.parse(readFileSync(join(root, 'models/skin/pack.json'), 'utf8'));
const AIAST = {system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'AIAST'};

// As the standard's text has it: known origin, known handle, one response.
// window.refuse: types that it refuses; window.mute: it says nothing.
const ehr = (address, app) => `<!doctype html><title>record</title><script>
  window.requests = []; window.others = []; window.answers = []; window.refuse = []; window.mute = false; window.count = 0;
  addEventListener('message', ({origin, source, data}) => {
    if (origin !== ${JSON.stringify(app)}) return;
    if (data?.responseToMessageId) return window.answers.push(data);
    if (data?.messagingHandle === undefined) return window.others.push(data);
    window.requests.push(data);
    if (window.mute || data.messagingHandle !== ${JSON.stringify(HANDLE)}) return;
    const type = data.payload.resource?.resourceType;
    const payload = data.messageType === 'status.handshake' ? {}
      : data.messageType === 'ui.done' ? {status: 'success'}
      : window.refuse.includes(type) ? {status: '422 Unprocessable', outcome: {resourceType: 'OperationOutcome', issue: [{severity: 'error', code: 'not-supported', diagnostics: 'no ' + type + ' here'}]}}
      : {status: '201 Created', location: type + '/' + ++window.count};
    source.postMessage({messageId: crypto.randomUUID(), responseToMessageId: data.messageId, payload}, origin);
  });
  </script><iframe id="app" allow="camera" width="400" height="900" src="${address}"></iframe>`;

(chromium.available ? describe : describe.skip)(chromium.available ? 'SMART Web Messaging' : `SMART Web Messaging: ${chromium.missing}`, () => {
  let site, host, browser, page, frame;
  beforeAll(async () => {
    site = await openSite();
    host = await openSite({headers: {}});
    browser = await chromium.launch();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
    await host?.stop();
  });
  beforeEach(async () => { await page?.close(); page = undefined; });

  const origin = (of, name) => of.url('', name).replace(/\/$/, '');
  async function open({mute = false, query = '', hash = `#smart_web_messaging_handle=${encodeURIComponent(HANDLE)}`} = {}) {
    const app = origin(site, '127.0.0.1');
    const address = site.url(`/embed.html?lang=en&host=${encodeURIComponent(origin(host, 'localhost'))}${query}${hash}`);
    host.overrides.set('/ehr.html', ehr(address, app).replace('window.mute = false', `window.mute = ${mute}`));
    page = await browser.newPage();
    await page.goto(host.url('/ehr.html', 'localhost'));
    const inner = await until(() => page.raw.frames().find((one) => one.url().includes('embed.html')), 10_000, 'the frame');
    frame = {
      evaluate: (fn, ...args) => inner.evaluate(fn, ...args),
      waitFor: (fn, {timeout = 30_000, args = []} = {}) => until(() => inner.evaluate(fn, ...args), timeout, String(fn)),
      pickFile: async (find, path) => (await inner.evaluateHandle(find)).asElement().uploadFile(path),
    };
  }
  const requests = (type) => page.evaluate((wanted) => window.requests.filter(({messageType}) => !wanted || messageType === wanted), type);
  const state = () => frame.evaluate(() => document.querySelector('#record-state').textContent);
  const press = (id) => frame.evaluate((wanted) => document.querySelector(wanted).click(), id);
  const isShown = (id) => frame.evaluate((wanted) => (document.querySelector(wanted)?.getClientRects().length ?? 0) > 0, id);

  test('greets, and sends the answer only when it is asked to: Device, Observations, DiagnosticReport, valid R4', async () => {
    await open();
    await settle(frame);
    await frame.waitFor(() => document.querySelector('#record')?.hidden === false);
    expect(await isShown('#record-send')).toBe(false); // there is no answer yet
    const {detail} = await pick(frame, PICTURE);
    expect(detail.ok).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await requests()).map(({messageType}) => messageType)).toEqual(['status.handshake']);
    // And no answer by the other way: of the frame's own messages only its height.
    expect([...new Set(await page.evaluate(() => window.others.map(({type}) => type)))]).toEqual(['insitu-resize']);

    await press('#record-send');
    await frame.waitFor(() => /has the answer/.test(document.querySelector('#record-state').textContent));
    const all = await requests();
    for (const {messagingHandle, messageId, payload} of all) expect([messagingHandle, typeof messageId, typeof payload]).toEqual([HANDLE, 'string', 'object']);
    expect(new Set(all.map(({messageId}) => messageId)).size).toBe(all.length);
    const resources = (await requests('scratchpad.create')).map(({payload}) => payload.resource);
    const groups = detail.groups ?? [];
    expect(resources.map(({resourceType}) => resourceType)).toEqual(['Device', 'Observation', ...groups.map(() => 'Observation'), 'DiagnosticReport']);
    for (const resource of resources) expect([resource.resourceType, fhirProblems(resource)]).toEqual([resource.resourceType, []]);
    const [device, first, ...rest] = resources;
    for (const {meta} of [first, ...rest]) expect(meta.security).toEqual([expect.objectContaining(AIAST)]);
    const version = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
    const {sha256} = PACK.variants.find(({name}) => name === detail.model.variant);
    expect(device.version.map(({value}) => value)).toEqual([version, `skin ${PACK.version}`, sha256]);
    expect(first.device.reference).toBe('Device/1');
    expect(rest.at(-1).result.map(({reference}) => reference)).toEqual(resources.slice(1, -1).map((_, index) => `Observation/${index + 2}`));
    expect(rest.at(-1).extension[0].valueRelatedArtifact.url).toBe(site.url('/models/skin/card.md'));
    if (detail.decision === 'answer') expect(first.valueCodeableConcept.coding[0].code).toBe(detail.top.id);
    else expect([first.valueCodeableConcept, first.dataAbsentReason?.coding.length]).toEqual([undefined, 1]);
    expect(JSON.stringify(all)).not.toMatch(/baseline-420|data:image|base64/);
    expect(await frame.evaluate(() => document.querySelector('#record-send').disabled)).toBe(true); // once is enough

    // Another picture's answer goes the same way.
    await pick(frame, PICTURE);
    await frame.waitFor(() => document.querySelector('#record-send')?.getClientRects().length > 0);
    expect([await state(), await frame.evaluate(() => document.querySelector('#record-send').disabled)]).toEqual(['', false]);
    await press('#record-send');
    await frame.waitFor(() => /has the answer/.test(document.querySelector('#record-state').textContent));
    expect((await requests('scratchpad.create')).length).toBe(2 * resources.length);
  });

  test('a picture that is not judged goes as one that was not judged', async () => {
    await open();
    await settle(frame);
    await page.evaluate(async () => {
      const canvas = new OffscreenCanvas(400, 400);
      canvas.getContext('2d').fillRect(0, 0, 400, 400);
      window.frames[0].postMessage({insitu: 1, type: 'insitu-open', blob: await canvas.convertToBlob()}, '*');
    });
    await frame.waitFor(() => window.deepAll('#compare').length > 0);
    await frame.evaluate(() => window.deepAll('#compare')[0].click());
    await frame.waitFor(() => document.querySelector('#record-send')?.getClientRects().length > 0);
    await press('#record-send');
    await frame.waitFor(() => /has the answer/.test(document.querySelector('#record-state').textContent));
    const resources = (await requests('scratchpad.create')).map(({payload}) => payload.resource);
    expect(resources.map(({resourceType, status}) => [resourceType, status])).toEqual([['Device', 'active'], ['Observation', 'cancelled'], ['DiagnosticReport', 'cancelled']]);
    expect(resources[1].dataAbsentReason.coding[0].code).toBe('not-performed');
    expect(resources[1].note[0].text).toMatch(/not judged/);
    for (const {id} of PACK.classes) expect(JSON.stringify(resources.slice(1))).not.toContain(`"code":"${id}"`);
    for (const resource of resources) expect(fhirProblems(resource)).toEqual([]);
  });

  test('what is refused is said, with the system\'s words, and a second try goes on from there', async () => {
    await open();
    await settle(frame);
    await pick(frame, PICTURE);
    await page.evaluate(() => { window.refuse = ['DiagnosticReport']; });
    await press('#record-send');
    await frame.waitFor(() => /did not take it/.test(document.querySelector('#record-state').textContent));
    expect(await state()).toMatch(/422 Unprocessable, no DiagnosticReport here/);
    const before = (await requests('scratchpad.create')).length;
    await page.evaluate(() => { window.refuse = []; });
    await press('#record-send');
    await frame.waitFor(() => /has the answer/.test(document.querySelector('#record-state').textContent));
    expect((await requests('scratchpad.create')).slice(before).map(({payload}) => payload.resource.resourceType)).toEqual(['DiagnosticReport']);
  });

  test('asks to be closed', async () => {
    await open();
    await frame.waitFor(() => document.querySelector('#record')?.hidden === false);
    await press('#record-done');
    await until(async () => (await requests('ui.done')).length > 0, 5000, 'ui.done');
    expect((await requests('ui.done'))[0].payload).toEqual({});
  });

  test('answers the system\'s handshake, and nobody else\'s', async () => {
    await open({mute: true});
    await settle(frame);
    await until(async () => (await requests()).length > 0, 10_000, 'its own handshake');
    const tell = (message) => page.evaluate((data) => window.frames[0].postMessage(data, '*'), message);
    const handshake = {messagingHandle: HANDLE, messageId: 'm1', messageType: 'status.handshake', payload: {}};
    await tell({...handshake, messagingHandle: 'wrong'});
    await tell({...handshake, payload: 'no object'});
    await tell({...handshake, messageType: 'scratchpad.read'});
    await tell('text');
    // Another window of another origin than the system's: the frame itself.
    await frame.evaluate((data) => window.postMessage(data, '*'), handshake);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await page.evaluate(() => window.answers)).toEqual([]);
    expect(await isShown('#record')).toBe(false);
    await tell(handshake);
    await until(async () => (await page.evaluate(() => window.answers.length)) > 0, 5000, 'the response');
    expect(await page.evaluate(() => window.answers)).toEqual([{messageId: expect.any(String), responseToMessageId: 'm1', payload: {}}]);
    await frame.waitFor(() => document.querySelector('#record').hidden === false);
  });

  test('without the parameter none of it is fetched or said; an empty handle is refused', async () => {
    site.requests.length = 0;
    await open({hash: ''});
    await settle(frame);
    await pick(frame, PICTURE);
    expect(await requests()).toEqual([]);
    expect(site.requests.filter(({path}) => path.startsWith('/smart/'))).toEqual([]);
    await page.close();
    await open({query: '&smart_web_messaging_handle=', hash: ''});
    await frame.waitFor(() => document.querySelector('#refused'));
    expect(await frame.evaluate(() => document.querySelector('#refused').textContent)).toMatch(/smart_web_messaging_handle/);
  });

  test('the handle in the fragment reaches no server', () => {
    expect(site.requests.filter(({path, query}) => `${path}${query}`.includes(HANDLE.slice(0, 8)))).toEqual([]);
  });
});
