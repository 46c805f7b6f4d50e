import type { Diagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/location.ts';
import { printable } from './cells.ts';
import { frame } from './frame.ts';
import { createInk, type Ink } from './ink.ts';

/** A file that diagnostics point into. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
}

/** All diagnostics for people, in the order of the files and of the lines in them; those without a place come first. */
export function renderDiagnostics(
  list: readonly Diagnostic[],
  options: { readonly sources: readonly SourceText[]; readonly color: boolean },
): string {
  const ink = createInk(options.color);
  const texts = new Map(options.sources.map(({ file, text }) => [file, text]));
  return sortDiagnostics(list)
    .map((diagnostic) => `${renderOne(diagnostic, texts, ink).join('\n')}\n`)
    .join('\n');
}

/** By file in the order in which they first occur, then by position; equal ones stay as they are. */
function sortDiagnostics(list: readonly Diagnostic[]): readonly Diagnostic[] {
  const files = [...new Set(list.map(({ place }) => place?.file ?? ''))].sort((a, b) => Number(a !== '') - Number(b !== ''));
  const key = ({ place }: Diagnostic): readonly [number, number, number] => [
    files.indexOf(place?.file ?? ''),
    place?.range.start.line ?? 0,
    place?.range.start.column ?? 0,
  ];
  return list
    .map((diagnostic) => ({ diagnostic, key: key(diagnostic) }))
    .sort((a, b) => a.key[0] - b.key[0] || a.key[1] - b.key[1] || a.key[2] - b.key[2])
    .map(({ diagnostic }) => diagnostic);
}

function renderOne(diagnostic: Diagnostic, texts: ReadonlyMap<string, string>, ink: Ink): readonly string[] {
  const { severity, place, message, code, hint, related = [] } = diagnostic;
  const mark = severity === 'error' ? ink.red : ink.yellow;
  const where = place === undefined ? '' : `${ink.bold(whereOf(place))} `;
  const lines = [`${where}${mark(ink.bold(severity))} ${printable(message)} ${ink.dim(`[${printable(code)}]`)}`];
  lines.push(...framed({ place, texts, ink, mark, context: 1 }));
  for (const other of related) {
    lines.push(`  ${ink.bold(whereOf(other.place))} ${printable(other.message)}`);
    lines.push(...framed({ place: other.place, texts, ink, mark: ink.cyan, context: 0 }));
  }
  if (hint !== undefined) lines.push(...hintLines(hint, ink));
  return lines;
}

/** `file:line:column`, which terminals and editors follow. */
const whereOf = ({ file, range }: Place): string => `${printable(file)}:${range.start.line}:${range.start.column}`;

function framed(options: {
  readonly place: Place | undefined;
  readonly texts: ReadonlyMap<string, string>;
  readonly ink: Ink;
  readonly mark: (text: string) => string;
  readonly context: number;
}): readonly string[] {
  const { place, texts, ink, mark, context } = options;
  const text = place === undefined ? undefined : texts.get(place.file);
  if (place === undefined || text === undefined || text === '') return [];
  return frame(text, place.range, { ink, mark, context }).map((line) => `  ${line}`);
}

/** Lines to add to a file stay lines. */
function hintLines(hint: string, ink: Ink): readonly string[] {
  const [first = '', ...others] = hint.split('\n').map((line) => printable(line));
  return [`  ${ink.cyan('hint:')} ${first}`, ...others.map((line) => `        ${line}`)];
}
