import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../src/main.ts';
import { here } from '../rig/here.ts';
import { edit, repositoryOf, scriptOf } from '../unit/engine/play.ts';
import { root } from './sources.ts';

type Value = Readonly<Record<string, unknown>>;

/** The schema with no room for fields that it does not name: what is in no type may be in no event. */
function strictly(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strictly);
  if (typeof value !== 'object' || value === null) return value;
  const all = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, strictly(part)]));
  return 'properties' in all ? { ...all, additionalProperties: false } : all;
}

const schema = JSON.parse(readFileSync(path.join(root, 'schema/event.schema.json'), 'utf8')) as Value;
const ajv = new Ajv2020({ strict: true, strictRequired: false });
ajv.addSchema(strictly(schema) as Value, 'event');
const fits = (definition: string, value: unknown): string => {
  const check = ajv.getSchema(`event#/$defs/${definition}`);
  if (check === undefined) throw new Error(`no definition ${definition}`);
  return check(value) === true ? '' : ajv.errorsText(check.errors);
};

const gate = (id: string, run: string) => `      - { id: ${id}, run: ${JSON.stringify(run)}, evidence: exit-code }`;
const files = {
  'bexpert.yml': 'bexpert: 1\n',
  'a.txt': 'wrong\n',
  'one.yml': scriptOf([edit('a.txt', 'wrong', 'nearly')], [edit('a.txt', 'nearly', 'right')]),
  'two.yml': scriptOf([{ run: 'echo 1 > b.txt' }], [{ run: 'echo 2 > b.txt' }]),
  'playbook.yml': `
bexpert: 1
name: events
phases:
  context:
    - { id: look, run: ls }
  first:
    kind: action
    steps:
      - { id: one, uses: script, with: { script: one.yml } }
  early:
    kind: verify
    steps:
${gate('a', 'grep -q right a.txt')}
    on-failure: { retry-from: first, attempts: 3 }
  second:
    kind: action
    steps:
      - { id: two, uses: script, with: { script: two.yml } }
  verify:
    steps:
${gate('c', 'true')}
      - { id: d, run: "there-is-no-such-command", level: warn }
      - { id: e, run: "true", if: run.ci }
deliver: { to: branch }
`,
};

describe('schema/event.schema.json', () => {
  const lines: Value[] = [];
  let records: Value[] = [];
  beforeAll(async () => {
    await using repository = await repositoryOf(files);
    const { io, printed } = here(repository.folder);
    const options = ['--reporter', 'json', '--sandbox', 'off', '--state', repository.state];
    expect(await main(['run', 'playbook.yml', ...options], io)).toBe(0);
    // A call that cannot be meant: a diagnostic takes the place of events.
    expect(await main(['run', 'missing.yml', ...options], io)).toBe(2);
    lines.push(
      ...printed()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Value),
    );
    const run = String(lines.find(({ type }) => type === 'run-started')?.run);
    const { runsFolder } = await import('../../src/commands/state-folder.ts');
    const folder = await runsFolder({ repo: repository.folder, state: repository.state }, io);
    const journal = await readFile(path.join(folder, run, 'events.jsonl'), 'utf8');
    records = journal
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Value);
  });

  it('describes every line of `--reporter json`', () => {
    expect(
      lines.map((line) => fits(line.type === 'diagnostic' ? 'DiagnosticLine' : 'RunEvent', line)).filter((why) => why !== ''),
    ).toEqual([]);
    expect([...new Set(lines.map(({ type }) => type))].sort()).toEqual(
      expect.arrayContaining([
        ...['attempt-finished', 'delivered', 'diagnostic', 'phase-finished', 'phase-started', 'retrying', 'run-finished'],
        ...['run-started', 'step-finished', 'step-started', 'tool-called', 'tree-ready'],
      ]),
    );
    expect(lines.some(({ again }) => again === true)).toBe(true);
  });

  it('describes every record of events.jsonl', () => {
    expect(records.map((record) => fits('JournalRecord', record)).filter((why) => why !== '')).toEqual([]);
    expect(records.length).toBeGreaterThan(20);
  });

  it('refuses events with a field of another type, without one, and with one that no type has', () => {
    for (const { event } of records.map((record) => ({ event: record.event as Value }))) {
      const [first = '', ...names] = Object.keys(event);
      expect(first).toBe('type');
      expect(fits('JournalEvent', { ...event, type: 'something-else' })).not.toBe('');
      expect(fits('JournalEvent', { ...event, another: 1 })).not.toBe('');
      const needed = names.filter(
        (name) => !['again', 'tree', 'candidate', 'actor', 'failure', 'result', 'state'].includes(name),
      );
      for (const name of needed) {
        if (name !== 'input') expect([name, fits('JournalEvent', { ...event, [name]: null })]).not.toEqual([name, '']);
        const { [name]: _, ...less } = event;
        expect([name, fits('JournalEvent', less)]).not.toEqual([name, '']);
      }
    }
  });
});
