// Literal and folded block scalars (YAML 1.2.2, chapter 8.1).
import type { BlockText } from './source-nodes.ts';
import { type Line, linesOf, type ScalarMap, Trace } from './source-trace.ts';

/** Literal and folded block scalars. The rules of folding are those of chapter 8.1.3: lines that are indented more keep their breaks. */
export function block({ header, indent: outer, start, source }: BlockText): ScalarMap {
  const explicit = Number(/\d/.exec(header)?.[0] ?? 0);
  const chomp = /[+-]/.exec(header)?.[0] ?? '';
  const lines = linesOf(source, start).map((line) => {
    const blanks = /^ */.exec(line.text)?.[0].length ?? 0;
    return { ...line, blanks, content: line.text.slice(blanks) };
  });
  const trace = new Trace();
  const lastFull = lines.findLastIndex(({ content }) => content !== '');
  if (lastFull === -1) {
    if (chomp === '+') for (const line of lines.slice(0, Math.max(1, lines.length - 1))) trace.as('\n', line.end, line.next);
    return trace.done(start + source.length);
  }
  const firstFull = lines.findIndex(({ content }) => content !== '');
  const indent = explicit > 0 ? outer + explicit : Math.max(0, ...lines.slice(0, firstFull + 1).map(({ blanks }) => blanks));
  const trim = explicit > 0 ? indent : (lines[firstFull]?.blanks ?? indent);
  // Blank lines at the end that are indented more are content, not chomped.
  const stop =
    Math.max(
      lastFull,
      lines.findLastIndex(({ blanks }) => blanks > trim),
    ) + 1;
  blockLines({ trace, lines: lines.slice(0, stop), trim, firstFull, fold: header.startsWith('>') });
  const last = lines[stop - 1];
  if (last !== undefined && chomp !== '-') trace.as('\n', last.end, last.next);
  if (chomp === '+') {
    lines.slice(stop, -1).forEach((line) => {
      trace.copy(line.text.slice(trim), line.start + trim);
      trace.as('\n', line.end, line.next);
    });
  }
  return trace.done(last?.end ?? start);
}

interface BlockLine extends Line {
  readonly blanks: number;
  readonly content: string;
}

function blockLines(options: {
  readonly trace: Trace;
  readonly lines: readonly BlockLine[];
  readonly trim: number;
  readonly firstFull: number;
  readonly fold: boolean;
}): void {
  const { trace, lines, trim, firstFull, fold } = options;
  /** Line breaks since the last text, to be written as a space, or as they are. */
  let breaks: Line[] = [];
  let moreBefore = false;
  lines.forEach((line, index) => {
    const text = line.text.slice(trim);
    const at = line.start + Math.min(trim, line.text.length);
    if (index < firstFull) {
      trace.copy(text, at);
      trace.as('\n', line.end, line.next);
      return;
    }
    const more = line.blanks > trim || line.content.startsWith('\t');
    if (!fold) {
      for (const { end, next } of breaks) trace.as('\n', end, next);
      trace.copy(text, at);
      breaks = [line];
      return;
    }
    if (line.content === '' && !more) {
      breaks.push(line);
      return;
    }
    const [first, ...others] = breaks;
    if (first !== undefined) {
      if (more || moreBefore) trace.as('\n', first.end, first.next);
      else if (others.length === 0) trace.as(' ', first.end, first.next);
      for (const { end, next } of others) trace.as('\n', end, next);
    }
    trace.copy(text, at);
    breaks = [line];
    moreBefore = more;
  });
}
