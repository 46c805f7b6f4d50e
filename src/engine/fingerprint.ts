import { createHash } from 'node:crypto';
import type { Finding } from '../plugin-api.ts';

/** What may differ between two looks at the same fault: longest forms first, so that a UUID is not eaten as numbers. */
const volatile: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '<uuid>'],
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  [/\b[0-9a-f]{12,}\b/gi, '<hash>'],
  [/(?:\/[\w.@~+-]+){2,}\//g, '<path>/'],
  [/\b\d+(?:\.\d+)?\s?(?:ms|µs|us|ns|s|%|KiB|MiB|GiB|kB|MB|GB)\b/g, '<quantity>'],
  [/\b\d+(?:\.\d+)?\b/g, '<number>'],
];

/** The text with numbers, times, hashes and absolute folders replaced, so that the same fault reads the same in every attempt. */
export function normalise(text: string): string {
  return volatile
    .reduce((result, [pattern, name]) => result.replace(pattern, name), text)
    .replace(/\s+/g, ' ')
    .trim();
}

/** 16 hex digits that tell findings apart and stay the same from attempt to attempt: code, normalised subject, file. */
export function fingerprint(finding: Finding): string {
  return createHash('sha256')
    .update(JSON.stringify([finding.code, normalise(finding.subject), finding.location?.file ?? '']))
    .digest('hex')
    .slice(0, 16);
}
