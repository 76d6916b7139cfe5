/* diagnostics.js: what helps whoever mends this page, in one text that a
 * person reads before it is copied: no picture, no name, no address, nothing
 * of what was judged. */

/** @param {import('../../app.js').App} app @param {import('../../classifier/engine-bench.js').Here} here
 *  @param {import('./figures.js').Row[]} measured */
export async function diagnosticsOf(app, { features, chosen }, measured) {
  const [version, storage, persisted] = await Promise.all([
    app.offline.version(),
    navigator.storage?.estimate?.().catch(() => null) ?? null,
    navigator.storage?.persisted?.().catch(() => null) ?? null,
  ]);
  const runs = app.build ?? chosen;
  const megabytes = (/** @type {number | undefined} */ bytes) => (bytes === undefined ? null : Math.round(bytes / 1e6));
  const memory = /** @type {{deviceMemory?: number}} */ (navigator).deviceMemory ?? null;
  return {
    page: version, runs: runs && { build: runs.build, threads: runs.threads },
    // What the person brought is called as their file is: that is theirs.
    pack: !app.opened ? null : app.opened.imported ? { id: 'imported', version: null } : { id: app.opened.pack.id, version: app.opened.pack.version },
    browser: navigator.userAgent,
    simd: features.simd, relaxed_simd: features.relaxed, shared_memory: features.shared, processors: features.cores,
    memory_gb: memory, isolated: globalThis.crossOriginIsolated, service_worker: Boolean(navigator.serviceWorker?.controller),
    storage_used_mb: megabytes(storage?.usage), storage_quota_mb: megabytes(storage?.quota), storage_persisted: persisted,
    installed: matchMedia('(display-mode: standalone)').matches,
    screen: { width: screen.width, height: screen.height, ratio: devicePixelRatio },
    language: app.text.language,
    measured: measured.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) =>
      [name, typeof value === 'number' ? Number(value.toFixed(name === 'accuracy' ? 4 : 2)) : value]))),
  };
}
