import type { Finding, Location } from '../../src/plugin-api.ts';
import type { Entry, Format, Log } from './entries.ts';
import type { Code } from './manifest.ts';
import type { Leak, SecretScan } from './secrets.ts';
import { matches, templateOf } from './template.ts';

export interface Ignored {
  readonly message: string;
  readonly reason: string;
}
export interface Scanned {
  readonly findings: readonly Finding<Code>[];
  /** How many entries each `ignore` took out. */
  readonly ignored: readonly (Ignored & { readonly entries: number })[];
}

type EntryCode = Exclude<Code, 'log-scan/secret'>;
const unhandledWords = /unhandled ?(?:promise ?)?rejection|uncaught ?exception|UnhandledPromiseRejection|^Uncaught\b/i;

/** What an entry is, if it is anything to speak of. The worst only. */
function codeOf(entry: Entry, format: Format): EntryCode | undefined {
  if (entry.crash || unhandledWords.test(entry.message)) return 'log-scan/unhandled';
  switch (entry.level) {
    case 'error':
    case 'fatal':
      return 'log-scan/error';
    case 'warn':
      return 'log-scan/warning';
    case 'info':
    case 'debug':
    case 'trace':
    case undefined:
      break;
  }
  if (entry.stack !== undefined) return 'log-scan/unhandled';
  return format !== 'plain' && entry.form === 'plain' ? 'log-scan/unparsable' : undefined;
}

/** What the message and the error say together; each once. */
function sayingOf({ message, error }: Entry): string {
  if (error === undefined || message.includes(error)) return message;
  const bare = error.replace(/^[\w.]+: /, '');
  return message === '' || message === bare ? error : `${message}: ${error}`;
}

export function scanEntries(o: {
  readonly log: Log;
  readonly secrets: SecretScan;
  readonly ignore: readonly Ignored[];
  /** Folder of the tree as the service saw it. */
  readonly root: string;
}): Scanned {
  const { log, secrets } = o;
  const groups = new Map<string, { readonly code: EntryCode; readonly template: string; readonly entries: Entry[] }>();
  const ignored = o.ignore.map((one) => ({ ...one, entries: 0 }));
  for (const entry of log.entries) {
    const code = codeOf(entry, log.format);
    if (code === undefined) continue;
    const saying = sayingOf(entry);
    const because = ignored.find(({ message }) => matches(message, saying));
    if (because !== undefined) {
      because.entries += 1;
      continue;
    }
    const template = templateOf(secrets.veil(saying));
    const key = `${code} ${template}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { code, template, entries: [entry] });
    else group.entries.push(entry);
  }
  const found = [...groups.values()].map(({ code, template, entries }) =>
    findingOf(code, { template, entries, secrets, root: o.root }),
  );
  return { findings: [...secretFindings(secrets), ...found], ignored };
}

function findingOf(
  code: EntryCode,
  o: { readonly template: string; readonly entries: readonly Entry[]; readonly secrets: SecretScan; readonly root: string },
): Finding<Code> {
  const [first] = o.entries;
  const text = o.secrets.veil(first?.text ?? '');
  const at = first === undefined ? undefined : placeOf(`${first.stack ?? ''}\n${first.text}`, o.root);
  const times = o.entries.length === 1 ? 'once' : `${o.entries.length} times`;
  const saying = o.secrets.veil(first === undefined ? o.template : sayingOf(first)).slice(0, 300);
  return {
    code,
    severity: code === 'log-scan/warning' || code === 'log-scan/unparsable' ? 'warning' : 'error',
    subject: o.template,
    message: messageOf(code, { times, saying, level: first?.level ?? 'no level' }),
    ...(at === undefined ? {} : { location: at }),
    evidence: text.slice(0, 3000),
    ...hintOf(code),
  };
}

function messageOf(code: EntryCode, o: { readonly times: string; readonly saying: string; readonly level: string }): string {
  switch (code) {
    case 'log-scan/error':
      return `The service logs at level ${o.level} ${o.times}: ${o.saying}`;
    case 'log-scan/warning':
      return `The service logs a warning ${o.times}: ${o.saying}`;
    case 'log-scan/unhandled':
      return o.level === 'fatal' || o.level === 'error'
        ? `An error that nobody handled is in the log ${o.times}: ${o.saying}`
        : `A stack trace is in the log ${o.times} below level warn (${o.level}): ${o.saying}`;
    case 'log-scan/unparsable':
      return `A line is not in the format of the log, ${o.times}: ${o.saying}`;
  }
}

function hintOf(code: EntryCode): { readonly hint?: string } {
  switch (code) {
    case 'log-scan/error':
      return { hint: 'Mend its cause; or, where a caller can bring it about, log it below error.' };
    case 'log-scan/unhandled':
      return { hint: 'Catch it where it can be answered, and log it once at level error.' };
    case 'log-scan/unparsable':
      return { hint: 'Write it through the logger; lines between the entries are lost to whoever reads the log by machine.' };
    case 'log-scan/warning':
      return {};
  }
}

function secretFindings({ leaks, veil }: SecretScan): readonly Finding<Code>[] {
  const groups = new Map<string, Leak[]>();
  for (const leak of leaks) {
    const subject = `${leak.what} in ${leak.where}`;
    groups.set(subject, [...(groups.get(subject) ?? []), leak]);
  }
  return [...groups].map(
    ([subject, group]): Finding<Code> => ({
      code: 'log-scan/secret',
      severity: 'error',
      subject,
      message: `The log holds ${subject}, in ${group.length} ${group.length === 1 ? 'entry' : 'entries'}.`,
      hint: 'Leave it out of what is logged, or redact it in the logger: logs are read and kept by many.',
      evidence: veil(group[0]?.entry.text ?? '').slice(0, 3000),
    }),
  );
}

/** The first frame of a stack that lies in the tree and in no package. */
function placeOf(stack: string, root: string): Location | undefined {
  const frames = stack.matchAll(/(?:\(|at |^|file:\/\/)(\/[^\s():]+):(\d+)(?::(\d+))?/gm);
  for (const [, file = '', line, column] of frames) {
    if (!file.startsWith(`${root}/`) || file.includes('/node_modules/')) continue;
    return { file: file.slice(root.length + 1), line: Number(line), ...(column === undefined ? {} : { column: Number(column) }) };
  }
  return undefined;
}
