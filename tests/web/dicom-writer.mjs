// Writes DICOM files an element at a time: what a test wants a file to say, and its values or one frame that is coded.
export const LITTLE = '1.2.840.10008.1.2.1', BIG = '1.2.840.10008.1.2.2', RUNS = '1.2.840.10008.1.2.5';
export const LONG = /OB|OW|SQ|UN/;
export const u16 = (value, is_big) => (is_big ? [value >> 8 & 255, value & 255] : [value & 255, value >> 8 & 255]);
export const u32 = (value, is_big) => (is_big ? [...u16(value >>> 16, true), ...u16(value, true)] : [...u16(value), ...u16(value >>> 16)]);
export const ascii = (text) => [...text].map((letter) => letter.charCodeAt(0));
const even = (bytes, fill) => (bytes.length % 2 ? [...bytes, fill] : bytes);

// [tag, vr, value]: US and SS are numbers or lists of them, DS and CS text, SQ one list of elements, the rest bytes.
export function element([tag, vr, value], is_big = false, undefined_length = false) {
  const bytes = vr === 'SQ' ? item(value, is_big) : /US|SS/.test(vr) ? [value].flat().flatMap((one) => u16(one, is_big))
    : typeof value === 'string' ? even(ascii(value), vr === 'UI' ? 0 : 32) : even(value, 0);
  const length = undefined_length ? 0xffffffff : bytes.length;
  return [...u16(tag >>> 16, is_big), ...u16(tag & 0xffff, is_big), ...ascii(vr), ...(LONG.test(vr) ? [0, 0, ...u32(length, is_big)] : u16(length, is_big)), ...bytes];
}
function item(elements, is_big) {
  const bytes = elements.flatMap((one) => element(one, is_big));
  return [...u16(0xfffe, is_big), ...u16(0xe000, is_big), ...u32(bytes.length, is_big), ...bytes];
}
const fragments = (bytes) => [...u16(0xfffe), ...u16(0xe000), ...u32(0), ...u16(0xfffe), ...u16(0xe000), ...u32(bytes.length), ...bytes, ...u16(0xfffe), ...u16(0xe0dd), ...u32(0)];

const PICTURE = {photometric: 'MONOCHROME2', bits: 16, stored: 12, width: 4, height: 1, signed: 0, samples: 1};
export function elementsOf(more, values, {syntax = LITTLE, vr, ...options} = {}) {
  const {photometric, bits, stored, width, height, signed, samples} = {...PICTURE, ...options};
  const is_big = syntax === BIG;
  const is_raw = syntax === LITTLE || is_big;
  const bytes = is_raw ? values.flatMap((value) => (bits === 16 ? u16(value, is_big) : [value])) : fragments(values);
  return [
    ...[[0x00080060, 'CS', 'OT'], [0x00280002, 'US', samples], [0x00280004, 'CS', photometric], ...(samples === 3 ? [[0x00280006, 'US', 0]] : []), [0x00280010, 'US', height], [0x00280011, 'US', width],
      [0x00280100, 'US', bits], [0x00280101, 'US', stored], [0x00280102, 'US', stored - 1], [0x00280103, 'US', signed],
      ...more].sort(([a], [b]) => a - b).flatMap((one) => element(one, is_big)),
    ...element([0x7fe00010, vr ?? (bits === 16 ? 'OW' : 'OB'), bytes], is_big, !is_raw),
  ];
}
export const withHead = (elements, syntax = LITTLE) => [...new Array(128).fill(0), ...ascii('DICM'), ...element([0x00020010, 'UI', syntax]), ...elements];
