// Names of files as the bytes that they are, through interfaces that take text
// only. What goes into and comes out of the module is written with %XX for all
// but letters, digits, ".", "_" and "-" (platform.c does the same there).
import {existsSync, readFileSync, readdirSync} from 'node:fs';

// Buffer -> text
export const encode = (bytes) => Array.from(bytes, (byte) => {
  const letter = String.fromCharCode(byte);
  return /[\w.-]/.test(letter) ? letter : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}).join('');

// text -> Buffer
export const decode = (text) => Buffer.from(
  text.replace(/%([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1');

const LOST = '\uFFFD'; // what Node makes of bytes that are no UTF-8
const SLASH = Buffer.from('/');

// The one name below `folder` that reads as `word` once decoded, else `word`.
function findEntry(folder, word) {
  const own = Buffer.from(word);
  if (!word.includes(LOST) || existsSync(Buffer.concat([folder, own]))) return own;
  try {
    const alike = readdirSync(folder.length ? folder : '.', {encoding: 'buffer'}).filter((name) => name.toString() === word);
    return alike.length === 1 ? alike[0] : own;
  } catch {
    return own;
  }
}

// A path whose bytes are lost, found again by looking: only where one file alone
// can be meant.
function findPath(path) {
  return path.split('/').reduce((folder, word, index) =>
    Buffer.concat(index ? [folder, SLASH, findEntry(Buffer.concat([folder, SLASH]), word)] : [findEntry(folder, word)]),
  Buffer.alloc(0));
}

// The system's own copy of this process's arguments. -> Buffers, or null where there is none
function systemArguments(count) {
  try {
    const line = readFileSync('/proc/self/cmdline').toString('latin1').split('\0').slice(0, -1);
    return line.slice(-count).map((word) => Buffer.from(word, 'latin1'));
  } catch {
    return null;
  }
}

// What stands behind the program's name, as bytes. Node has decoded them, so
// where any was lost they are asked of the system. npx, itself Node, hands on
// what it decoded: there the file is looked for.
export function givenArguments(words = process.argv.slice(2)) {
  if (!words.some((word) => word.includes(LOST))) return words.map((word) => Buffer.from(word));
  const bytes = systemArguments(words.length);
  return words.map((word, index) => {
    const own = bytes?.[index];
    if (own && own.toString() === word && !own.equals(Buffer.from(word))) return own;
    const [, option, path] = /^(--[a-z]+=)?([\s\S]*)$/.exec(word);
    return Buffer.concat([Buffer.from(option ?? ''), findPath(path)]);
  });
}
