export type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

const words: Readonly<Record<string, Level>> = {
  trace: 'trace',
  verbose: 'trace',
  silly: 'trace',
  finest: 'trace',
  debug: 'debug',
  fine: 'debug',
  info: 'info',
  information: 'info',
  informational: 'info',
  notice: 'info',
  log: 'info',
  http: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  err: 'error',
  severe: 'error',
  fatal: 'fatal',
  critical: 'fatal',
  crit: 'fatal',
  alert: 'fatal',
  emerg: 'fatal',
  emergency: 'fatal',
  panic: 'fatal',
  dpanic: 'fatal',
};

/** Levels of the log's own, lower case. */
export type OwnLevels = Readonly<Record<string, Level>>;

export function levelOfWord(word: string, own: OwnLevels): Level | undefined {
  const key = word.toLowerCase();
  return Object.hasOwn(own, key) ? own[key] : Object.hasOwn(words, key) ? words[key] : undefined;
}

/** Pino and Bunyan count 10 to 60, syslog and GELF 7 down to 0. */
export function levelOfNumber(level: number, own: OwnLevels): Level | undefined {
  const given = own[String(level)];
  if (given !== undefined) return given;
  if (level >= 10) {
    const steps = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
    return steps[Math.min(5, Math.floor(level / 10) - 1)];
  }
  if (!Number.isInteger(level) || level < 0 || level > 7) return undefined;
  return (['fatal', 'fatal', 'fatal', 'error', 'warn', 'info', 'info', 'debug'] as const)[level];
}

/** OpenTelemetry's SeverityNumber, 1 to 24, four to a level. */
export function levelOfSeverityNumber(number: number): Level | undefined {
  if (number < 1 || number > 24) return undefined;
  return (['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const)[Math.floor((number - 1) / 4)];
}

const timestamp = /^[[(]?\d{4}[-/]\d\d[-/]\d\d[T ,]?[\d:.,+Z-]*[\])]?$|^[[(]?\d\d:\d\d:\d\d[\d.,]*[\])]?$/;

/**
 * The level that a plain line begins with. Only words that stand where a level stands count, so that "0 errors" and "no error found"
 * are none: in capitals, in brackets, before a colon, or as the first word of all.
 */
export function levelOfLine(line: string, own: OwnLevels): Level | undefined {
  const klog = /^([IWEF])\d{4} \d\d:\d\d:\d\d/.exec(line)?.[1];
  if (klog !== undefined) return ({ I: 'info', W: 'warn', E: 'error', F: 'fatal' } as const)[klog as 'I' | 'W' | 'E' | 'F'];
  const tokens = line.slice(0, 200).trim().split(/\s+/).slice(0, 6);
  let first = true;
  for (const token of tokens) {
    if (timestamp.test(token)) continue;
    const bare = token.replace(/^[[(<|]+/, '').replace(/[\])>|:!,-]+$/, '');
    const marked = token !== bare && /[\])>|:!]$/.test(token);
    const level = levelOfWord(bare, own);
    if (
      level !== undefined &&
      (marked || (bare.length > 2 && bare === bare.toUpperCase()) || (first && bare === bare.toLowerCase()))
    )
      return level;
    // `TypeError: …` as console.error prints it.
    if (first && /^[A-Z]\w*(?:Error|Exception):$/.test(token)) return 'error';
    if (/^\w*Warning:$/.test(token)) return 'warn';
    first = false;
  }
  return undefined;
}
