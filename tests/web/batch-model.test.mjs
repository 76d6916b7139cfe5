// Which model a picture of a batch is opened with: that by which it was judged, whatever this device would choose; and what
// is shown until another batch can be.
import { expect, test } from '@jest/globals';

globalThis.document = { createElement: () => ({ getContext: () => null }), baseURI: 'https://a.example/' }; // what a thumbnail is drawn on
const { BatchScreen } = await import('../../web/screens/batch/batch.js');

const opened = (id) => ({ folder: new URL(`https://a.example/models/${id}/`), pack: { default_variant: 'int8' }, imported: null });

/** As the page has it, whose device is fastest with float16. @param {string} shown */
function pageWith(shown, variant = null) {
  const attributes = new Map(variant ? [['variant', variant]] : []);
  const classifier = {
    getAttribute: (name) => attributes.get(name) ?? null,
    setAttribute: (name, value) => attributes.set(name, value),
  };
  const usePack = ({ folder }) => {
    attributes.delete('variant');
    attributes.set('pack', folder.href);
  };
  return { attributes, app: { classifier, opened: opened(shown), usePack } };
}
const after = ({ attributes, app }, id, variant) => {
  BatchScreen.prototype.useModel.call({ app }, opened(id), variant);
  return [attributes.get('pack')?.split('/').at(-2), attributes.get('variant')];
};

test('of the pack that is shown the variant alone is changed, where it is another', () => {
  expect(after(pageWith('skin'), 'skin', 'int8')).toEqual([undefined, undefined]);
  expect(after(pageWith('skin', 'float16'), 'skin', 'int8')).toEqual([undefined, 'int8']);
  expect(after(pageWith('skin'), 'skin', 'float32')).toEqual([undefined, 'float32']);
});

test('of another pack its variant is named, or the device would take its own', () => {
  expect(after(pageWith('skin', 'float16'), 'leaf', 'int8')).toEqual(['leaf', 'int8']);
  expect(after(pageWith('skin'), 'leaf', 'float32')).toEqual(['leaf', 'float32']);
});

test('a batch is taken away once the words of the next are there, and stays where they do not come', async () => {
  const seen = [];
  const old = { destroy: () => seen.push('old destroyed') };
  const next = { close: () => seen.push('next closed') };
  let fail;
  const screen = { work: old, packWordsOf: () => new Promise((_, reject) => { fail = reject; }) };
  const shown = BatchScreen.prototype.showWork.call(screen, next, opened('leaf'), 0);
  expect(seen).toEqual([]);
  fail(new Error('no network'));
  await expect(shown).rejects.toThrow('no network');
  expect([screen.work === old, seen]).toEqual([true, ['next closed']]);
});
