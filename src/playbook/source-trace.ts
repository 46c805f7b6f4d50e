/** UTF-16 unit `i` of `value` was written by the characters `starts[i]` to `ends[i]` of the file; end exclusive. */
export interface ScalarMap {
  readonly value: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** Behind the last character of the content. */
  readonly end: number;
}

/** Collects a value with where it was written. */
export class Trace {
  value = '';
  readonly starts: number[] = [];
  readonly ends: number[] = [];

  /** `text` was written by what stands from `start` to `end`, as a whole. */
  as(text: string, start: number, end: number): void {
    for (let index = 0; index < text.length; index++) {
      this.starts.push(start);
      this.ends.push(end);
    }
    this.value += text;
  }

  /** `text` stands at `start` as it is. */
  copy(text: string, start: number): void {
    for (let index = 0; index < text.length; index++) {
      this.starts.push(start + index);
      this.ends.push(start + index + 1);
    }
    this.value += text;
  }

  done(end: number): ScalarMap {
    return { value: this.value, starts: this.starts, ends: this.ends, end };
  }
}

/** A line of a scalar. */
export interface Line {
  readonly text: string;
  readonly start: number;
  /** Behind the text, before the line break. */
  readonly end: number;
  /** Where the next line begins. */
  readonly next: number;
}
export function linesOf(source: string, offset: number): readonly Line[] {
  const lines: Line[] = [];
  if (source === '') return lines;
  const ending = /\r?\n|$/g;
  let from = 0;
  for (const found of source.matchAll(ending)) {
    if (found[0] === '' && found.index < source.length) continue;
    const next = found.index + found[0].length;
    lines.push({ text: source.slice(from, found.index), start: offset + from, end: offset + found.index, next: offset + next });
    from = next;
    if (found[0] === '') break;
  }
  return lines;
}
