// Values that every kind of plugin shares.

/** A place in a file: 1-based, end exclusive. Paths are relative to the scope, with `/`. */
export interface Location {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly endLine?: number;
  readonly endColumn?: number;
}

/** One thing a gate found wrong. It goes to the report, to CI annotations and, verbatim, to the next attempt. */
export interface Finding<Code extends string = string> {
  readonly code: Code;
  readonly severity: 'error' | 'warning';
  /** One sentence with what was measured and what was expected: "Line coverage 71.2 % is below 80 %." */
  readonly message: string;
  /**
   * Tells two findings of one code apart and stays the same from attempt to attempt. The engine normalises numbers, times,
   * hashes and absolute paths before it makes the fingerprint.
   */
  readonly subject: string;
  readonly location?: Location;
  readonly hint?: string;
  /** Raw excerpt; the engine cuts it at 4 KiB. */
  readonly evidence?: string;
  /** A command that shows this one finding again. */
  readonly repro?: string;
  /** The measured number, for codes with `baseline: ratchet`; bigger is worse. */
  readonly magnitude?: number;
}

/** A number with its unit; reports and charts are drawn from these, never from prose. */
export interface Measurement {
  readonly name: string;
  readonly value: number;
  readonly unit: 'count' | 'percent' | 'ratio' | 'milliseconds' | 'microseconds' | 'bytes' | 'per-second' | 'usd' | 'tokens';
  readonly limit?: { readonly at: number; readonly direction: 'at-least' | 'at-most' };
  readonly base?: number;
  /** Confidence interval and its level, 0 to 1. */
  readonly interval?: { readonly low: number; readonly high: number; readonly level: number };
}

/** A file that the report links to. `path` is relative to the run's artifact folder. */
export interface Artifact {
  readonly name: string;
  readonly path: string;
  readonly mediaType: string;
}

/** One piece of knowledge that a context step hands to later actions. */
export interface BriefItem {
  readonly title: string;
  readonly text: string;
  readonly source?: Location;
}
