/* globals.d.ts: what the build puts in: see sw.js. */
declare const __PRECACHE__: { version: string; files: { url: string; revision: string }[] };
