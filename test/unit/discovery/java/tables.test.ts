import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { underscored } from '../../../../src/discovery/tables/adapters/jpa/naming.ts';
import { jpa } from '../../../../src/discovery/tables/adapters/jpa/stack.ts';
import { fixture, readWith } from '../grammar/scene.ts';

// The truth was written by hand from the specification and from Hibernate's guide: neither is to be had where this was made.
const folder = fixture('schema-map/fixtures/jpa');
const { tables: truth } = JSON.parse(readFileSync(path.join(folder, 'truth.json'), 'utf8')) as {
  readonly tables: readonly { readonly name: string; readonly columns: readonly string[] }[];
};
const byName = (names: readonly string[]): readonly string[] => [...names].sort();

async function map() {
  const { found, said, present } = await readWith(jpa, folder);
  return { tables: new Map(found.flatMap(({ tables }) => tables).map((one) => [one.name, one])), said, present };
}

describe('tables of Jakarta Persistence', () => {
  it('have the names and columns that Hibernate gives them', async () => {
    const { tables, present } = await map();
    expect(present).toBe(true);
    expect(byName([...tables.keys()])).toEqual(byName(truth.map(({ name }) => name)));
    for (const { name, columns } of truth)
      expect(byName(tables.get(name)?.columns.map((one) => one.name) ?? []), name).toEqual(byName(columns));
  });
  it('have types, and what may not be null', async () => {
    const { tables } = await map();
    const columns = new Map(
      tables.get('book_shelf')?.columns.map(({ name, type, nullable }) => [name, nullable ? `${type} null` : type]),
    );
    expect(Object.fromEntries(columns)).toMatchObject({
      title: 'character varying(120)',
      isbn: 'character varying(13) null',
      price: 'numeric(10,2) null',
      pages_total: 'integer',
      state: 'character varying(10) null',
      shop_code: 'character varying(8)',
    });
  });
  it('refer to each other, by tables between where there are many', async () => {
    const { tables } = await map();
    const keys = (name: string) =>
      tables.get(name)?.foreignKeys.map(({ columns, table, references }) => `${columns}>${table}.${references}`);
    expect(keys('book_shelf')).toEqual(['shop_code>branch.code']);
    expect(keys('book_shelf_authors')).toEqual(['works_id>book_shelf.id', 'authors_id>author.id']);
    expect(keys('long_loan')).toEqual(['id>loan.id']);
    expect(keys('person')).toEqual(['works_at>branch.code']);
    expect(keys('branch')).toEqual(['keeper_id>person.id']);
    expect(tables.get('branch')?.uniques.map(({ columns }) => columns)).toEqual([['keeper_id']]);
  });
  it('have their keys, unique constraints and indexes', async () => {
    const { tables } = await map();
    const book = tables.get('book_shelf');
    expect(book?.primaryKey?.columns).toEqual(['id']);
    expect(book?.uniques.map(({ columns }) => columns)).toEqual([['isbn'], ['isbn', 'shop_id']]);
    expect(book?.indexes.map(({ name, columns }) => [name, ...columns])).toEqual([['by_title', 'title', 'price']]);
    expect(book?.entity).toBe('Book');
  });
  it('are said where a type is not known', async () => {
    const { said } = await map();
    expect(said.map(({ file, line, what }) => [`${file.split('/').at(-1)}:${line}`, what])).toEqual([
      ['Book.java:48', 'Book.strange'],
    ]);
  });
});

describe('names of Spring Boot', () => {
  it.each([
    ['createdAt', 'created_at'],
    ['BookShelf', 'book_shelf'],
    ['userID', 'userid'],
    ['`order`', 'order'],
    ['line2Text', 'line2_text'],
    ['api.key', 'api_key'],
  ])('%s is %s', (written, expected) => expect(underscored.name(written)).toBe(expected));
});
