import { describe, expect, it } from 'vitest';
import fc from '../../test/rig/property.ts';
import { canary, scanSecrets } from './secrets.ts';
import { matches, templateOf } from './template.ts';

describe('templates', () => {
  it.each([
    ['order 17 is late by 3.5 s', 'order <number> is late by <number> s'],
    ['user 3f2a0c1e-6b7d-4c5e-9f80-0123456789ab left', 'user <uuid> left'],
    ['GET https://example.com/a?b=1 failed', 'GET <url> failed'],
    ['mail to ada@example.com bounced', 'mail to <email> bounced'],
    ['cannot open "/etc/app.conf" at 2026-01-01T00:00:00Z', 'cannot open <text> at <time>'],
    ['connect ECONNREFUSED 127.0.0.1:5432', 'connect ECONNREFUSED <address>'],
    ['commit 0a1b2c3d4e5f is deadbeef', 'commit <number> is deadbeef'],
    ['session V1StGXR8_Z5jdHi6B-myT ended', 'session <id> ended'],
    ['open /srv/app/data/1.json', 'open <path>'],
  ])('%s', (message, template) => {
    expect(templateOf(message)).toBe(template);
  });
  it('are the same for messages that differ in a number only', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (a, b) => {
        expect(templateOf(`order ${a} is lost`)).toBe(templateOf(`order ${b} is lost`));
      }),
    );
  });
});

describe('patterns of messages that are ignored', () => {
  it.each([
    ['is late', 'order 7 is late', true],
    ['order * late', 'order 7 is late', true],
    ['*', 'anything', true],
    ['late * order', 'order 7 is late', false],
    ['a*a', 'a', false],
    ['.+', 'anything', false],
  ])('%s in %s: %s', (pattern, message, expected) => {
    expect(matches(pattern, message)).toBe(expected);
  });
});

describe('a veil', () => {
  const entry = (text: string) => ({
    form: 'plain' as const,
    level: undefined,
    message: text,
    error: undefined,
    stack: undefined,
    fields: undefined,
    text,
    line: 1,
    crash: false,
  });
  it('lies over a text wherever it stands, in base64 of any alignment', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8, maxLength: 40 }), fc.string({ maxLength: 10 }), (secret, before) => {
        const taints = [{ text: secret, what: 'it' }];
        const coded = Buffer.from(`${before}${secret}!`).toString('base64');
        for (const text of [`${before}${secret}`, `x ${coded} y`]) {
          const { leaks, veil } = scanSecrets([entry(text)], taints);
          expect(leaks.map(({ what }) => what)).toContain('it');
          expect(veil(text)).toContain('…(');
        }
      }),
    );
  });
  it('knows half of a marker, and the signature of a token', () => {
    const mark = canary();
    expect(mark.length).toBeGreaterThanOrEqual(25);
    expect(scanSecrets([entry(`key ${mark.slice(0, 16)}…`)], [{ text: mark, what: 'it' }]).leaks).toHaveLength(1);
    const token = `eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.${'s'.repeat(43)}`;
    const taints = [{ text: token, what: 'it' }];
    expect(scanSecrets([entry(`sig=${'s'.repeat(43)}`)], taints).leaks).toHaveLength(1);
    expect(scanSecrets([entry('alg eyJhbGciOiJIUzI1NiJ9')], taints).leaks).toHaveLength(0);
  });
});
