/* insitu/element: <insitu-classifier>. */
import type { Answer, ClassifyOptions, Failure, Pack, Status } from './insitu.js';

export interface Rejection {
  file: string;
  /** text, advice: in the element's language. */
  reasons: { id: string; value: number; limit: number; text: string; advice: string }[];
}

export interface InsituEventMap {
  'insitu-pack': CustomEvent<{ id: string; version: string }>;
  'insitu-load': CustomEvent<{ id: string; version: string; variant: string; build: string; threads: number }>;
  'insitu-progress': CustomEvent<{ loaded: number; total: number } | { stage: 'decode' | 'infer' }>;
  'insitu-result': CustomEvent<Answer>;
  'insitu-rejected': CustomEvent<Rejection>;
  'insitu-error': CustomEvent<Failure & { status: Status }>;
  'insitu-variant': CustomEvent<{ variant: string }>;
  'insitu-view': CustomEvent<{ view: string }>;
}

/** Attributes: pack, variant, prior, lang, theme. Parts and custom properties: docs/EMBED.md. */
export interface InsituClassifierElement extends HTMLElement {
  readonly ready: Promise<Pack>;
  readonly opened: Promise<{ folder: URL; pack: Pack }>;
  readonly view: string;
  classify(picture: Blob, options?: Omit<ClassifyOptions, 'prior'>): Promise<Answer>;
  /** Shows the picture with the square that will be judged. */
  open(picture: Blob): Promise<void>;
  reset(): void;
  addEventListener<K extends keyof InsituEventMap>(type: K, listener: (event: InsituEventMap[K]) => void, options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
}

/** Registers <insitu-classifier>; a second time it does nothing. */
export function define(options?: { assets?: string | URL }): Promise<void>;

declare global {
  interface HTMLElementTagNameMap { 'insitu-classifier': InsituClassifierElement }
}
