import { mkdtemp, open as openFile, readdir, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LogFile } from '../../../src/engine/services/log-file.ts';
import { maskOf, maskStream, openHiding } from '../../../src/host/mask.ts';
import fc from '../../rig/property.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bexpert-log-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});
const secret = 'correct-horse-battery';
const streamOf = (...pieces: readonly (string | Uint8Array)[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(typeof piece === 'string' ? new TextEncoder().encode(piece) : piece);
      controller.close();
    },
  });
let count = 0;
const open = () => {
  const file = path.join(folder, `${++count}.log`);
  return { file, log: new LogFile(file, maskStream([secret])) };
};
const onDisk = async () =>
  Buffer.concat(await Promise.all((await readdir(folder)).map((name) => readFile(path.join(folder, name)))));

describe('the log of a service', () => {
  it('tells a gate what was written, and never has a secret on disk, also while it is written', async () => {
    const { file, log } = open();
    await log.follow(streamOf(`key=${secret.slice(0, 9)}`, `${secret.slice(9)} and `, 'more\n'.repeat(2000), 'last'));
    expect(await log.text()).toBe(`key=${secret} and ${'more\n'.repeat(2000)}last`);
    expect(await onDisk()).not.toContain(secret);
    expect(await readFile(file, 'utf8')).toMatch(/^key=\*\*\* and more\n/);
    expect((await stat(file)).mode & 0o077).toBe(0);
    await log[Symbol.asyncDispose]();
    expect(await readFile(file, 'utf8')).toBe(`key=*** and ${'more\n'.repeat(2000)}last`);
    expect(await readdir(folder)).toEqual([path.basename(file)]);
    expect((await onDisk()).includes(secret)).toBe(false);
  });
  it('is masked once more where a secret became known after it was written', async () => {
    const hiding = openHiding([]);
    const file = path.join(folder, `${++count}.log`);
    const log = new LogFile(file, hiding.stream());
    const text = `issued ${secret} für alle\n${'more\n'.repeat(2000)}`;
    await log.follow(streamOf(text));
    hiding.hide([secret]);
    expect(await log.text()).toBe(text);
    await log[Symbol.asyncDispose]();
    expect(await readFile(file, 'utf8')).toBe(text.replace(secret, '***'));
    expect(await log.text()).toBe(text.replace(secret, '***'));
    expect((await stat(file)).mode & 0o077).toBe(0);
    expect((await readdir(folder)).filter((name) => name.startsWith(path.basename(file)))).toEqual([path.basename(file)]);
  });
  it('shows what masking shows of the whole, however it comes in pieces', async () => {
    const pem = `-----BEGIN PRIVATE KEY-----\n${'MIIE'.repeat(500)}\n-----END PRIVATE KEY-----`;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.string(), fc.constantFrom(secret, pem, 'é…\n', secret.slice(3))), { maxLength: 12 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 700 })),
        async (parts, sizes) => {
          const whole = Buffer.from(parts.join(''), 'utf8');
          const pieces: Uint8Array[] = [];
          for (let at = 0; at < whole.length; ) {
            const size = sizes.next().value ?? 1;
            pieces.push(whole.subarray(at, at + size));
            at += size;
          }
          const { file, log } = open();
          await log.follow(streamOf(...pieces));
          expect(await log.text()).toBe(whole.toString('utf8'));
          await log[Symbol.asyncDispose]();
          expect(await readFile(file, 'utf8')).toBe(maskOf([secret])(whole.toString('utf8')));
          await rm(file);
        },
      ),
      { numRuns: process.env.BEXPERT_TEST === 'full' ? 1000 : 60 },
    );
  });
  it('reads on where it stood, also when asked by several at once, and in the middle of a character', async () => {
    const { file, log } = open();
    const letter = new TextEncoder().encode('é');
    await log.follow(streamOf('first\n'.repeat(300_000)));
    expect((await log.text()).length).toBe(1_800_000);
    // Whoever reads from the start again would meet this.
    await using sealed = await openFile(`${file}.sealed`, 'r+');
    await sealed.write(Buffer.alloc(1000), 0, 1000, 0);
    await log.follow(streamOf('second ', letter.slice(0, 1), letter.slice(1)));
    const texts = await Promise.all([log.text(), log.text(), log.text()]);
    expect(new Set(texts)).toEqual(new Set([`${'first\n'.repeat(300_000)}second é`]));
    const [last] = await Promise.all([log.text(), log[Symbol.asyncDispose]()]);
    expect(last).toBe(texts[0]);
    expect(await log.text()).toBe(texts[0]);
  });
  it('says where it is not complete', async () => {
    const { log } = open();
    const broken = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.error(new Error('more than 16 MiB were not read'));
      },
    });
    await log.follow(broken);
    expect(await log.text()).toBe('\n[the log is not complete: more than 16 MiB were not read]\n');
    await log[Symbol.asyncDispose]();
  });
  it('hears a word that comes in two pieces, and not what an earlier start said', async () => {
    const { log } = open();
    const first = log.section('listening');
    await log.follow(streamOf('now list', 'ening\n'));
    expect(first.heard).toBe(true);
    const second = log.section('listening');
    expect(second.heard).toBe(false);
    await log.follow(streamOf('x'.repeat(5000), 'the end\n'));
    expect([second.heard, second.tail.endsWith('xthe end'), second.tail.length]).toEqual([false, true, 1999]);
    await log[Symbol.asyncDispose]();
  });
});
