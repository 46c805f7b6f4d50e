// What the models and migrations of each tool make, against what the tool itself made of them in a real database: fixtures/<stack>/truth.json,
// printed by the truth.mjs beside it, whose head says with which versions.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Outputs } from '../../src/plugin-api.ts';
import { testContext } from '../../src/testing.ts';
import plugin from './index.ts';
import type { manifest } from './manifest.ts';

type Mapped = Outputs<typeof manifest>;
interface Truth {
  readonly tables: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly primaryKeys: Readonly<Record<string, readonly string[]>>;
  readonly foreignKeys: readonly string[];
}
const fixtures = path.resolve(import.meta.dirname, 'fixtures');

/** The packages of which a project of this stack has the driver. */
const stacks: Readonly<Record<string, readonly string[]>> = {
  prisma: ['@prisma/client'],
  typeorm: ['typeorm', 'pg'],
  sequelize: ['sequelize', 'pg'],
  'sequelize-typescript': ['sequelize-typescript', 'pg'],
  drizzle: ['drizzle-orm', 'pg'],
  knex: ['knex', 'pg'],
  'typeorm-migrations': ['typeorm', 'pg'],
  'sequelize-migrations': ['sequelize', 'pg'],
  mongoose: ['mongoose'],
  'mikro-orm': ['@mikro-orm/core', '@mikro-orm/postgresql'],
};

function filesOf(stack: string, packages: readonly string[]): Record<string, string> {
  const folder = path.join(fixtures, stack);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(ts|js|prisma|sql)$/.test(file));
  return {
    'package.json': JSON.stringify({ dependencies: Object.fromEntries(packages.map((name) => [name, '*'])) }),
    ...Object.fromEntries(files.map((file) => [file, readFileSync(path.join(folder, file), 'utf8')])),
  };
}

function asTruth(outputs: Mapped): Truth {
  const plain = (type: string): string => type.replaceAll('"', '');
  return {
    tables: Object.fromEntries(
      outputs.tables.map((table) => [
        table.name,
        Object.fromEntries(
          table.columns.map(({ name, type, nullable }) => [name, nullable ? plain(type) : `${plain(type)} not null`]),
        ),
      ]),
    ),
    primaryKeys: Object.fromEntries(
      outputs.tables.flatMap(({ name, 'primary-key': key }) => (key === null ? [] : [[name, key.columns]])),
    ),
    foreignKeys: outputs.tables
      .flatMap(({ name, 'foreign-keys': keys }) =>
        keys.map((key) => `${name}(${key.columns}) -> ${key.table}(${key.references}) ${key['on-delete']}`),
      )
      .sort(),
  };
}
function truthOf(stack: string): Truth {
  const { tables, ...keys } = JSON.parse(readFileSync(path.join(fixtures, stack, 'truth.json'), 'utf8')) as Truth;
  const plain = (columns: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(columns).map(([name, type]) => [name, type.replaceAll('"', '')]));
  return { tables: Object.fromEntries(Object.entries(tables).map(([name, columns]) => [name, plain(columns)])), ...keys };
}

describe.each(Object.entries(stacks).filter(([stack]) => existsSync(path.join(fixtures, stack, 'truth.json'))))(
  'the tables of %s',
  (stack, packages) => {
    it('are those that the tool itself makes', async () => {
      const seen = await testContext(plugin, { candidate: filesOf(stack, packages) });
      if (seen.result === undefined) throw seen.failure;
      const outputs = seen.result.outputs as Mapped;
      expect(asTruth(outputs)).toEqual(truthOf(stack));
      expect(outputs['not-understood']).toEqual([]);
      expect(outputs.disagreements).toEqual([]);
    });
  },
);
