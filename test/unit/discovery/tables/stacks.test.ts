import { describe, expect, it } from 'vitest';
import type { NotUnderstood } from '../../../../src/discovery/index.ts';
import { mapTables } from '../../../../src/discovery/index.ts';
import { filesOf } from '../../../rig/reading.ts';

async function mapped(files: Readonly<Record<string, string>>, packages: readonly string[]) {
  const dependencies = Object.fromEntries(packages.map((name) => [name, '*']));
  const tree = filesOf({ 'package.json': JSON.stringify({ dependencies }), ...files });
  return mapTables({ tree, scope: '', migrations: [], more: [], signal: new AbortController().signal, progress: () => {} });
}
const said = (all: readonly NotUnderstood[]) => all.map(({ file, line, why }) => `${file}:${line} ${why}`);

type Row = readonly [what: string, packages: readonly string[], text: string, more: Readonly<Record<string, string>>];

describe('what looks like a table and is none', () => {
  it.each<Row>([
    [
      'a class with columns and no @Entity',
      ['typeorm', 'pg'],
      "import { Column } from 'typeorm';\nexport class Dto { @Column() a: string; }",
      {},
    ],
    [
      'a class with @Entity of another package',
      ['typeorm', 'pg'],
      "import { Entity } from './ddd';\n@Entity() export class Order { id: number; }",
      {},
    ],
    [
      'define of something else',
      ['sequelize', 'pg'],
      "import 'sequelize';\nexport const x = (events) => events.define('clicked', { type: 'x' });",
      {},
    ],
    [
      'a Schema of another library',
      ['mongoose'],
      "import 'mongoose';\nimport { Schema } from 'normalizr';\nexport const user = new Schema('users', {});",
      {},
    ],
    [
      'a test',
      ['drizzle-orm', 'pg'],
      '',
      { 'test/a.ts': "import { pgTable, text } from 'drizzle-orm/pg-core';\nexport const t = pgTable('t', { a: text() });" },
    ],
    [
      'a built file',
      ['drizzle-orm', 'pg'],
      '',
      { 'dist/a.js': "import { pgTable, text } from 'drizzle-orm/pg-core';\nexport const t = pgTable('t', { a: text() });" },
    ],
    [
      'a query of Knex',
      ['knex', 'pg'],
      "import knex from 'knex';\nexport const rows = (db) => db('users').select('id').table('users');",
      {},
    ],
    [
      'an abstract entity of MikroORM',
      ['@mikro-orm/core'],
      "import { Entity, PrimaryKey } from '@mikro-orm/core';\n@Entity({ abstract: true }) export abstract class Base { @PrimaryKey() id: number; }",
      {},
    ],
    [
      'a migration in a folder of fixtures',
      ['knex', 'pg'],
      '',
      { 'fixtures/migrations/1.js': "exports.up = (knex) => knex.schema.createTable('t', (t) => t.increments());" },
    ],
  ])('%s', async (_, packages, text, more) => {
    const map = await mapped({ 'src/a.ts': text, ...more }, packages);
    expect(map.tables).toEqual([]);
    expect(said(map.notUnderstood)).toEqual([]);
  });
});

