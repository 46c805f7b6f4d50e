import { describe, expect, it } from 'vitest';
import { formsOfSecrets, maskOf, maskStream, openHiding, secretsOf } from '../../../src/host/mask.ts';
import fc from '../../rig/property.ts';

const secret = 'correct-horse/battery+staple"7';

describe('the texts that are secret', () => {
  it('are the values of variables whose names say so', () => {
    const secrets = secretsOf({
      STRIPE_API_KEY: 'value-of-the-key',
      githubToken: 'value-of-the-token',
      'db-password': 'value-of-the-password',
      HOME: '/home/somebody',
      KEYBOARD_LAYOUT: 'qwertz-layout',
      SSH_AUTH_SOCK: '/run/agent.sock',
      PWD: '/home/somebody/project',
    });
    const mask = maskOf(secrets);
    expect(mask('value-of-the-key value-of-the-token value-of-the-password')).toBe('*** *** ***');
    expect(mask('/home/somebody/project qwertz-layout /run/agent.sock')).toBe(
      '/home/somebody/project qwertz-layout /run/agent.sock',
    );
  });
  it('leave out what is too short to be told from ordinary text', () => {
    expect(maskOf(secretsOf({ A_TOKEN: 'true' }))('true is true')).toBe('true is true');
  });
  it('include user and password of a URL, whatever its variable is called', () => {
    const mask = maskOf(secretsOf({ DATABASE_URL: 'postgres://orders:s3cr3t%2Fpass@db.internal/orders' }));
    expect(mask('password s3cr3t/pass, as written s3cr3t%2Fpass')).toBe('password ***, as written ***');
    expect(mask('connected to db.internal/orders')).toBe('connected to db.internal/orders');
  });
  it('leave the word postgres alone where it is the password of a development database', () => {
    const mask = maskOf(secretsOf({ DATABASE_URL: 'postgres://postgres:postgres@127.0.0.1/orders' }));
    expect(mask('postgres is ready: postgres://postgres:postgres@127.0.0.1')).toBe('postgres is ready: postgres://***@127.0.0.1');
  });
});

describe('masking', () => {
  const mask = maskOf(secretsOf({ MY_SECRET: secret }));
  it.each([
    ['plain', secret],
    ['base64', Buffer.from(secret).toString('base64')],
    ['base64url', Buffer.from(secret).toString('base64url')],
    ['hexadecimal', Buffer.from(secret).toString('hex')],
    ['URL encoding', encodeURIComponent(secret)],
    ['JSON', JSON.stringify({ secret })],
    ['basic authentication', `Basic ${Buffer.from(`user:${secret}`).toString('base64')}`],
  ])('covers the %s form', (_, text) => {
    expect(mask(text)).toContain('***');
    expect(mask(text)).not.toContain(text.slice(text.length - 20, text.length - 5));
  });
  it('masks the longer of two secrets of which one begins with the other', () => {
    expect(maskOf(secretsOf({ A_KEY: 'abcdefgh', B_KEY: 'abcdefghijkl' }))('abcdefghijkl')).toBe('***');
  });
  it('knows common shapes of keys without any variable', () => {
    const pem = '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----';
    expect(maskOf([])(`AKIAIOSFODNN7EXAMPLE ghp_${'a1'.repeat(18)} ${pem}`)).toBe('*** *** ***');
  });
  it('leaves a text without secrets alone', () => {
    fc.assert(fc.property(fc.string(), (text) => maskOf(secretsOf({ MY_SECRET: secret }))(text) === text));
  });
});

describe('masking a stream', () => {
  it('hides a secret however the stream is cut', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.array(fc.nat({ max: 400 }), { maxLength: 6 }), (before, after, cuts) => {
        const text = `${before}${secret}${after}`;
        const stream = maskStream(secretsOf({ MY_SECRET: secret }));
        const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b), text.length];
        let shown = '';
        for (const [index, place] of places.entries()) shown += stream.push(text.slice(places[index - 1] ?? 0, place));
        shown += stream.end();
        expect(shown).not.toContain(secret);
        expect(shown).toContain('***');
      }),
    );
  });
  it('gives everything else unchanged', () => {
    const stream = maskStream([]);
    const text = 'line\n'.repeat(1000);
    expect(stream.push(text.slice(0, 1234)) + stream.push(text.slice(1234)) + stream.end()).toBe(text);
  });
});

describe('a secret that becomes known on the way', () => {
  const late = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c2VyIn0.c2lnbmF0dXJl';
  it('is hidden from then on, also in texts that go through already, and in every form', () => {
    const hiding = openHiding([]);
    const stream = hiding.stream();
    const before = stream.push('begins\n'.repeat(100));
    hiding.hide(formsOfSecrets([late]));
    const after = stream.push(`sent ${late.slice(0, 20)}`) + stream.push(`${late.slice(20)}, done`) + stream.end();
    expect(before + after).toBe(`${'begins\n'.repeat(100)}sent ***, done`);
    expect(hiding.mask(`${late} ${Buffer.from(late).toString('base64')}`)).not.toMatch(/eyJ|ZXlK/);
  });
  it('asks for another look at what went through before', () => {
    const hiding = openHiding(['known-before']);
    const stream = hiding.stream();
    const shown = stream.push(`issued ${late}\n${'x'.repeat(400)}`);
    expect(shown).toContain(late);
    expect(stream.again?.()).toBeUndefined();
    hiding.hide(['known-before']);
    expect(stream.again?.()).toBeUndefined();
    hiding.hide([late]);
    const again = stream.again?.();
    expect((again?.push(shown) ?? '') + (again?.end() ?? '')).not.toContain(late);
  });
});
