/* intro/en.js: the words of the first steps, in English. */

export default {
  step: '{n} of {all}',
  next: 'Next',
  back: 'Back',
  start: 'Begin',
  does_heading: 'What it does',
  does_1: 'It compares your picture with what a model has learnt, and says what it is most like.',
  does_2: 'All of it happens on this device. The picture goes nowhere and is not kept.',
  does_3: 'It works without a network once it has been here.',
  not_heading: 'What it is not',
  not_1: 'It is no diagnosis, and it can be wrong, also when it seems sure.',
  not_2: 'It knows only what it has learnt, and says so when a picture is of another kind.',
  not_3: 'What worries you, show to somebody who knows the subject, whatever this page says.',
  photo_heading: 'A photo that it can read',
  photo_1: 'Close and sharp: what you show fills about half of the square.',
  photo_2: 'Even light, no reflection, nothing over it.',
  photo_3: 'Then place the square: only what is inside is judged.',
};
