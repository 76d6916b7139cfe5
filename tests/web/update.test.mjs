// The update that a person agrees to: the new version is asked until it has
// taken over, once however often they agree, and nothing of the asking is left.
import {afterAll, beforeEach, expect, jest, test} from '@jest/globals';
import {OfflineControl} from '../../web/sw/page.js';

const names = ['navigator', 'document', 'location', 'addEventListener', 'Worker'];
const before = names.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]);
let container, workers, num_reloads, asked;

beforeEach(() => {
  jest.useFakeTimers();
  container = new EventTarget();
  [workers, asked, num_reloads] = [[], [], 0];
  const stand_ins = {
    navigator: {serviceWorker: container}, document: {baseURI: 'https://site.example/'}, location: {reload: () => num_reloads++}, addEventListener: () => {},
    Worker: class { constructor() { workers.push(this); } terminate() { this.is_ended = true; } },
  };
  for (const name of names) Object.defineProperty(globalThis, name, {value: stand_ins[name], configurable: true, writable: true});
});
afterAll(() => {
  jest.useRealTimers();
  for (const [name, own] of before) own ? Object.defineProperty(globalThis, name, own) : delete globalThis[name];
});

test('a new version that waits is nudged every second and a half until it has taken over', () => {
  const control = new OfflineControl({onState() {}, onUpdate() {}});
  control.registration = {waiting: {postMessage: (message) => asked.push(message)}};
  control.update();
  jest.advanceTimersByTime(1400);
  expect([asked, workers.length]).toEqual([[{type: 'activate'}], 0]); // mostly it needs no more
  control.update(); // the person goes on, and it is tried again
  control.update();
  jest.advanceTimersByTime(3200);
  expect([workers.length, workers.at(0).is_ended]).toEqual([3, true]);
  container.dispatchEvent(new Event('controllerchange'));
  expect(num_reloads).toBe(1);
  jest.advanceTimersByTime(60_000); // the reload may be slow
  expect([workers.length, workers.every(({is_ended}) => is_ended)]).toEqual([3, true]);
});

test('where none waits the page is loaded anew', () => {
  const control = new OfflineControl({onState() {}, onUpdate() {}});
  control.registration = {waiting: null};
  control.update();
  expect([num_reloads, jest.getTimerCount()]).toEqual([1, 0]);
});
