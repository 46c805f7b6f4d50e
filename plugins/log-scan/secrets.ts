// Secrets in a log: texts that the workload brought in and that must not come out again, and shapes that are a secret wherever they stand.
import { createHash, randomBytes } from 'node:crypto';
import type { Entry } from './entries.ts';

/** A text that must not be logged. */
export interface Taint {
  readonly text: string;
  /** Whose it is: "the token of auth user". */
  readonly what: string;
}
export interface Leak {
  readonly what: string;
  /** Where in the entry: a key of its JSON, or the message. */
  readonly where: string;
  readonly entry: Entry;
}

/** 160 bits in letters and digits, recognisable in a log by nothing but itself. */
export const canary = (): string => `Cn${BigInt(`0x${randomBytes(20).toString('hex')}`).toString(36)}`;

/** Shorter texts turn up by chance. */
export const shortest = 8;

interface Shape {
  readonly what: string;
  readonly pattern: RegExp;
  /** Told by more than its shape. */
  readonly is?: (text: string) => boolean;
}
/** `Basic` is a word too: only what decodes to `user:password` counts. */
const isBasic = (text: string): boolean =>
  /^[ -~]+:[ -~]*$/.test(Buffer.from(text.slice('Basic '.length), 'base64').toString('latin1'));
const shapes: readonly Shape[] = [
  { what: 'a JSON Web Token', pattern: /\beyJ[\w-]{10,4000}\.eyJ[\w-]{10,8000}\.[\w-]{10,2000}/g },
  { what: 'a bearer token', pattern: /\bBearer [\w.~+/-]{20,4000}=*/gi, is: (text) => /\d/.test(text) },
  { what: 'basic credentials', pattern: /\bBasic [A-Za-z0-9+/]{8,2000}={0,2}/gi, is: isBasic },
  { what: 'a private key', pattern: /-----BEGIN (?:[A-Z]+ ){0,3}PRIVATE KEY-----/g },
  {
    what: 'a password in an address',
    pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"']{1,200}:[^\s/@"']{1,200}@/gi,
    is: (text) => !/:[*.x•…]+@$|:(?:\[?redacted\]?|<[\w-]+>)@$/i.test(text),
  },
  {
    what: 'an access key',
    pattern:
      /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36,251}\b|\bxox[abeprs]-[A-Za-z0-9-]{20,200}|\b[rs]k_live_[0-9A-Za-z]{20,200}/g,
  },
];

/** The ways in which a text turns up: as it is, in JSON, in an address, in hexadecimal, in base64. */
function formsOf(text: string): readonly string[] {
  const bytes = Buffer.from(text, 'utf8');
  // base64 of a longer text that holds this one at any of three offsets; the outer characters depend on the neighbours and are left out.
  const base64 = [0, 1, 2].flatMap((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const inner = whole.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const signature = /^eyJ[\w-]+\.[\w-]+\.([\w-]{20,})$/.exec(text)?.[1];
  const inJson = (plain: string): string => JSON.stringify(plain).slice(1, -1);
  const forms = [
    text,
    inJson(text),
    inJson(inJson(text)),
    encodeURIComponent(text),
    bytes.toString('hex'),
    ...base64,
    // What proves a token is its signature; half of a marker is enough to know it again.
    ...(signature === undefined ? [] : [signature]),
    ...(/^Cn[0-9a-z]{20,}$/.test(text) ? [text.slice(0, 16)] : []),
  ];
  return [...new Set(forms)].filter((form) => form.length >= shortest);
}

export interface SecretScan {
  readonly leaks: readonly Leak[];
  /** The text with every secret replaced by its first four characters and a hash. */
  veil(text: string): string;
}

export function scanSecrets(entries: readonly Entry[], taints: readonly Taint[]): SecretScan {
  const known = taints.flatMap((taint) => formsOf(taint.text).map((form) => ({ form, what: taint.what })));
  known.sort((a, b) => b.form.length - a.form.length);
  const veil = (text: string): string => {
    const without = known.reduce((result, { form }) => result.replaceAll(form, veiled(form)), text);
    return shapes.reduce(
      (result, { pattern, is }) => result.replace(pattern, (hit) => (is === undefined || is(hit) ? veiled(hit) : hit)),
      without,
    );
  };
  const leaks = entries.flatMap((entry) => {
    const found = new Map<string, string>();
    for (const { form, what } of known) if (!found.has(what) && entry.text.includes(form)) found.set(what, form);
    // What is left once the known ones are out has only its shape to be known by.
    const rest = known.reduce((text, { form }) => text.replaceAll(form, '…'), entry.text);
    for (const { what, pattern, is } of shapes) {
      const hit = (rest.match(pattern) ?? []).find((one) => is === undefined || is(one));
      if (hit !== undefined) found.set(what, hit);
    }
    return [...found].map(([what, text]): Leak => ({ what, where: placeOf(entry, text), entry }));
  });
  return { leaks, veil };
}

const veiled = (secret: string): string =>
  `${secret.slice(0, 4)}…(${createHash('sha256').update(secret).digest('hex').slice(0, 8)})`;

/** The key under which a text stands. */
function placeOf({ fields }: Entry, text: string): string {
  const visit = (value: unknown, path: string): string | undefined => {
    if (typeof value === 'string') return value.includes(text) || JSON.stringify(value).includes(text) ? path : undefined;
    if (typeof value !== 'object' || value === null) return undefined;
    for (const [key, item] of Object.entries(value)) {
      const found = key.includes(text)
        ? path
        : visit(item, Array.isArray(value) ? `${path}[]` : path === '' ? key : `${path}.${key}`);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return (fields === undefined ? undefined : visit(fields, '')) || 'the message';
}
