import { describe, expect, it } from 'vitest';
import { fromXml, fromYaml } from '../../../../src/discovery/tables/adapters/liquibase/log.ts';
import { liquibase } from '../../../../src/discovery/tables/adapters/liquibase/stack.ts';
import { fixture, readWith } from '../grammar/scene.ts';

const folder = fixture('schema-map/fixtures/liquibase');
const logs = 'src/main/resources/db/changelog';

async function map() {
  const { found, said, present } = await readWith(liquibase, folder);
  return { part: found[0], said, present };
}

describe('change logs of Liquibase', () => {
  it('make the tables that they make in the order of their includes, for the database of the project', async () => {
    const { part, present } = await map();
    expect(present).toBe(true);
    const columns = part?.tables.map(({ name, columns: all }) => [
      name,
      all.map((one) => `${one.name} ${one.type} ${one.nullable}`),
    ]);
    expect(columns).toEqual([
      [
        'book',
        [
          'id bigint false',
          'isbn character varying(13) false',
          'title character varying(200) false',
          'since timestamp without time zone true',
        ],
      ],
      ['loan', ['id uuid false', 'state character varying(8) true', 'book_id bigint false']],
    ]);
    expect(part?.tables[1]?.columns[1]?.default).toBe("'open'");
  });
  it('make keys, unique constraints and indexes', async () => {
    const { part } = await map();
    const [book, loan] = part?.tables ?? [];
    expect(book?.primaryKey?.columns).toEqual(['id']);
    expect(book?.uniques).toEqual([{ name: 'one_isbn', columns: ['isbn'] }]);
    expect(book?.indexes.map(({ name, columns }) => [name, ...columns])).toEqual([['by_title', 'title']]);
    expect(loan?.foreignKeys).toMatchObject([
      { name: 'loan_of_book', columns: ['book_id'], table: 'book', references: ['id'], onDelete: 'cascade' },
    ]);
  });
  it('are migrations in their order', async () => {
    const { part } = await map();
    expect(part?.migrations.map(({ file, does }) => [file, does[0]])).toEqual([
      [`${logs}/parts/01-books.xml`, 'creates table book (5 columns)'],
      [`${logs}/parts/02-loans.yaml`, 'creates table loan (3 columns)'],
    ]);
  });
  it('are said where they are not in the tree, or written in SQL', async () => {
    const { said } = await map();
    expect(said.map(({ file, line, why }) => [`${file}:${line}`, why])).toEqual([
      [`${logs}/parts/01-books.xml:32`, 'what this change does is not read'],
      [`${logs}/master.xml:7`, 'the change log that it includes is not in the tree'],
    ]);
  });
  it('that do not parse, or whose aliases grow without end, are none', () => {
    expect(fromXml('<databaseChangeLog><changeSet></databaseChangeLog>')).toBeUndefined();
    expect(fromYaml('databaseChangeLog: [')).toBeUndefined();
    const more = 'abcdefgh'
      .split('')
      .map((name, n, all) => `${name}: &${name} [${n === 0 ? 1 : Array(9).fill(`*${all[n - 1]}`)}]`);
    expect(fromYaml([...more, 'databaseChangeLog: [*h, *h]'].join('\n'))).toBeUndefined();
  });
});
