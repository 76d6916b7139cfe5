/* insitu.js: the package's entry without a screen: a model opened by a
 * program, pictures in, answers out. Types: insitu.d.ts. */

import { engine, InsituError } from '../classifier/engine.js';
import { folderOf } from '../classifier/engine-packs.js';
import { readablePicture } from '../classifier/intake.js';
import { setSite } from '../shared/site.js';

export { InsituError };

/** @param {{assets: string | URL}} where the folder that insitu-assets filled */
export function configure({ assets }) {
  if (typeof document === 'undefined') return; // on a server
  setSite(assets, document.baseURI);
}

/**
 * @param {{pack: string | URL, variant?: string, assets?: string | URL, onProgress?: (loaded: number, total: number) => void,
 *   signal?: AbortSignal}} options
 */
export async function createClassifier({ pack, variant, assets, onProgress, signal }) {
  if (typeof pack !== 'string' && !(pack instanceof URL)) {
    throw new InsituError('invalid-argument', `createClassifier needs pack, the address of a pack's folder; it is ${typeof pack}`);
  }
  signal?.throwIfAborted();
  if (assets !== undefined) configure({ assets });
  const model = engine.open({
    folder: folderOf(String(pack), document.baseURI), variant: variant ?? null, ...(onProgress && { onBytes: onProgress }),
  });
  const leave = () => model.close();
  signal?.addEventListener('abort', leave, { once: true });
  try {
    const opened = await model.ready;
    signal?.throwIfAborted();
    return classifierOf(model, opened.pack);
  } catch (error) {
    model.close();
    throw signal?.aborted ? signal.reason : error;
  } finally {
    signal?.removeEventListener('abort', leave);
  }
}

/** @param {import('../classifier/engine.js').Model} model @param {import('../pack').Pack} pack */
function classifierOf(model, pack) {
  return Object.freeze({
    pack,
    get build() { return model.build; },
    /** @param {Blob} blob @param {Partial<import('../classifier/client.js').ClassifyOptions>} [options] */
    async classify(blob, { name = blob instanceof File ? blob.name : 'photo', ...options } = {}) {
      if (!(blob instanceof Blob)) throw new InsituError('invalid-argument', `classify takes a Blob or a File, this is ${typeof blob}`);
      return (await model.classify(await readablePicture(blob), { name, ...options })).result;
    },
    close() { model.close(); },
  });
}
