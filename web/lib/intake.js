/* intake.js: pictures that arrive by paste or by drop. Owns the listeners it
 * adds and nothing else; what is not a file is left to the browser. */

/**
 * @param {DataTransfer | null} transfer
 * @returns {File | null} the first file, of whatever kind: the core judges it
 */
export function fileOf(transfer) {
  return transfer?.files[0] ?? null;
}

/**
 * Takes files pasted or dropped anywhere in `target`, unless somebody further in
 * has taken them.
 * @param {Document | HTMLElement} target
 * @param {(file: File) => void} onFile
 * @param {(isOver: boolean) => void} [onDrag]
 * @returns {() => void} takes the listeners away again
 */
export function listenForFiles(target, onFile, onDrag = () => {}) {
  const listeners = new AbortController();
  const options = { signal: listeners.signal };
  const on = /** @param {string} type @param {(event: any) => void} listener */ (type, listener) =>
    target.addEventListener(type, listener, options);

  on('paste', (/** @type {ClipboardEvent} */ event) => {
    const file = fileOf(event.clipboardData);
    if (!file || event.defaultPrevented) return;
    event.preventDefault();
    onFile(file);
  });
  on('dragover', (/** @type {DragEvent} */ event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    onDrag(true);
  });
  on('dragleave', (/** @type {DragEvent} */ event) => {
    if (event.relatedTarget === null) onDrag(false);
  });
  on('drop', (/** @type {DragEvent} */ event) => {
    onDrag(false);
    const file = fileOf(event.dataTransfer);
    if (!file || event.defaultPrevented) return;
    event.preventDefault();
    onFile(file);
  });
  return () => listeners.abort();
}
