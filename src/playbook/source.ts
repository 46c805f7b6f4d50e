import { createRequire } from 'node:module';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Path, Place, Position, Range } from '../model/location.ts';
import { decode } from './source-bytes.ts';
import { readWithLibrary } from './source-library.ts';
import { Lines } from './source-lines.ts';
import {
  type Content,
  checkKeys,
  contentOf,
  type Node,
  type PairNode,
  plainValue,
  type Report,
  reporter,
  resolveAliases,
  type ScalarNode,
  type Targets,
} from './source-nodes.ts';
import { quickRead } from './source-quick.ts';
import { traceScalar } from './source-scalar.ts';
import type { ScalarMap } from './source-trace.ts';
import { trapProblems } from './source-traps.ts';

const require = createRequire(import.meta.url);

/** A YAML file with its text, so that every value, and every character of a value, can be pointed at. Never throws. */
export class Source {
  /** As the user would type it. */
  readonly file: string;
  /** Without a byte order mark. */
  readonly text: string;
  /** Undefined where the file holds nothing, or nothing that can be read. */
  readonly root: Node | undefined;
  /** All that is wrong with it as YAML, in the order of the file. */
  readonly problems: readonly Diagnostic[];
  /** Plain value with aliases resolved; undefined when one of the problems is an error. */
  readonly value: unknown;
  readonly #bytes: Uint8Array | string;
  readonly #lines: Lines;
  readonly #targets: Targets;
  readonly #maps = new Map<Content, ReadonlyMap<string, PairNode>>();
  readonly #traces = new Map<Content, ScalarMap | undefined>();

