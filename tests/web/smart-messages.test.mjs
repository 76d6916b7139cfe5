// SMART Web Messaging: requests by the standard, one response each, and silence
// for whoever is not the record system or does not speak by it.
import { describe, expect, test } from '@jest/globals';
import { handleOf } from '../../web/lib/smart-handle.js';
import { NoAnswerError, SmartMessages } from '../../web/smart/messages.js';

const ORIGIN = 'https://ehr.example';
const HANDLE = 'RXhhbXBsZSBoYW5kbGUK';

function talk(options = {}) {
  const posted = [];
  const target = { postMessage: (message, origin) => posted.push({ message, origin }) };
  const greeted = [];
  const messages = new SmartMessages({ target, origin: ORIGIN, handle: HANDLE, onHandshake: () => greeted.push(true), wait_ms: 50, ...options });
  const receive = (data, more = {}) => messages.receive({ origin: ORIGIN, source: target, data, ...more });
  return { messages, posted, greeted, receive, target };
}

test('a request has the four fields, goes to the one origin, and takes the response to it alone', async () => {
  const { messages, posted, receive } = talk();
  const [first, second] = [messages.request('status.handshake', {}), messages.request('scratchpad.create', { resource: { resourceType: 'Device' } })];
  expect(posted.map(({ origin }) => origin)).toEqual([ORIGIN, ORIGIN]);
  expect(posted[1].message).toEqual({ messagingHandle: HANDLE, messageId: expect.any(String), messageType: 'scratchpad.create', payload: { resource: { resourceType: 'Device' } } });
  expect(posted[0].message.messageId).not.toBe(posted[1].message.messageId);
  receive({ messageId: 'b', responseToMessageId: posted[1].message.messageId, payload: { status: '201 Created' } });
  receive({ messageId: 'c', responseToMessageId: posted[1].message.messageId, payload: { status: 'a second one' } });
  receive({ messageId: 'a', responseToMessageId: posted[0].message.messageId, payload: {} });
  expect(await Promise.all([first, second])).toEqual([{}, { status: '201 Created' }]);
});

test('no response is an error that says so', async () => {
  const { messages } = talk();
  await expect(messages.request('ui.done', {})).rejects.toThrow(NoAnswerError);
});

describe('gets silence:', () => {
  const handshake = { messagingHandle: HANDLE, messageId: '1', messageType: 'status.handshake', payload: {} };
  test.each([
    ['another origin', handshake, { origin: 'https://other.example' }],
    ['the same name over http', handshake, { origin: 'http://ehr.example' }],
    ['another window', handshake, { source: {} }],
    ['another handle', { ...handshake, messagingHandle: 'x' }],
    ['no handle', { ...handshake, messagingHandle: undefined }],
    ['no id', { ...handshake, messageId: undefined }],
    ['an id that is no text', { ...handshake, messageId: 7 }],
    ['an empty id', { ...handshake, messageId: '' }],
    ['no payload', { ...handshake, payload: undefined }],
    ['a payload that is a list', { ...handshake, payload: [] }],
    ['a request that an app is not for', { ...handshake, messageType: 'scratchpad.create' }],
    ['no type', { ...handshake, messageType: undefined }],
    ['text', JSON.stringify(handshake)],
    ['nothing', null],
    ['a list', [handshake]],
    ['a response to nothing', { messageId: '1', responseToMessageId: 'none', payload: {} }],
    ['a response to no text', { messageId: '1', responseToMessageId: 5, payload: {} }],
  ])('%s', (_, data, more = {}) => {
    const { posted, greeted, receive } = talk();
    receive(data, more);
    expect([posted, greeted]).toEqual([[], []]);
  });

  test('a response with another handle, or from elsewhere', async () => {
    const { messages, posted, receive } = talk();
    const answer = messages.request('ui.done', {});
    const response = { messageId: '1', responseToMessageId: posted[0].message.messageId, payload: { status: 'success' } };
    receive({ ...response, messagingHandle: 'x' });
    receive(response, { origin: 'https://other.example' });
    receive({ ...response, payload: 'success' });
    await expect(answer).rejects.toThrow(NoAnswerError);
  });
});

test('the system\'s own handshake is answered once', () => {
  const { posted, greeted, receive } = talk();
  receive({ messagingHandle: HANDLE, messageId: 'its own', messageType: 'status.handshake', payload: {} });
  expect(posted).toEqual([{ origin: ORIGIN, message: { messageId: expect.any(String), responseToMessageId: 'its own', payload: {} } }]);
  expect(greeted).toEqual([true]);
});

test.each([
  ['?host=x', '', null],
  ['?smart_web_messaging_handle=abc', '', { handle: 'abc' }],
  ['', '#smart_web_messaging_handle=abc%3D', { handle: 'abc=' }],
  ['?smart_web_messaging_handle=a', '#smart_web_messaging_handle=b', { handle: 'b' }],
  ['?smart_web_messaging_handle=', '', { problem: 'embed_bad_handle' }],
  ['?smart_web_messaging_handle=a%20b', '', { problem: 'embed_bad_handle' }],
  [`?smart_web_messaging_handle=${'a'.repeat(2049)}`, '', { problem: 'embed_bad_handle' }],
])('the handle of %s%s', (search, hash, handle) => expect(handleOf(search, hash)).toEqual(handle));