describe('what is not understood is said with its place', () => {
  it.each([
    [
      'a Prisma model with a mistake',
      ['@prisma/client'],
      { 'schema.prisma': 'datasource db {\n  provider = "mysql"\n}\nmodel A {\n  id Int @id\n}\nmodel B {\n  id Int @id(\n}\n' },
      "schema.prisma:7 Prisma's syntax is not followed",
      ['A'],
    ],
    [
      'a relation of TypeORM to nothing',
      ['typeorm', 'pg'],
      {
        'a.ts':
          "import { Entity, ManyToOne, PrimaryGeneratedColumn } from 'typeorm';\n@Entity() export class A {\n  @PrimaryGeneratedColumn() id: number;\n  @ManyToOne(() => Gone) gone: Gone;\n}",
      },
      'a.ts:4 what the relation points to is not known',
      ['a'],
    ],
    [
      'attributes of Sequelize that a function makes',
      ['sequelize', 'pg'],
      {
        'a.js':
          "const { DataTypes } = require('sequelize');\nmodule.exports = (sequelize) => sequelize.define('A', { name: DataTypes.STRING, ...made() });",
      },
      'a.js:2 some attributes of the model A come from what is not known here',
      ['As'],
    ],
    [
      'a column of Drizzle that a package makes',
      ['drizzle-orm', 'pg'],
      {
        'a.ts':
          "import { pgTable, text } from 'drizzle-orm/pg-core';\nimport { money } from 'money';\nexport const a = pgTable('a', {\n  name: text(),\n  price: money('price'),\n});",
      },
      'a.ts:5 the column price of the table a is not understood',
      ['a'],
    ],
    [
      'a table of Knex whose name is computed',
      ['knex', 'pg'],
      {
        'migrations/1.js':
          "exports.up = async (knex) => {\n  await knex.schema.createTable(process.env.TABLE, (t) => t.increments());\n  await knex.schema.createTable('b', (t) => { t.increments(); own(t); });\n};",
      },
      'migrations/1.js:2 the name of the table is not known here',
      ['b'],
    ],
    [
      'SQL that Sequelize puts together',
      ['sequelize', 'pg'],
      {
        'migrations/1.js':
          "module.exports = {\n  async up(queryInterface, Sequelize) {\n    await queryInterface.createTable('a', { id: Sequelize.INTEGER });\n    await queryInterface.sequelize.query(`ALTER TABLE ${name()} ADD x int`);\n  },\n};",
      },
      'migrations/1.js:4 the SQL is put together while it runs',
      ['a'],
    ],
    [
      'a table of TypeORM that the migrations do not make',
      ['typeorm', 'pg'],
      {
        'migrations/1-a.ts':
          "import { MigrationInterface, QueryRunner } from 'typeorm';\nexport class A1 implements MigrationInterface {\n  async up(queryRunner: QueryRunner) {\n    await queryRunner.query('CREATE TABLE a (id int)');\n    await queryRunner.dropColumn('b', 'x');\n  }\n}",
      },
      'migrations/1-a.ts:5 no migration before this one makes the table b',
      ['a'],
    ],
    [
      'paths of Mongoose that a function makes',
      ['mongoose'],
      {
        'a.js':
          "const mongoose = require('mongoose');\nconst s = new mongoose.Schema({ a: String,\n  ...more() });\nmodule.exports = mongoose.model('A', s);",
      },
      'a.js:3 some paths of the schema come from what is not known here',
      ['as'],
    ],
    [
      'an EntitySchema of MikroORM',
      ['@mikro-orm/core'],
      {
        'a.ts':
          "import { EntitySchema } from '@mikro-orm/core';\nexport const a = new EntitySchema({ name: 'A', properties: {} });",
      },
      'a.ts:2 an EntitySchema of MikroORM is not in the map',
      [],
    ],
  ] as const)('%s', async (_, packages, files, why, tables) => {
    const map = await mapped(files, packages);
    expect(said(map.notUnderstood).join('\n')).toContain(why);
    expect(map.tables.map(({ name }) => name)).toEqual(tables);
  });
});

describe('one model in the types of its database', () => {
  const prisma = (provider: string) =>
    `datasource db {\n  provider = "${provider}"\n}\nmodel A {\n  id Int @id @default(autoincrement())\n  s String?\n  b Boolean\n  d DateTime\n  n Decimal @db.Decimal(9, 2)\n}\n`;
  it.each([
    ['mysql', ['int', 'varchar(191)', 'tinyint(1)', 'datetime(3)', 'decimal(9,2)']],
    ['sqlite', ['integer', 'text', 'boolean', 'datetime', 'decimal(9,2)']],
    ['postgresql', ['integer', 'text', 'boolean', 'timestamp(3) without time zone', 'numeric(9,2)']],
  ])('of Prisma for %s', async (provider, types) => {
    const map = await mapped({ 'schema.prisma': prisma(provider) }, ['@prisma/client']);
    expect(map.tables[0]?.columns.map(({ type }) => type)).toEqual(types);
  });
  const entity = `import { Column, CreateDateColumn, Entity, PrimaryGeneratedColumn } from 'typeorm';
@Entity() export class A { @PrimaryGeneratedColumn() id: number; @Column() s: string; @Column({ length: 9 }) t: string; @Column() b: boolean; @CreateDateColumn() at: Date; }`;
  it.each([
    ['mysql2', ['int', 'varchar(255)', 'varchar(9)', 'tinyint', 'datetime(6)']],
    ['better-sqlite3', ['integer', 'varchar', 'varchar(9)', 'boolean', 'datetime']],
    ['pg', ['integer', 'character varying', 'character varying(9)', 'boolean', 'timestamp without time zone']],
  ])('of TypeORM for %s', async (driver, types) => {
    const map = await mapped({ 'a.ts': entity }, ['typeorm', driver]);
    expect(map.tables[0]?.columns.map(({ type }) => type)).toEqual(types);
  });
  const migration =
    "exports.up = (knex) => knex.schema.createTable('a', (t) => { t.increments(); t.string('s', 9); t.boolean('b'); t.timestamp('at'); t.json('j'); });";
  it.each([
    ['mysql', ['int unsigned', 'varchar(9)', 'tinyint(1)', 'timestamp', 'json']],
    ['sqlite3', ['integer', 'varchar(9)', 'boolean', 'datetime', 'json']],
    ['pg', ['integer', 'character varying(9)', 'boolean', 'timestamp with time zone', 'json']],
  ])('of Knex for %s', async (driver, types) => {
    const map = await mapped({ 'migrations/1.js': migration }, ['knex', driver]);
    expect(map.tables[0]?.columns.map(({ type }) => type)).toEqual(types);
  });
});

