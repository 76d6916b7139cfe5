/* panel.js: what a person sees of the record system that shows the frame: a
 * button that puts the answer shown into the record, one that closes the frame
 * there, and what came of it. Nothing goes before it is asked for. What has
 * arrived once is not sent again: a second try goes on where the first was
 * refused. Ids: #record, #record-send, #record-done, #record-state. */

import { engine } from '../classifier/engine.js';
import { h } from '../lib/dom.js';
import { packWords, reasonWords } from '../lib/pack-text.js';
import { deviceOf, observationsOf, reportOf } from './fhir.js';
import { NoAnswerError, SmartMessages } from './messages.js';
import { SmartWords } from './words.js';

/** @typedef {import('../classifier/element.js').InsituClassifierElement} Classifier */
/** @typedef {import('../classifier/protocol.js').Result} Result */
/** @typedef {import('../lib/text.js').Text} Text */
/** @typedef {import('./fhir.js').Resource} Resource */

class RefusedError extends Error {}

/**
 * @param {{classifier: Classifier, text: Text, origin: string, handle: string, place: HTMLElement}} options origin: the system's, exactly
 */
export async function openRecord({ classifier, text, origin, handle, place }) {
  const spoken = await SmartWords.of(text);
  const panel = new RecordPanel({ classifier, text, spoken, origin, handle });
  place.append(panel.node);
  await panel.greet();
}

class RecordPanel {
  /** @param {{classifier: Classifier, text: Text, spoken: SmartWords, origin: string, handle: string}} options */
  constructor({ classifier, text, spoken, origin, handle }) {
    /** @private */ this.classifier = classifier;
    /** @private */ this.text = text;
    /** @private */ this.spoken = spoken;
    /** @private */ this.origin = origin;
    /** @private @type {{result: Result, when: Date} | null} */ this.answer = null;
    /** What has arrived of the answer shown. @private */ this.arrived = new Arrived();
    /** @private */ this.is_connected = false;
    /** @private */ this.messages = new SmartMessages({ target: parent, origin, handle, onHandshake: () => this.connect() });
    /** @private */ this.send_button = h('button', { id: 'record-send', type: 'button', onclick: () => this.send() }, spoken.get('send'));
    /** @private */ this.state = h('p', { id: 'record-state', role: 'status' });
    this.node = h('section', { id: 'record', 'aria-label': spoken.get('heading') },
      this.state,
      h('div', { class: 'buttons' },
        this.send_button,
        h('button', { id: 'record-done', type: 'button', onclick: () => this.done() }, spoken.get('done'))));
    addEventListener('message', (event) => this.messages.receive(event));
    classifier.addEventListener('insitu-result', (event) => {
      this.answer = { result: /** @type {CustomEvent} */ (event).detail, when: new Date() };
      this.arrived = new Arrived();
      this.send_button.disabled = false; // the one before may have arrived
      this.say('');
    });
    classifier.addEventListener('insitu-view', () => this.draw());
    this.draw();
  }

  async greet() {
    try {
      await this.messages.request('status.handshake', {});
      this.connect();
    } catch (error) {
      if (!this.is_connected) this.fail(error);
    }
  }

  /** @private */
  connect() {
    if (this.is_connected) return;
    this.is_connected = true;
    this.say('');
    this.draw();
  }

  /** Only the answer that is on the screen can be sent. @private */
  draw() {
    this.node.hidden = !this.is_connected && this.state.textContent === '';
    this.send_button.hidden = !this.is_connected || this.answer === null || this.classifier.view !== 'result';
  }

  /** @param {string} words @private */
  say(words) {
    this.state.textContent = words;
    this.draw();
  }

  /** @param {unknown} error @private */
  fail(error) {
    console.warn('the record system did not take it:', error);
    const host = this.origin;
    if (error instanceof NoAnswerError) return this.say(this.spoken.get('silent', { host }));
    this.say(this.spoken.get('refused', { host, reason: error instanceof Error ? error.message : String(error) }));
  }

  /** @private */
  async send() {
    const { answer, arrived } = this;
    if (!answer) return;
    this.send_button.disabled = true;
    this.say(this.spoken.get('sending'));
    try {
      const opened = await this.classifier.opened;
      const words = packWords(await engine.packs.texts(opened, this.text.language), opened, this.text);
      const { result, when } = answer;
      const told = {
        result, when, words, pack: opened.pack, folder: opened.folder, spoken: this.spoken, language: this.text.language,
        software_version: __VERSION__,
        reasons: result.reasons.map((reason) => ({ ...reason, ...reasonWords(this.text, words, reason.id) })),
        action: result.action ? words.actionOf(result.action) ?? { label: this.text.get(`action_${result.action}`), text: '' } : null,
      };
      const create = (/** @type {Resource} */ resource) => this.create(resource);
      const device = await arrived.once('device', () => create(deviceOf(told)));
      /** @type {string[]} */ const observations = [];
      for (const [index, one] of observationsOf(told, device).entries()) observations.push(await arrived.once(`observation ${index}`, () => create(one)));
      await arrived.once('report', () => create(reportOf(told, observations)));
      if (this.answer === answer) this.say(this.spoken.get('sent', { host: this.origin }));
    } catch (error) {
      if (this.answer === answer) this.fail(error);
    } finally {
      if (this.answer === answer) this.send_button.disabled = arrived.has('report');
    }
  }

  /** @param {Resource} resource @returns {Promise<string>} where it is in the scratchpad: "Device/1" @private */
  async create(resource) {
    const { status, location, outcome } = await this.messages.request('scratchpad.create', { resource });
    if (typeof status !== 'string' || !/^2\d\d\b/.test(status)) {
      throw new RefusedError(`${resource.resourceType}: ${String(status)}${outcomeText(outcome)}`.slice(0, 500));
    }
    if (typeof location !== 'string' || !/^[A-Za-z]{1,64}\/[A-Za-z0-9.-]{1,64}$/.test(location) || !location.startsWith(`${resource.resourceType}/`)) {
      throw new RefusedError(`${resource.resourceType}: location ${JSON.stringify(location)}`.slice(0, 500));
    }
    return location;
  }

  /** @private */
  async done() {
    try {
      const { status, statusDetail } = await this.messages.request('ui.done', {});
      if (status !== 'success') throw new RefusedError(`ui.done: ${String(status)}${detailText(statusDetail)}`.slice(0, 500));
    } catch (error) {
      this.fail(error);
    }
  }
}

/** Where each resource of one answer has been put. */
class Arrived {
  /** @private @type {Map<string, string>} */ locations = new Map();

  /** @param {string} name */
  has(name) { return this.locations.has(name); }

  /** @param {string} name @param {() => Promise<string>} put @returns {Promise<string>} its location */
  async once(name, put) {
    const before = this.locations.get(name);
    if (before !== undefined) return before;
    const location = await put();
    this.locations.set(name, location);
    return location;
  }
}

/** What an OperationOutcome says, of whatever came. @param {any} outcome */
function outcomeText(outcome) {
  const said = Array.isArray(outcome?.issue) ? outcome.issue.map((/** @type {any} */ issue) => issue?.diagnostics ?? issue?.details?.text).filter((/** @type {unknown} */ text) => typeof text === 'string') : [];
  return said.length > 0 ? `, ${said.join('; ')}` : '';
}

/** @param {any} detail a CodeableConcept */
function detailText(detail) { return typeof detail?.text === 'string' ? `, ${detail.text}` : ''; }
