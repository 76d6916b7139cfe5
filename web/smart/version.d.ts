/* version.d.ts: what the build puts in: the version of this software. */
declare const __VERSION__: string;
