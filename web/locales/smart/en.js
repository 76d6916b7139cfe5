/* smart/en.js: the words of the frame that speaks with a record system, and of
 * what it sends there, in English. */

export default {
  heading: 'Record',
  send: 'Put this answer into the record',
  sending: 'Sending the answer…',
  sent: 'The record at {host} has the answer. The picture was not sent.',
  done: 'Close and go back to the record',
  silent: 'The record system at {host} does not answer.',
  refused: 'The record system at {host} did not take it: {reason}',
  // in what is sent
  device: 'Picture classifier, a program',
  observation: '{name}: which of the kinds it knows the picture looks most like, by a program; not a diagnosis',
  answer: 'The picture looks most like: {label}.',
  unsure: 'The program is not sure. The picture could be: {named}.',
  findings: 'The program sees signs of: {named}.',
  no_findings: 'No finding reaches its limit; most likely of them is: {label}. This does not rule anything out.',
  reject: 'The picture was not judged: it does not look like one that the model can judge.',
  group_reached: 'Reaches the limit of {limit}, from which on the pack asks for attention.',
  group_below: 'Below the limit of {limit}. This does not rule it out.',
  not_diagnosis: 'Made by a program and checked by nobody yet. Not a diagnosis.',
};
