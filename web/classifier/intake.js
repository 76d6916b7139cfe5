/* intake.js: a file as the core can take it. What is medical and no picture
 * format (DICOM) becomes a picture by a reader of its own, which is fetched
 * when the first such file comes; all else stays as it is. */

/** Behind a preamble of 128 bytes. */
const DICOM_MARK = 'DICM';

/** @param {Blob} blob @returns {Promise<Blob>} the same where it is no DICOM file, also where it cannot be read: the worker tells that */
export async function readablePicture(blob) {
  const mark = await blob.slice(128, 128 + DICOM_MARK.length).text().catch(() => '');
  if (mark !== DICOM_MARK) return blob;
  const { pictureOfDicom } = await import('./dicom/dicom.js');
  const picture = await pictureOfDicom(blob);
  return blob instanceof File ? new File([picture], blob.name, { type: picture.type }) : picture;
}
