// A log as entries: one for each message, with the lines that belong to it.
import { type Level, levelOfLine, type OwnLevels } from './levels.ts';
import { type Fields, readJson, readLogfmt, type Structured } from './structured.ts';

export type Format = 'json' | 'logfmt' | 'plain';
export interface Entry {
  readonly form: Format;
  readonly level: Level | undefined;
  readonly message: string;
  /** Type and message of the error that it carries. */
  readonly error: string | undefined;
  readonly stack: string | undefined;
  readonly fields: Fields | undefined;
  /** All its lines. */
  readonly text: string;
  /** 1-based, of its first line. */
  readonly line: number;
  /** Printed by a runtime that gave up: an uncaught exception, a panic. */
  readonly crash: boolean;
}
export interface Log {
  readonly entries: readonly Entry[];
  readonly format: Format;
  /** Lines that are not blank. */
  readonly lines: number;
}

/** A longer line is cut: no message is, and patterns stay quick. */
const longestLine = 64 * 1024;
const longestEntry = 500;
/** Node prints the place, the line of code, a caret, the error and its version; Go, Rust and Python begin as follows. */
const crashStart = [
  /^(?:file:\/\/|node:|\/|[A-Z]:\\)\S*:\d+$/,
  /^panic: /,
  /^thread '.*' panicked at /,
  /^(?:Uncaught|Unhandled)\b/,
  /^\[UnhandledPromiseRejection/,
  /^Traceback \(most recent call last\):$/,
];
const crashEnd = /^Node\.js v\d/;
const frame = /^\s+at .+|^\s+File ".+", line \d+|^\t.+:\d+/;
const continues = /^\s+\S|^(?:Caused by|\.\.\. \d+ more|[}\])]+,?$)/;

interface Open {
  readonly line: number;
  readonly lines: string[];
  readonly crash: boolean;
  readonly level: Level | undefined;
}

/** Cuts colours and other terminal sequences. */
const plainText = (line: string): string =>
  line.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*[A-Za-z]`, 'g'), '').replace(/\r$/, '');

export function readLog(text: string, o: { readonly format: Format | 'auto'; readonly levels: OwnLevels }): Log {
  const all = text.split('\n').map((line) => plainText(line.length > longestLine ? line.slice(0, longestLine) : line));
  const structured = (line: string): { readonly form: Format; readonly said: Structured } | undefined => {
    const json = o.format === 'logfmt' || o.format === 'plain' ? undefined : readJson(line, o.levels);
    if (json !== undefined) return { form: 'json', said: json };
    const logfmt = o.format === 'json' || o.format === 'plain' ? undefined : readLogfmt(line, o.levels);
    return logfmt === undefined ? undefined : { form: 'logfmt', said: logfmt };
  };
  const entries: Entry[] = [];
  let open: Open | undefined;
  const close = () => {
    if (open !== undefined) entries.push(plainEntry(open));
    open = undefined;
  };
  let lines = 0;
  for (const [index, line] of all.entries()) {
    const blank = line.trim() === '';
    if (!blank) lines += 1;
    const parsed = blank ? undefined : structured(line);
    if (parsed !== undefined) {
      close();
      const { form, said } = parsed;
      entries.push({ form, ...said, text: line, line: index + 1, crash: false });
    } else if (open !== undefined && belongs(open, line)) {
      open.lines.push(line);
      if (open.crash && crashEnd.test(line)) close();
    } else if (!blank) {
      close();
      const crash = crashStart.some((start) => start.test(line));
      open = { line: index + 1, lines: [line], crash, level: crash ? 'fatal' : levelOfLine(line, o.levels) };
    } else close();
  }
  close();
  return { entries, lines, format: o.format === 'auto' ? usualForm(entries) : o.format };
}

function belongs(open: Open, line: string): boolean {
  if (open.lines.length >= longestEntry) return false;
  if (continues.test(line)) return true;
  if (!open.crash)
    return (
      /^Traceback \(/.test(line) || (open.lines.some((one) => frame.test(one)) && /^\w[\w.]*(?:Error|Exception)\b/.test(line))
    );
  // A crash goes on over blank lines and unindented ones until something begins anew.
  return !/^\[?\d{4}-\d\d-\d\d/.test(line);
}

function plainEntry({ line, lines, crash, level }: Open): Entry {
  const named = lines.find((one) => /^(?:Uncaught )?\[?[A-Z]\w*(?:Error|Exception|Rejection)\b|^panic: /.test(one));
  const text = lines.join('\n').trimEnd();
  return {
    form: 'plain',
    level,
    message: (crash ? (named ?? lines[0]) : lines[0]) ?? '',
    error: named,
    stack: lines.filter((one) => frame.test(one)).length >= 2 ? text : undefined,
    fields: undefined,
    text,
    line,
    crash,
  };
}

/** The form of most entries. */
function usualForm(entries: readonly Entry[]): Format {
  const count = (form: Format) => entries.filter((entry) => entry.form === form).length;
  const [json, logfmt] = [count('json'), count('logfmt')];
  if (json > 0 && json * 2 >= entries.length) return 'json';
  return logfmt > 0 && logfmt * 2 >= entries.length ? 'logfmt' : 'plain';
}
