// No key of the language does nothing. Every key of every part of the grammar has an entry here: what is seen without it and with it.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { grammar } from '../../src/playbook/grammar.ts';
import { addedLines, type Effect, type Effects, seenOn } from './effect.ts';

const files = readdirSync(import.meta.dirname).filter((file) => /^[a-z-]+\.ts$/.test(file) && file !== 'effect.ts');
const modules = await Promise.all(
  files.map(async (file) => (await import(pathToFileURL(path.join(import.meta.dirname, file)).href)) as Record<string, Effects>),
);
const known = new Map(modules.flatMap((module) => Object.entries(module)));

const full = process.env.BEXPERT_TEST === 'full';
/** A run takes a while: all of them in the full tier, every fifth of the quick ones in each other. Plans are all made. */
const runs = [...known].flatMap(([part, effects]) =>
  Object.entries(effects).flatMap(([key, effect]) =>
    'run' in effect && (full || effect.slow !== true) ? [`${part}.${key}`] : [],
  ),
);
const sampled: ReadonlySet<string> = new Set(runs.filter((_, index) => full || index % 5 === 0));

describe.each(Object.entries(grammar))('%s', (part, { properties }) => {
  const effects = known.get(part) ?? {};
  it('has no entry for a key that is none', () => {
    expect(Object.keys(effects).filter((key) => !Object.hasOwn(properties, key))).toEqual([]);
  });
  it.concurrent.each(Object.keys(properties))('`%s` does what it says', async (key) => {
    const effect: Effect | undefined = Object.hasOwn(effects, key) ? effects[key] : undefined;
    if (effect === undefined) {
      throw new Error(
        `Nothing shows what \`${part}.${key}\` does. Add an entry to test/liveness/${part}.ts:\n\n` +
          `  '${key}': { files: { 'playbook.yml': '…' }, run: verdict, without: 'fail', with: 'pass' },\n\n` +
          `A line of the files that begins with \`+\` is there only with the key. \`run\` (or \`plan\`, with \`why\` no run can show it)\n` +
          `says what is looked at; \`without\` and \`with\` say what is seen then.`,
      );
    }
    expect(addedLines(effect), 'the lines that begin with + hold the key').toMatch(new RegExp(`(^|[^\\w-])${key}(: |:$)`, 'm'));
    expect(effect.without).not.toEqual(effect.with);
    if ('run' in effect && !sampled.has(`${part}.${key}`)) return;
    expect(await seenOn(effect, 'without'), 'without the key').toEqual(effect.without);
    expect(await seenOn(effect, 'with'), 'with the key').toEqual(effect.with);
  });
});

it('every file here is of a part, or of several', () => {
  const strangers = [...known.keys()].filter((name) => !Object.hasOwn(grammar, name));
  expect(strangers).toEqual([]);
});
