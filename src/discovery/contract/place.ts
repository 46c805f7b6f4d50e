// Where something is, and what was met and is not in the map.

/** `ecma`: JavaScript and TypeScript; `data`: what is no program, such as SQL, Prisma schemas and GraphQL. */
export type Language = 'ecma' | 'python' | 'go' | 'java' | 'ruby' | 'data';

export interface Place {
  /** Relative to the scope, with `/`. */
  readonly file: string;
  /** 1-based; null: the whole file. */
  readonly line: number | null;
}
/** Something that was met and could not be read: it is said, never left out in silence. */
export interface NotUnderstood extends Place {
  /** An excerpt of at most 80 characters. */
  readonly what: string;
  readonly why: string;
  readonly about: 'file' | 'route' | 'table' | 'io' | 'contract';
  /** The name of the adapter that met it; null: none did. */
  readonly stack: string | null;
}
