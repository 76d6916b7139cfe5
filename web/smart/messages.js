/* messages.js: SMART Web Messaging 1.0 (hl7.org/fhir/uv/smart-web-messaging) as
 * the app in a record system's frame: requests, each with its one response, and
 * the handshake that the system may ask for. What comes from another window or
 * origin, with another handle or in another shape gets silence, as does every
 * request that an app is not for. Knows no FHIR and no screen. */

/** @typedef {{[name: string]: unknown}} Payload */
/** What a window can be told with. @typedef {{postMessage: (message: unknown, origin: string) => void}} Target */

/** So long may a system take to answer; a person may have to confirm there. */
const ANSWER_MS = 30_000;

/** @param {unknown} value @returns {value is Payload} */
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
/** @param {unknown} value @returns {value is string} */
const isId = (value) => typeof value === 'string' && value.length > 0 && value.length <= 256;

export class NoAnswerError extends Error {}

export class SmartMessages {
  /** @param {{target: Target, origin: string, handle: string, onHandshake?: () => void, wait_ms?: number}} options
   *   onHandshake: the system has asked for one and got it */
  constructor({ target, origin, handle, onHandshake = () => {}, wait_ms = ANSWER_MS }) {
    /** @private */ this.target = target;
    /** @private */ this.origin = origin;
    /** @private */ this.handle = handle;
    /** @private */ this.onHandshake = onHandshake;
    /** @private */ this.wait_ms = wait_ms;
    /** By the request's id. @private @type {Map<string, (payload: Payload) => void>} */ this.waiting = new Map();
  }

  /** @param {string} messageType @param {Payload} payload @returns {Promise<Payload>} of the response */
  request(messageType, payload) {
    const messageId = crypto.randomUUID();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(messageId);
        reject(new NoAnswerError(`${messageType} was not answered within ${this.wait_ms / 1000} s`));
      }, this.wait_ms);
      this.waiting.set(messageId, (answer) => {
        clearTimeout(timer);
        this.waiting.delete(messageId);
        resolve(answer);
      });
      this.target.postMessage({ messagingHandle: this.handle, messageId, messageType, payload }, this.origin);
    });
  }

  /** @param {{origin: string, source: unknown, data: unknown}} event */
  receive({ origin, source, data }) {
    if (origin !== this.origin || source !== this.target || !isObject(data)) return;
    const { messageId, messagingHandle, messageType, responseToMessageId, payload } = data;
    if (!isId(messageId) || !isObject(payload)) return;
    if (responseToMessageId !== undefined) {
      // Responses carry no handle by the standard; one that does carries this one.
      if (isId(responseToMessageId) && (messagingHandle ?? this.handle) === this.handle) this.waiting.get(responseToMessageId)?.(payload);
      return;
    }
    if (messagingHandle !== this.handle || messageType !== 'status.handshake') return;
    this.target.postMessage({ messageId: crypto.randomUUID(), responseToMessageId: messageId, payload: {} }, this.origin);
    this.onHandshake();
  }
}
