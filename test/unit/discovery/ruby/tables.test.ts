import { describe, expect, it } from 'vitest';
import type { SchemaPart } from '../../../../src/discovery/contract/tables.ts';
import { railsTables } from '../../../../src/discovery/tables/adapters/rails.ts';
import { fixture, readWith } from '../grammar/scene.ts';

const columns = (part: SchemaPart | undefined, table: string) =>
  part?.tables
    .find(({ name }) => name === table)
    ?.columns.map(({ name, type, nullable }) => `${name} ${type}${nullable ? '' : ' not null'}`);

describe('tables of Rails', () => {
  it('are those of db/schema.rb, in words of PostgreSQL', async () => {
    const { found, said } = await readWith(railsTables, fixture('schema-map/fixtures/rails'));
    const [part] = found;
    expect(part?.tables.map(({ name }) => name)).toEqual(['books', 'authors', 'authors_prizes', 'events']);
    expect(columns(part, 'books')).toEqual([
      'id bigint not null',
      'slug character varying(80) not null',
      'price numeric(10,2)',
      'status status',
      'tags text[]',
      'author_id bigint not null',
      'created_at timestamp(6) without time zone not null',
      'sold_at timestamp without time zone',
    ]);
    expect(columns(part, 'authors')).toEqual(['id uuid not null', 'age smallint', 'score double precision']);
    expect(columns(part, 'events')).toEqual(['data jsonb']);
    expect(part?.tables.map(({ primaryKey }) => primaryKey?.columns ?? null)).toEqual([
      ['id'],
      ['id'],
      ['author_id', 'prize_id'],
      null,
    ]);
    const books = part?.tables[0];
    expect(books?.foreignKeys.map((key) => [key.columns, key.table, key.references, key.onDelete])).toEqual([
      [['author_id'], 'authors', ['id'], 'cascade'],
    ]);
    expect(books?.indexes.map(({ name, unique }) => [name, unique])).toEqual([
      ['index_books_on_author_id', false],
      ['index_books_on_slug', true],
    ]);
    expect(part?.enums).toEqual([{ name: 'status', values: ['open', 'closed'] }]);
    expect(said.map(({ line, why }) => [line, why])).toEqual([[32, 'what execute does to tables is not known from the text']]);
  });
  it('are what migrations leave, in their order, where there is no schema.rb', async () => {
    const { found, said } = await readWith(railsTables, fixture('schema-map/fixtures/rails-migrations'));
    const [part] = found;
    expect(columns(part, 'books')).toEqual([
      'id bigint not null',
      'author_id bigint not null',
      'owner_id bigint',
      'title text',
      'second_title character varying',
      'pages integer',
    ]);
    expect(columns(part, 'authors')).toEqual([
      'id bigint not null',
      'name character varying not null',
      'created_at timestamp(6) without time zone not null',
    ]);
    expect(columns(part, 'books_shelves')).toEqual(['book_id bigint not null', 'shelf_id bigint not null']);
    expect(part?.migrations.map(({ does, down }) => [does.length > 2, down !== null])).toEqual([
      [true, true],
      [true, false],
    ]);
    expect(said.map(({ what }) => what)).toEqual(["execute 'UPDATE books SET pages = 2'"]);
  });
});
