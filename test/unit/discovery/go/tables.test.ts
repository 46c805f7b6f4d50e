import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { gormName } from '../../../../src/discovery/tables/adapters/gorm/naming.ts';
import { gorm } from '../../../../src/discovery/tables/adapters/gorm/stack.ts';
import { fixture, readWith } from '../grammar/scene.ts';

// The truth was written by hand from GORM's documentation: gorm.io/gorm is not to be had where this was made.
const folder = fixture('schema-map/fixtures/gorm');
const { tables: truth } = JSON.parse(readFileSync(path.join(folder, 'truth.json'), 'utf8')) as {
  readonly tables: readonly { readonly name: string; readonly columns: readonly string[] }[];
};
async function map() {
  const { found, said, present } = await readWith(gorm, folder);
  return { tables: new Map(found.flatMap(({ tables }) => tables).map((one) => [one.name, one])), said, present };
}

describe('tables of GORM', () => {
  it('have the names and columns that GORM gives them; what is only shown has none', async () => {
    const { tables, present } = await map();
    expect(present).toBe(true);
    expect([...tables.keys()].sort()).toEqual(truth.map(({ name }) => name).sort());
    for (const { name, columns } of truth)
      expect(
        tables.get(name)?.columns.map((one) => one.name),
        name,
      ).toEqual(columns);
  });
  it('have types, defaults and what may not be null', async () => {
    const { tables } = await map();
    const columns = tables.get('books')?.columns.map((one) => [one.name, one.type, one.nullable, one.default]);
    expect(columns?.slice(0, 13)).toEqual([
      ['id', 'bigint', false, null],
      ['created_at', 'timestamp with time zone', true, null],
      ['updated_at', 'timestamp with time zone', true, null],
      ['deleted_at', 'timestamp with time zone', true, null],
      ['isbn', 'character varying(13)', true, null],
      ['title', 'text', false, null],
      ['year', 'integer', true, null],
      ['state', 'text', true, 'new'],
      ['price_amount', 'bigint', true, null],
      ['price_currency', 'character varying(3)', true, null],
      ['data', 'bytea', true, null],
      ['printed_at', 'timestamp with time zone', true, null],
      ['owner_id', 'bigint', true, null],
    ]);
    expect(tables.get('parts_of_books')?.columns[0]?.type).toBe('uuid');
  });
  it('refer to each other from the side that has the column', async () => {
    const { tables } = await map();
    const keys = (name: string) =>
      tables.get(name)?.foreignKeys.map(({ columns, table, references }) => `${columns}>${table}.${references}`);
    expect(keys('books')).toEqual(['owner_id>members.id']);
    expect(keys('book_tags')).toEqual(['book_id>books.id', 'tag_name>tags.name']);
    expect(keys('parts_of_books')).toEqual(['in_book>books.id']);
    expect(keys('members')).toEqual(['invited_id>members.id']);
    expect(keys('cards')).toEqual(['member_id>members.id']);
  });
  it('have keys and indexes, of several columns where these name one', async () => {
    const { tables } = await map();
    expect(tables.get('cards')?.primaryKey?.columns).toEqual(['member_id']);
    expect(tables.get('books')?.indexes.map(({ columns, unique }) => [...columns, unique])).toEqual([
      ['isbn', true],
      ['title', 'year', false],
    ]);
  });
  it('of the old GORM refer without foreign keys, which it does not make', async () => {
    const old = mkdtempSync(path.join(os.tmpdir(), 'bexpert-gorm-'));
    try {
      writeFileSync(
        path.join(old, 'models.go'),
        `package shop

import "github.com/jinzhu/gorm"

type Author struct {
	gorm.Model
	Name string \`gorm:"unique_index"\`
}

type Book struct {
	gorm.Model
	Author   Author
	AuthorID uint
}
`,
      );
      const [part] = (await readWith(gorm, old)).found;
      expect(part?.tables.map(({ name, foreignKeys }) => [name, foreignKeys.length])).toEqual([
        ['authors', 0],
        ['books', 0],
      ]);
      expect(part?.relations.map(({ from, to, columns }) => [from, to, ...columns])).toEqual([['books', 'authors', 'author_id']]);
    } finally {
      rmSync(old, { recursive: true, force: true });
    }
  });
  it('are said where a type is not known', async () => {
    const { said } = await map();
    expect(said.map(({ file, line, what }) => [`${file}:${line}`, what])).toEqual([['books/books.go:32', 'Book.Strange']]);
  });
});

describe('names of GORM', () => {
  it.each([
    ['UserID', 'user_id'],
    ['HTTPName', 'http_name'],
    ['ISBN', 'isbn'],
    ['UserAPIID', 'user_api_id'],
    ['FavoriteByID', 'favorite_by_id'],
  ])('%s is %s', (written, expected) => expect(gormName(written)).toBe(expected));
});
