/* models/en.js: the words of the screen of the packs, in English. */

export default {
  heading: 'Models',
  lead: 'What this page can compare pictures with. Each works on this device; one that is kept works without a network.',
  used: 'In use',
  kept: 'Kept on this device, works offline',
  not_kept: 'Not kept: needs a network the first time',
  not_for: 'Not for:',
  kinds: { one: '{n} kind, {size}, version {version}. Licence of the model: {licence}.', other: '{n} kinds, {size}, version {version}. Licence of the model: {licence}.' },
  use: 'Use it',
  keep: 'Keep it',
  remove: 'Remove it',
  kept_now: 'Kept.',
  removed: 'Removed. It comes again when it is used.',
  storage: 'This page uses {used} on this device; {free} are free for it.',
  failed: 'This did not work: {message}',
};
