/* intake.js: a file as the core can take it. What is medical and no picture
 * format (DICOM) becomes a picture by a reader of its own, which is fetched
 * when the first such file comes; all else stays as it is. */

/** Behind a preamble of 128 bytes. */
const DICOM_MARK = 'DICM';
const PREAMBLE_BYTES = 128;
const EXPLICIT = '1.2.840.10008.1.2.1\0', IMPLICIT = '1.2.840.10008.1.2\0';

/** What old writers leave out before the first element, of group 2, or of group 8 where even the file's own header is
 *  missing: the preamble, and how elements are encoded. @param {string} first eight bytes, as Latin-1
 *  @returns {string | null} null: no DICOM file */
function missingHead(first) {
  const is_explicit = /^[A-Z]{2}$/.test(first.slice(4, 6));
  const is_small = Number(first.charCodeAt(2)) < 0x80 && first[3] === '\0'; // the element's number
  if (is_explicit && is_small && first.startsWith('\x02\0')) return DICOM_MARK;
  const syntax = is_explicit ? EXPLICIT : IMPLICIT;
  return is_small && first.startsWith('\x08\0') && (is_explicit || first.endsWith('\0\0')) ? `${DICOM_MARK}\x02\0\x10\0UI${String.fromCharCode(syntax.length)}\0${syntax}` : null;
}

/** @param {Blob} blob @returns {Promise<string | null>} what a DICOM file lacks before its first element, "" for nothing; null: it is none */
export async function lackingHead(blob) {
  const head = new Uint8Array(await blob.slice(0, PREAMBLE_BYTES + DICOM_MARK.length).arrayBuffer().catch(() => new ArrayBuffer(0)));
  const text = String.fromCharCode(...head);
  return text.slice(PREAMBLE_BYTES) === DICOM_MARK ? '' : missingHead(text.slice(0, 8));
}

/** @param {Blob} blob @returns {Promise<Blob>} the same where it is no DICOM file, also where it cannot be read: the worker tells that */
export async function readablePicture(blob) {
  const missing = await lackingHead(blob);
  if (missing === null) return blob;
  const { pictureOfDicom } = await import('./dicom/dicom.js');
  const picture = await pictureOfDicom(missing ? new Blob([new Uint8Array(PREAMBLE_BYTES), missing, blob]) : blob);
  return blob instanceof File ? new File([picture], blob.name, { type: picture.type }) : picture;
}