describe('several sources of one schema', () => {
  const model =
    "import { integer, pgTable, text, varchar } from 'drizzle-orm/pg-core';\nexport const orders = pgTable('orders', { id: integer().primaryKey(), note: varchar({ length: 9 }), extra: text() });";
  it('give each table once, and what they say differently is said', async () => {
    const map = await mapped(
      {
        'schema.ts': model,
        'drizzle/0000_a.sql':
          'CREATE TABLE "orders" ("id" integer PRIMARY KEY, "note" varchar(8) NOT NULL, "old" text);\nCREATE TABLE "left" ("id" int);',
      },
      ['drizzle-orm', 'pg'],
    );
    expect(map.tables.map(({ name, source, entity, columns }) => [name, source, entity, columns.map((one) => one.name)])).toEqual(
      [
        ['left', 'migrations', null, ['id']],
        ['orders', 'migrations', 'orders', ['id', 'note', 'old']],
      ],
    );
    expect(map.disagreements.map(({ what }) => what)).toEqual([
      'the table left is in the migrations and not in the models',
      'orders.note is character varying(9) in the models and character varying(8) in the migrations',
      'orders.note may be null in the models and not in the migrations',
      'the column orders.extra is in the models and not in the migrations',
      'the column orders.old is in the migrations and not in the models',
    ]);
  });
  it('take the models where migrations were not understood, so that no column is lost', async () => {
    const map = await mapped(
      {
        'schema.ts': model,
        'drizzle/0000_a.sql': 'CREATE TABLE "orders" ("id" integer PRIMARY KEY);\nDO $$ BEGIN EXECUTE 1; END $$;',
      },
      ['drizzle-orm', 'pg'],
    );
    expect(map.tables[0]?.columns.map(({ name }) => name)).toEqual(['id', 'note', 'extra']);
  });
  it('believe models that are far ahead of migrations, as where a tool pushes them without writing any', async () => {
    const tables = ['a', 'b', 'c'].map((name) => `export const ${name} = pgTable('${name}', { id: integer() });`);
    const map = await mapped(
      {
        'schema.ts': `import { integer, pgTable } from 'drizzle-orm/pg-core';\n${tables.join('\n')}`,
        'drizzle/0000_a.sql': 'CREATE TABLE "a" ("id" integer, "old" text);\nCREATE TABLE "gone" ("id" integer);',
      },
      ['drizzle-orm', 'pg'],
    );
    expect(map.tables.map(({ name, columns }) => [name, columns.length])).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 1],
    ]);
    expect(map.disagreements.map(({ what }) => what)).toContain('the table gone is in the migrations and not in the models');
  });
  it('leave out SQL of databases that are not read, and say so', async () => {
    const map = await mapped({ 'migrations/1.sql': 'CREATE TABLE a (id String) ENGINE = MergeTree() ORDER BY id;' }, []);
    expect(map.tables).toEqual([]);
    expect(said(map.notUnderstood)).toEqual([expect.stringContaining('it is SQL of ClickHouse')]);
  });
  it('take one dialect of a schema that is kept in several', async () => {
    const map = await mapped(
      {
        'migrations/mysql/1.sql': 'CREATE TABLE `orders` (`id` int unsigned AUTO_INCREMENT PRIMARY KEY);',
        'migrations/sqlite/1.sql': 'CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT);',
        'migrations/postgres/1.sql': 'CREATE TABLE orders (id serial PRIMARY KEY);',
      },
      ['mysql2'],
    );
    expect(map.tables.map(({ name, columns }) => [name, columns[0]?.type])).toEqual([['orders', 'int unsigned']]);
    expect(map.sources.map(({ dialect, used }) => [dialect, used])).toEqual(
      expect.arrayContaining([
        ['mysql', true],
        ['sqlite', false],
        ['postgresql', false],
      ]),
    );
  });
  it('are those of one service where a scope is asked for', async () => {
    const tree = filesOf({ 'a/migrations/1.sql': 'CREATE TABLE a (id int);', 'b/migrations/1.sql': 'CREATE TABLE b (id int);' });
    const map = await mapTables({
      tree,
      scope: 'b',
      migrations: [],
      more: [],
      signal: new AbortController().signal,
      progress: () => {},
    });
    expect(map.tables.map(({ name }) => name)).toEqual(['b']);
  });
});
