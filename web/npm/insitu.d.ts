/* insitu: a medical image classifier that runs where the picture is. Not a
 * diagnosis. docs/EMBED.md says how to install it. */
import type { Answer, AnswerLine, AttentionMap, Failure } from './answer.js';
import type { Pack } from './pack.js';

export type { Answer, AnswerLine, AttentionMap, Failure, Pack };

/** Names of src/insitu.h, and `several-frames`, the page's own: what went wrong. */
export type Status =
  | 'invalid-argument' | 'out-of-memory' | 'io' | 'unknown-format' | 'truncated' | 'damaged' | 'unsupported' | 'too-large'
  | 'too-small' | 'invalid-model' | 'unsupported-model' | 'invalid-pack' | 'digest-mismatch' | 'not-finite' | 'internal' | 'several-frames';

export class InsituError extends Error {
  constructor(status: Status, message: string);
  readonly status: Status;
}

/** A part of the upright picture, in fractions of its sides. */
export interface Crop { x: number; y: number; width: number; height: number }

export interface ClassifyOptions {
  /** Ends the work; the promise then rejects with the signal's reason. */
  signal?: AbortSignal;
  /** `file` of the answer; by default the file's own name. */
  name?: string;
  /** What is judged; by default the centre, as the pack says. */
  crop?: Crop | null;
  /** With a map of where the network looked. */
  map?: boolean;
  /** Under which class prior; by default the pack's. */
  prior?: 'default' | 'training' | 'uniform';
}

export interface ClassifierOptions {
  /** Address of the pack's folder, on the page's own origin or one that its CSP allows. */
  pack: string | URL;
  /** By default the pack's. */
  variant?: string;
  /** The folder that insitu-assets filled; needed where a bundler moves scripts. */
  assets?: string | URL;
  /** While the model is downloaded. */
  onProgress?: (loadedBytes: number, totalBytes: number) => void;
  signal?: AbortSignal;
}

export interface Classifier {
  readonly pack: Pack;
  /** What runs; null before it is chosen. */
  readonly build: { build: string; threads: number } | null;
  /** Pictures are answered in order. Read `decision` first: a rejected picture has no `top`. Rejects with InsituError. */
  classify(picture: Blob, options?: ClassifyOptions): Promise<Answer>;
  /** Gives the worker and its memory back, once no other classifier or element uses the model. */
  close(): void;
}

/** Resolves once the model is fetched, verified and open. Rejects with InsituError. */
export function createClassifier(options: ClassifierOptions): Promise<Classifier>;

/** Where the package's files lie, for all that is created afterwards. */
export function configure(options: { assets: string | URL }): void;
