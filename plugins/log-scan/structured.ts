// What a line of a structured log says: JSON of the usual libraries, logfmt.
import { type Level, levelOfNumber, levelOfSeverityNumber, levelOfWord, type OwnLevels } from './levels.ts';

export type Fields = Readonly<Record<string, unknown>>;
export interface Structured {
  readonly level: Level | undefined;
  readonly message: string;
  /** Type and message of the error that the entry carries. */
  readonly error: string | undefined;
  readonly stack: string | undefined;
  readonly fields: Fields;
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const textIn = (fields: Fields, names: readonly string[]): string | undefined => {
  const found = names.map((name) => fields[name]).find((value) => typeof value === 'string' && value !== '');
  return typeof found === 'string' ? found : undefined;
};

export function readJson(line: string, own: OwnLevels): Structured | undefined {
  if (!/^\s*\{/.test(line)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  return isFields(value) ? structured(value, own) : undefined;
}

/** Elastic's `log.level` may be nested. */
function levelOf(fields: Fields, own: OwnLevels): Level | undefined {
  const ecs = isFields(fields.log) ? fields.log.level : fields['log.level'];
  for (const value of [fields.level, fields.severity, fields.severityText, fields.lvl, fields.levelname, ecs]) {
    if (typeof value === 'number') return levelOfNumber(value, own);
    if (typeof value === 'string' && value !== '') {
      return /^\d+$/.test(value) ? levelOfNumber(Number(value), own) : levelOfWord(value, own);
    }
  }
  const number = fields.severityNumber ?? fields.SeverityNumber;
  return typeof number === 'number' ? levelOfSeverityNumber(number) : undefined;
}

function structured(fields: Fields, own: OwnLevels): Structured {
  const error = [fields.err, fields.error, fields.exception, fields.exc_info].find(
    (value) => value !== undefined && value !== null,
  );
  const detail = isFields(error) ? error : {};
  const type = textIn(detail, ['type', 'name', 'kind']) ?? textIn(fields, ['error.type', 'exception.type']);
  const what =
    textIn(detail, ['message']) ??
    textIn(fields, ['error.message', 'exception.message']) ??
    (typeof error === 'string' ? error : undefined);
  const stack =
    textIn(detail, ['stack', 'stack_trace', 'stacktrace']) ??
    textIn(fields, ['stack', 'stacktrace', 'stack_trace', 'error.stack_trace']);
  const named = [type, what].filter((part) => part !== undefined).join(': ');
  return {
    level: levelOf(fields, own),
    message: textIn(fields, ['msg', 'message', 'event', 'body', 'text']) ?? what ?? '',
    error: named === '' ? undefined : named,
    stack,
    fields,
  };
}

/** `key=value key="some words"`; undefined where most of the line is something else. */
export function readLogfmt(line: string, own: OwnLevels): Structured | undefined {
  const pair = /([A-Za-z_][\w.-]*)=("(?:[^"\\]|\\.)*"|[^\s"]*)(?:\s+|$)/y;
  const fields: Record<string, unknown> = {};
  let at = /^\s*/.exec(line)?.[0].length ?? 0;
  for (;;) {
    pair.lastIndex = at;
    const match = pair.exec(line);
    if (match === null) break;
    const [whole, key = '', value = ''] = match;
    fields[key] = value.startsWith('"') ? unquoted(value) : value;
    at += whole.length;
  }
  if (at < line.length || Object.keys(fields).length < 2) return undefined;
  return structured(fields, own);
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text.slice(1, -1);
  }
}
