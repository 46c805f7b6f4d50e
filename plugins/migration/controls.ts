// Negative controls: new migrations that no repository should accept, written in the layout that the tree uses.
import type { NegativeControl, WritableTree } from '../../src/plugin-api.ts';
import { migrationOf } from './files.ts';
import type { MigrationFinding } from './findings.ts';

interface Layout {
  /** A name that comes after all others. */
  readonly next: string;
  write(name: string, up: string, down: string): Promise<void>;
}

const control = 'CREATE TABLE bexpert_control (id integer PRIMARY KEY);\n';
const markers = [
  ['-- migrate:up', '-- migrate:down'],
  ['-- +goose Up', '-- +goose Down'],
  ['-- Up Migration', '-- Down Migration'],
  ['-- Up', '-- Down'],
  ['-- up', '-- down'],
] as const;

/** How this tree writes SQL migrations; undefined where it does not, or without a way back. */
async function layoutOf(tree: WritableTree): Promise<Layout | undefined> {
  const files = await tree.glob(['**/migrations/**/*.sql', '**/migrate/**/*.sql']);
  const newest = [...files].sort((a, b) => (migrationOf(a) < migrationOf(b) ? -1 : 1)).at(-1);
  if (newest === undefined) return undefined;
  const name = migrationOf(newest);
  const number = /^\d+/.exec(name)?.[0];
  if (number === undefined) return undefined;
  const next = `${(BigInt(number) + 1n).toString().padStart(number.length, '0')}${/^\d+([._-]*)/.exec(name)?.[1] ?? '_'}bexpert_control`;
  const pair = /^(.*\/)?([^/]*?)([._-])(?:up|down)\.sql$/.exec(newest);
  const folder = newest.slice(0, newest.lastIndexOf('/') + 1);
  if (pair !== null) {
    return {
      next,
      async write(as, up, down) {
        await tree.write(`${folder}${as}${pair[3]}up.sql`, up);
        await tree.write(`${folder}${as}${pair[3]}down.sql`, down);
      },
    };
  }
  if (/\/(up|down)\.sql$/.test(newest)) {
    const above = folder.replace(/[^/]+\/$/, '');
    return {
      next,
      async write(as, up, down) {
        await tree.write(`${above}${as}/up.sql`, up);
        await tree.write(`${above}${as}/down.sql`, down);
      },
    };
  }
  const text = await tree.read(newest);
  const marker = markers.find(([, down]) => text.includes(down));
  if (marker === undefined) return undefined;
  return {
    next,
    write: (as, up, down) => tree.write(`${folder}${as}.sql`, `${marker[0]}\n${up}\n${marker[1]}\n${down}`),
  };
}

/** Tables that the tree's own migrations create, the first one first. */
async function firstTable(tree: WritableTree): Promise<string | undefined> {
  for (const file of await tree.glob(['**/migrations/**/*.sql', '**/migrate/**/*.sql'])) {
    const match = /create\s+table\s+(?:if\s+not\s+exists\s+)?("?[\w.]+"?)/i.exec(await tree.read(file));
    if (match?.[1] !== undefined && !/bexpert_control/.test(match[1])) return match[1];
  }
  return undefined;
}

type Code = MigrationFinding['code'];

const withLayout = (o: {
  readonly name: string;
  readonly expects: Code;
  readonly up: (table: string) => string;
  readonly down: (table: string) => string;
}): NegativeControl<Code> => ({
  name: o.name,
  expects: o.expects,
  async apply(tree) {
    const layout = await layoutOf(tree);
    if (layout === undefined) return { notApplicable: 'there are no numbered SQL migrations with a way back' };
    const table = await firstTable(tree);
    if (table === undefined) return { notApplicable: 'no SQL migration creates a table' };
    await layout.write(layout.next, o.up(table), o.down(table));
    return 'applied';
  },
});

export const controls = [
  withLayout({
    name: 'a new migration with an empty down',
    expects: 'migration/no-down',
    up: () => control,
    down: () => '-- nothing\n',
  }),
  withLayout({
    name: 'a down that also drops a table of base',
    expects: 'migration/down-loses-data',
    up: () => control,
    down: (table) => `DROP TABLE bexpert_control;\nDROP TABLE ${table} CASCADE;\n`,
  }),
  withLayout({
    name: 'a down that leaves its table behind under another name',
    expects: 'migration/down-schema',
    up: () => control,
    down: () => 'ALTER TABLE bexpert_control RENAME TO bexpert_left;\n',
  }),
  withLayout({
    name: 'an up that empties a table of base',
    expects: 'migration/up-loses-data',
    up: (table) => `${control}TRUNCATE ${table} CASCADE;\n`,
    down: () => 'DROP TABLE bexpert_control;\n',
  }),
  withLayout({
    name: 'an up with a statement that fails',
    expects: 'migration/up-failed',
    up: (table) => `ALTER TABLE ${table} ADD COLUMN bexpert_control integer NOT NULL CHECK (bexpert_control > 0) DEFAULT 0;\n`,
    down: (table) => `ALTER TABLE ${table} DROP COLUMN bexpert_control;\n`,
  }),
] as const satisfies readonly NegativeControl<Code>[];