  constructor(file: string, text: string, read?: { readonly bytes: Uint8Array; readonly problems: readonly Problem[] }) {
    this.file = file;
    this.text = text.startsWith('\uFEFF') ? text.slice(1) : text;
    this.#bytes = read?.bytes ?? text;
    this.#lines = new Lines(this.text);
    const problems: Diagnostic[] = [];
    const report = reporter((start, end) => this.#place(start, end), problems);
    for (const { code, facts, start, end } of read?.problems ?? []) report(code, facts, [start, end]);
    const quick = quickRead(this.text);
    const lineOf = (offset: number): number => this.#lines.position(offset).line;
    const structure =
      quick === undefined
        ? readWithLibrary(this.text, lineOf, report)
        : { root: quick, text: this.text, guess: Number.POSITIVE_INFINITY };
    this.root = structure?.root;
    this.#targets = new Map();
    if (structure !== undefined) {
      const { root, text, guess } = structure;
      const known: Report = (code, facts, range, related) => {
        if (range[0] < guess) report(code, facts, range, related);
      };
      if (quick === undefined) this.#targets = resolveAliases(root, known);
      checkKeys(root, known);
      trapProblems({ text, root, report: known });
    }
    const sound = () => structure !== undefined && problems.every(({ severity }) => severity !== 'error');
    const value = sound() ? plainValue(this.root, this.#targets, report) : undefined;
    this.value = sound() ? value : undefined;
    this.problems = distinct(problems.sort((a, b) => before(a.place, b.place)));
  }

  /** The same again where the same file is asked for again: bexpert.yml and templates belong to many playbooks. */
  static of(file: string, text: string): Source {
    const known = recent.find((source) => source.file === file && source.#bytes === text);
    if (known !== undefined) return known;
    const source = new Source(file, text);
    recent.unshift(source);
    recent.length = Math.min(recent.length, mostRecent);
    return source;
  }

  /** From the bytes of a file, which need not be UTF-8. */
  static fromBytes(file: string, bytes: Uint8Array): Source {
    const { text, problem } = decode(bytes);
    return new Source(file, text, { bytes, problems: problem === undefined ? [] : [problem] });
  }

  /** sha256 of the bytes, in hexadecimal. `validate` and `plan` never ask, so node:crypto is loaded here. */
  get digest(): string {
    const { createHash } = require('node:crypto') as typeof import('node:crypto');
    return createHash('sha256').update(this.#bytes).digest('hex');
  }

  /** Where `path` is: its key when `what` is 'key' and there is one, else its value, else the nearest parent. */
  locate(path: Path, what: 'key' | 'value' = 'value'): Range {
    for (let depth = path.length; depth >= 0; depth--) {
      const range = this.#range(path.slice(0, depth), depth === path.length ? what : 'key');
      if (range !== undefined) return range;
    }
    return this.#lines.range(0, 0);
  }

  /** The same with the file. */
  place(path: Path, what: 'key' | 'value' = 'value'): Place {
    return { file: this.file, range: this.locate(path, what) };
  }

  /** Where the character at `offset` of the scalar's value stands in the file; behind its last character for its length. */
  locateOffset(path: Path, offset: number): Position {
    return this.#lines.position(this.#trace(path)?.start(offset) ?? this.#offsets(path)?.[0] ?? 0);
  }

  /** Where the characters from `start` to `end`, exclusive, of the scalar's value stand in the file. */
  placeOffset(path: Path, start: number, end: number): Place {
    const trace = this.#trace(path);
    if (trace === undefined) return this.place(path);
    const from = trace.start(start);
    return this.#place(from, end <= start ? from : trace.end(end));
  }

  /** A scalar as it is written, such as `20.10` for 20.1; undefined where no scalar is. */
  sourceText(path: Path): string | undefined {
    const range = this.#node(path)?.kind === 'scalar' ? this.#offsets(path) : undefined;
    return range === undefined ? undefined : this.text.slice(...range);
  }

  #place(start: number, end: number): Place {
    return { file: this.file, range: this.#lines.range(start, end) };
  }

  #range(path: Path, what: 'key' | 'value'): Range | undefined {
    const key = what === 'key' ? this.#pair(path)?.key : undefined;
    if (key?.kind === 'scalar') return this.#lines.range(key.start, key.end);
    const offsets = this.#offsets(path);
    return offsets === undefined ? undefined : this.#lines.range(...offsets);
  }

  /** Of the value, without the white space and the line break that end it. */
  #offsets(path: Path): readonly [number, number] | undefined {
    const node = this.#node(path);
    if (node === undefined) return undefined;
    let { end } = node;
    while (end > node.start && /\s/.test(this.text.charAt(end - 1))) end--;
    return [node.start, end];
  }

  #pair(path: Path): PairNode | undefined {
    const key = path.at(-1);
    const parent = key === undefined ? undefined : this.#node(path.slice(0, -1));
    return parent === undefined ? undefined : this.#pairs(parent).get(String(key));
  }

  #node(path: Path): Content | undefined {
    let node = contentOf(this.root, this.#targets);
    for (const step of path) {
      if (node === undefined) return undefined;
      const next: Node | undefined = node.kind === 'seq' ? node.items[Number(step)] : this.#pairs(node).get(String(step))?.value;
      node = contentOf(next, this.#targets);
    }
    return node;
  }

  #pairs(node: Content): ReadonlyMap<string, PairNode> {
    const known = this.#maps.get(node);
    if (known !== undefined) return known;
    const pairs = new Map<string, PairNode>();
    if (node.kind === 'map') {
      for (const pair of node.items) if (pair.key.kind === 'scalar') pairs.set(String(pair.key.value), pair);
    }
    this.#maps.set(node, pairs);
    return pairs;
  }

  /** Undefined for what is written as it is. Made once: a text may hold thousands of expressions. */
  #scalarMap(node: ScalarNode): ScalarMap | undefined {
    if (!this.#traces.has(node)) this.#traces.set(node, isAsWritten(node, this.text) ? undefined : traceScalar(node, this.text));
    return this.#traces.get(node);
  }

  #trace(path: Path): { start(offset: number): number; end(offset: number): number } | undefined {
    const node = this.#node(path);
    if (node?.kind !== 'scalar') return undefined;
    const map = this.#scalarMap(node);
    if (map === undefined || map.value !== node.value) {
      const quotes = quotesOf(node);
      const first = node.start + quotes;
      const inside = (offset: number): number => Math.max(first, Math.min(first + offset, node.end - quotes));
      return { start: inside, end: inside };
    }
    return {
      start: (offset) => map.starts[Math.max(0, offset)] ?? map.end,
      end: (offset) => map.ends[Math.max(0, Math.min(offset, map.ends.length) - 1)] ?? map.end,
    };
  }
}

const quotesOf = ({ style }: Pick<ScalarNode, 'style'>): number => (style === 'single' || style === 'double' ? 1 : 0);

/** Most texts are; numbers and booleans are written as one piece, and their text is their source. */
function isAsWritten({ value, style, start, end }: ScalarNode, text: string): boolean {
  if (typeof value !== 'string') return true;
  const quotes = quotesOf({ style });
  return style !== 'block' && end - start - 2 * quotes === value.length && text.startsWith(value, start + quotes);
}

const recent: Source[] = [];
const mostRecent = 8;

type Problem = NonNullable<ReturnType<typeof decode>['problem']>;

function before(a: Place | undefined, b: Place | undefined): number {
  if (a === undefined || b === undefined) return 0;
  return a.range.start.line - b.range.start.line || a.range.start.column - b.range.start.column;
}

/** One mistake that was seen twice is shown once, at its longest; and not more problems than a person reads. */
function distinct(sorted: readonly Diagnostic[]): readonly Diagnostic[] {
  const same = (a: Diagnostic, b: Diagnostic | undefined): boolean => a.code === b?.code && before(a.place, b.place) === 0;
  return sorted.filter((problem, index) => !same(problem, sorted[index + 1]));
}
