// Secrets are masked in everything that leaves the runner: journal, logs, reports, and what a model reads.
import { keyShapes } from './mask-shapes.ts';

/** Words of a variable's name that make its value a secret. */
const secretName =
  /(^|_)(KEYS?|TOKENS?|SECRETS?|PASSWORDS?|PASSWD|PASS|PASSPHRASE|PWD|CREDENTIALS?|CREDS?|AUTH|COOKIE|SIGNATURE|DSN|PAT)(_|$)/;
/** Names that contain such a word and hold none. */
const plainName = /^(PWD|OLDPWD|SSH_AUTH_SOCK|GPG_AGENT_INFO|XAUTHORITY)$|_(FILE|PATH|DIR|FOLDER|SOCK|SOCKET)$/;
/** Shorter values would blot out half of every text. */
const shortest = 8;
const mark = '***';

function looksSecret(name: string): boolean {
  const upper = name
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toUpperCase();
  if (plainName.test(upper)) return false;
  return secretName.test(upper) || /(APIKEY|ACCESSKEY|PRIVATEKEY|AUTHTOKEN)/.test(upper);
}

/** Passwords of development set-ups that are ordinary words too: masking them would blot out every mention of the product. */
const everybodyKnows = new Set(['postgres', 'postgresql', 'password', 'rabbitmq', 'mongodb', 'localhost', 'development']);

/** Password, and user with password, of an address such as `postgres://user:password@host/db`. */
function credentialsOf(value: string): readonly string[] {
  return [...value.matchAll(/[a-z][a-z0-9+.-]*:\/\/([^\s/@:]*):([^\s/@]+)@/gi)].flatMap(([, user = '', password = '']) =>
    user === password || everybodyKnows.has(password.toLowerCase())
      ? [`${user}:${password}`]
      : [`${user}:${password}`, password, decoded(password)],
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The ways in which a value turns up in texts: as it is, in base64, in a URL, in hexadecimal, in JSON. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, 'utf8');
  // base64 of a text that holds the secret at any of three offsets; the outer characters depend on the neighbours and are left out.
  const base64 = [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const start = Math.ceil((offset * 8) / 6);
    const end = Math.floor(((offset + bytes.length) * 8) / 6);
    return [text.slice(start, end), text.slice(start, end).replaceAll('+', '-').replaceAll('/', '_')];
  });
  const json = JSON.stringify(secret).slice(1, -1);
  const query = new URLSearchParams({ '': secret }).toString().slice(1);
  return [secret, encodeURIComponent(secret), query, json, bytes.toString('hex'), bytes.toString('hex').toUpperCase(), ...base64];
}

/** Every text that must not be shown: values of variables whose name looks secret, credentials in URLs, and their usual encodings. */
export function secretsOf(env: Readonly<Record<string, string | undefined>>): ReadonlySet<string> {
  const secrets = new Set<string>();
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue;
    const raw = [...(looksSecret(name) ? [value, value.trim()] : []), ...credentialsOf(value)];
    for (const secret of raw) {
      if (secret.length < shortest) continue;
      for (const form of formsOf(secret)) if (form.length >= shortest) secrets.add(form);
    }
  }
  return secrets;
}

/** The same for values that a playbook declares as secrets, whatever their names are; of several lines each is one. */
export function formsOfSecrets(values: Iterable<string>): ReadonlySet<string> {
  const secrets = new Set<string>();
  for (const value of values) {
    const lines = value.split(/\r?\n/).filter((line) => line.trim().length >= shortest);
    for (const secret of [value, value.trim(), ...credentialsOf(value), ...(lines.length > 1 ? lines : [])]) {
      if (secret === '') continue;
      secrets.add(secret);
      for (const form of formsOf(secret)) if (form.length >= shortest) secrets.add(form);
    }
  }
  return secrets;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

function patternOf(secrets: Iterable<string>): RegExp | undefined {
  // Longest first, so that a secret is not half masked by another that it begins with.
  const all = [...secrets].sort((a, b) => b.length - a.length).map(escaped);
  return all.length === 0 ? undefined : new RegExp(all.join('|'), 'g');
}

/** A function that masks the given texts, and everything that has the shape of a well-known kind of key. */
export function maskOf(secrets: Iterable<string>): (text: string) => string {
  const pattern = patternOf(secrets);
  return (text) => {
    const known = pattern === undefined ? text : text.replace(pattern, mark);
    return known.replace(keyShapes, mark);
  };
}

const keyBegins = '-----BEGIN ';
/** Characters of a private key of 16,384 bits, with room. */
const longestKey = 16_384;

export interface StreamMask {
  /** What of the text so far can be shown. */
  push(text: string): string;
  /** The rest. */
  end(): string;
  /** Another one for the same text, where secrets became known since it began to go through. */
  again?(): StreamMask | undefined;
}

/** What a run hides: what it knows when it begins, and what it learns, such as a token that was made. */
export interface Hiding {
  mask(text: string): string;
  /** The same for one text that comes in pieces: a secret that is cut in two is masked too. */
  stream(): StreamMask;
  hide(secrets: Iterable<string>): void;
}

export function openHiding(known: Iterable<string>): Hiding {
  const all = new Set(known);
  const lengthOf = (secrets: Iterable<string>): number => Math.max(0, ...[...secrets].map(({ length }) => length));
  let mask = maskOf(all);
  let longest = Math.max(256, lengthOf(all));
  const stream = (): StreamMask => {
    const began = all.size;
    let carry = '';
    return {
      push(text) {
        const whole = mask(carry + text);
        // A secret that is not complete yet lies within the last characters, or is a private key, which is longer than all others.
        const key = whole.lastIndexOf(keyBegins);
        const open = key >= 0 && whole.length - key < longestKey ? key : whole.length;
        const cut = Math.max(0, Math.min(open, whole.length - longest));
        carry = whole.slice(cut);
        return whole.slice(0, cut);
      },
      end() {
        const rest = mask(carry);
        carry = '';
        return rest;
      },
      again: () => (all.size > began ? stream() : undefined),
    };
  };
  return {
    mask: (text) => mask(text),
    stream,
    hide(secrets) {
      const before = all.size;
      for (const secret of secrets) all.add(secret);
      if (all.size === before) return;
      mask = maskOf(all);
      longest = Math.max(longest, lengthOf(all));
    },
  };
}

/** A stream over secrets that are all known. */
export const maskStream = (secrets: Iterable<string>): StreamMask => openHiding(secrets).stream();
