/* globals.d.ts: what the build puts in: see sw.js. */
declare const __PRECACHE__: import("./sw/what.js").Manifest;
