import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SchemaPart } from '../../../../src/discovery/contract/tables.ts';
import { alembic } from '../../../../src/discovery/tables/adapters/alembic.ts';
import { djangoTables } from '../../../../src/discovery/tables/adapters/django.ts';
import { sqlalchemy } from '../../../../src/discovery/tables/adapters/sqlalchemy.ts';
import { readingOf } from '../../../rig/reading.ts';
import { fixture, readWith } from '../grammar/scene.ts';

type Row = readonly [table: string, column: string, type: string, nullable: boolean];
const byName = (a: Row, b: Row): number => (`${a[0]} ${a[1]}` < `${b[0]} ${b[1]}` ? -1 : 1);
const rows = (part: SchemaPart | undefined): readonly Row[] =>
  (part?.tables ?? [])
    .flatMap(({ name, columns }) => columns.map((one): Row => [name, one.name, one.type, one.nullable]))
    .sort(byName);
const truth = (folder: string): readonly Row[] =>
  (JSON.parse(readFileSync(path.join(folder, 'truth.json'), 'utf8')) as { readonly columns: readonly Row[] }).columns.toSorted(
    byName,
  );

describe('tables of SQLAlchemy', () => {
  const folder = fixture('schema-map/fixtures/sqlalchemy');
  it('are those that its own metadata has, with types and what may be null', async () => {
    const { found, said } = await readWith(sqlalchemy, folder);
    expect(rows(found[0])).toEqual(truth(folder));
    expect(found[0]?.tables.map(({ name }) => name)).not.toContain('shelves');
    expect(said).toEqual([]);
  });
  it('are found beside functions that give what they give themselves', async () => {
    const reading = await readingOf({
      'models.py': [
        'from sqlalchemy import Column, Integer',
        'from sqlalchemy.orm import DeclarativeBase',
        'def again():',
        '    return again()',
        'def other():',
        '    return another()',
        'def another():',
        '    return other()',
        'class Base(DeclarativeBase):',
        '    pass',
        'class Shelf(Base):',
        '    __tablename__ = "shelves"',
        '    id = Column(Integer, primary_key=True)',
        '    name = again().column()',
        '    size = other().column()',
        '',
      ].join('\n'),
    });
    const [part] = sqlalchemy.read(reading, () => {});
    expect(rows(part)).toEqual([['shelves', 'id', 'integer', false]]);
  });
  it('have keys, indexes and enums', async () => {
    const { found } = await readWith(sqlalchemy, folder);
    const table = (name: string) => found[0]?.tables.find((one) => one.name === name);
    expect(table('book_tags')?.primaryKey?.columns).toEqual(['book_id', 'tag']);
    expect(table('people')?.uniques.map(({ columns }) => columns)).toEqual([['first', 'last'], ['code']]);
    const keys = table('books')?.foreignKeys.map((key) => [key.columns[0], key.table, key.onDelete]);
    expect(keys).toContainEqual(['owner_id', 'people', 'set null']);
    expect(keys).toContainEqual(['author_id', 'people', 'no action']);
    expect(keys).toHaveLength(2);
    expect(table('books')?.indexes.map(({ name }) => name)).toEqual(['by_title', 'ix_books_title']);
    expect(found[0]?.enums).toContainEqual({ name: 'state', values: ['OPEN', 'CLOSED'] });
  });
});

describe('migrations of Alembic', () => {
  it('are applied in the order of their revisions', async () => {
    const { found, said } = await readWith(alembic, fixture('schema-map/fixtures/alembic'));
    expect(rows(found[0])).toEqual([
      ['books', 'author_id', 'bigint', true],
      ['books', 'id', 'integer', false],
      ['books', 'pages', 'integer', false],
      ['books', 'title', 'text', false],
      ['notes', 'text', 'text', true],
      ['people', 'created_at', 'timestamp with time zone', false],
      ['people', 'full_name', 'character varying(80)', true],
      ['people', 'id', 'bigint', false],
      ['people', 'updated_at', 'timestamp with time zone', true],
    ]);
    expect(
      found[0]?.tables.find(({ name }) => name === 'books')?.foreignKeys.map(({ table, onDelete }) => [table, onDelete]),
    ).toEqual([['people', 'cascade']]);
    expect(found[0]?.migrations.map(({ file, down }) => [file, down !== null])).toEqual([
      ['migrations/versions/a1_start.py', true],
      ['migrations/versions/b2_change.py', false],
    ]);
    expect(said.map(({ line, why }) => [line, why])).toEqual([[18, 'what execute does to tables is not known from the text']]);
  });
});

describe('tables of Django', () => {
  const folder = fixture('schema-map/fixtures/django');
  it('are those that its own registry of models has', async () => {
    const { found, said } = await readWith(djangoTables, folder);
    const { columns } = JSON.parse(readFileSync(path.join(folder, 'truth.json'), 'utf8')) as {
      readonly columns: readonly unknown[];
    };
    expect(rows(found[0]).map(([table, column, , nullable]) => [table, column, nullable])).toEqual(columns);
    expect(said).toEqual([]);
  });
  it('have types in words of PostgreSQL, keys of what they point to, and the tables between', async () => {
    const { found } = await readWith(djangoTables, folder);
    const table = (name: string) => found[0]?.tables.find((one) => one.name === name);
    const types = (name: string) => Object.fromEntries(table(name)?.columns.map((one) => [one.name, one.type]) ?? []);
    expect(types('all_books')).toMatchObject({
      id: 'bigint',
      slug: 'character varying(50)',
      price: 'numeric(8,2)',
      author_id: 'uuid',
      read_by: 'bigint',
      data: 'jsonb',
    });
    expect(types('shelf_author')).toMatchObject({
      id: 'uuid',
      name: 'character varying(300)',
      born: 'date',
      created_at: 'timestamp with time zone',
    });
    expect(types('shelf_comic')).toEqual({ book_ptr_id: 'bigint', colours: 'smallint' });
    expect(table('all_books_genres')?.foreignKeys.map((key) => [key.columns, key.table])).toEqual([
      [['book_id'], 'all_books'],
      [['genre_id'], 'shelf_genre'],
    ]);
    expect(table('all_books')?.uniques.map(({ columns }) => columns)).toContainEqual(['author_id', 'slug']);
    expect(table('shelf_placed')?.uniques).toEqual([{ name: 'once', columns: ['book_id', 'shelf_id'] }]);
    expect(table('shelf_member')?.entity).toBe('Member');
  });
  it('come with what migrations do, and whether there is a way back', async () => {
    const { found } = await readWith(djangoTables, folder);
    expect(found[0]?.migrations).toEqual([
      {
        file: 'books/migrations/0001_start.py',
        does: ['creates model genre', 'adds field price to book', 'runs Python'],
        down: null,
      },
    ]);
  });
});
