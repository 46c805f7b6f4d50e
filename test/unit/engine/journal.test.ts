import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Journal, readJournal } from '../../../src/engine/journal.ts';
import type { JournalEvent } from '../../../src/model/event.ts';

const phase = (name: string): JournalEvent => ({ type: 'phase-finished', phase: name, attempt: 1, durationMs: 1 });

describe('the journal of a run', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'bexpert-journal-'));
    file = path.join(folder, 'events.jsonl');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const write = async (...names: string[]) => {
    await using journal = await Journal.open({ path: file });
    await Promise.all(names.map((name) => journal.append(phase(name))));
  };
  const names = async (repair = false) => {
    const read = await readJournal(file, { repair });
    if (!read.ok) throw new Error(read.error.message);
    return read.value.map(({ event }) => (event.type === 'phase-finished' ? event.phase : event.type));
  };

  it('keeps events in the order of the calls, also when they are not awaited', async () => {
    await write('a', 'b', 'c');
    expect(await names()).toEqual(['a', 'b', 'c']);
  });

  it('binds each record to the one before it', async () => {
    await write('a', 'b');
    const read = await readJournal(file);
    if (!read.ok) throw new Error('unreadable');
    expect(read.value[1]?.previous).toBe(read.value[0]?.hash);
    expect(read.value[0]?.previous).toBe('0'.repeat(64));
  });

  it('cuts off a torn last line and goes on behind it', async () => {
    await write('a', 'b');
    await appendFile(file, '{"seq":2,"time":"2026-');
    expect(await names(true)).toEqual(['a', 'b']);
    const read = await readJournal(file);
    const last = read.ok ? read.value.at(-1) : undefined;
    if (last === undefined) throw new Error('no record');
    await using journal = await Journal.open({ path: file, last });
    await journal.append(phase('c'));
    expect(await names()).toEqual(['a', 'b', 'c']);
  });

  it('leaves the file alone when it only reads', async () => {
    await write('a');
    await appendFile(file, '{"torn');
    expect(await names()).toEqual(['a']);
    expect(await readFile(file, 'utf8')).toContain('{"torn');
  });

  it.each([
    ['a changed word', (text: string) => text.replace('"a"', '"x"'), 'line 1: its hash does not fit its content'],
    ['a removed line', (text: string) => text.split('\n').slice(1).join('\n'), 'line 1: a record is missing before it'],
    ['a line that is not JSON', (text: string) => text.replace('{', '['), 'line 1: it is not JSON'],
    [
      'two lines in the wrong order',
      (text: string) => text.split('\n').slice(0, 2).reverse().concat('').join('\n'),
      'line 1: a record is missing before it',
    ],
  ])('refuses %s', async (_, change, message) => {
    await write('a', 'b');
    await writeFile(file, change(await readFile(file, 'utf8')));
    const read = await readJournal(file);
    expect(read.ok ? 'read' : read.error.message).toContain(message);
  });

  it('does not overwrite a journal that is there', async () => {
    await write('a');
    await expect(Journal.open({ path: file })).rejects.toThrow('EEXIST');
  });
});
