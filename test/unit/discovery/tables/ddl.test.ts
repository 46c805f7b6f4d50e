import { describe, expect, it } from 'vitest';
import { applyChanges } from '../../../../src/discovery/tables/apply.ts';
import { emptyModel } from '../../../../src/discovery/tables/model.ts';
import { parseDdl } from '../../../../src/discovery/tables/sql/ddl/parse.ts';

function schema(sql: 'mysql' | 'sqlite', text: string) {
  const model = emptyModel(sql);
  const parsed = parseDdl(text, { file: 'a.sql', firstLine: 1, sql });
  const applied = applyChanges(model, 'a.sql', parsed.changes);
  const table = (name: string) => model.tables.get(name);
  return {
    model,
    table,
    does: applied.does,
    unclear: [...parsed.notUnderstood, ...applied.notUnderstood],
    columns: (name: string) => table(name)?.columns.map((one) => [one.name, one.type, one.nullable, one.default, one.generated]),
  };
}

describe('the DDL of MySQL', () => {
  it('is read as MySQL prints it back', () => {
    const seen = schema(
      'mysql',
      `/*!40101 SET NAMES utf8 */;
# a remark; with a semicolon
CREATE TABLE IF NOT EXISTS \`shop\`.\`orders\` (
  \`id\` INTEGER(11) UNSIGNED NOT NULL AUTO_INCREMENT,
  \`customer_id\` int NOT NULL,
  note varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT 'a;\\'b' COMMENT 'it''s, (so)',
  paid BOOLEAN DEFAULT false NOT NULL,
  total DECIMAL(10, 2) DEFAULT (1 + 2),
  amount numeric,
  state ENUM('open', 'it''s') NOT NULL DEFAULT 'open',
  at datetime(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  doubled decimal(10,2) GENERATED ALWAYS AS (total * 2) STORED,
  ratio double precision unsigned,
  \`key\` char,
  PRIMARY KEY (\`id\`),
  UNIQUE KEY \`by_note\` (\`note\`(10)),
  KEY (customer_id),
  FULLTEXT KEY words (note),
  KEY lowered ((lower(note)), at DESC),
  CONSTRAINT fk FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE ON UPDATE SET NULL,
  CONSTRAINT positive CHECK (total > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 PARTITION BY HASH (id) PARTITIONS 4;`,
    );
    expect(seen.unclear).toEqual([]);
    expect(seen.columns('orders')).toEqual([
      ['id', 'int unsigned', false, null, 'auto_increment'],
      ['customer_id', 'int', false, null, null],
      ['note', 'varchar(20)', true, "'a;\\'b'", null],
      ['paid', 'tinyint(1)', false, 'false', null],
      ['total', 'decimal(10,2)', true, '(1 + 2)', null],
      ['amount', 'decimal(10,0)', true, null, null],
      ['state', "enum('open','it''s')", false, "'open'", null],
      ['at', 'datetime(3)', false, 'CURRENT_TIMESTAMP(3)', null],
      ['doubled', 'decimal(10,2)', true, null, 'total * 2'],
      ['ratio', 'double unsigned', true, null, null],
      ['key', 'char(1)', true, null, null],
    ]);
    expect(seen.table('orders')).toMatchObject({
      at: { file: 'a.sql', line: 3 },
      primaryKey: { columns: ['id'] },
      uniques: [{ name: 'by_note', columns: ['note'] }],
      foreignKeys: [
        {
          name: 'fk',
          columns: ['customer_id'],
          table: 'customers',
          references: ['id'],
          onDelete: 'cascade',
          onUpdate: 'set null',
        },
      ],
      checks: [{ name: 'positive', expression: 'total > 0' }],
      indexes: [
        { name: 'customer_id', parts: ['customer_id'] },
        { name: 'words', method: 'fulltext' },
        { name: 'lowered', parts: ['(lower(note))', 'at DESC'] },
      ],
    });
  });

  it('is applied in order', () => {
    const seen = schema(
      'mysql',
      `CREATE TABLE a (id SERIAL PRIMARY KEY, b int, c int, KEY i (b));
ALTER TABLE a ADD COLUMN d text NOT NULL AFTER id, ADD (e int, f int), DROP c, CHANGE b bee bigint NOT NULL, MODIFY d varchar(9), ADD UNIQUE (e), ALGORITHM=INPLACE;
ALTER TABLE a ADD COLUMN z int FIRST, DROP INDEX i, RENAME COLUMN e TO ee, RENAME TO aa;
DELIMITER //
CREATE TRIGGER t BEFORE INSERT ON aa FOR EACH ROW BEGIN SET NEW.f = 1; SET NEW.ee = 2; END//
DELIMITER ;
CREATE UNIQUE INDEX u ON aa (f);
RENAME TABLE aa TO b;
INSERT INTO b VALUES (1), ('x;y');
CREATE TABLE c LIKE b;
DROP TABLE IF EXISTS nothing, c;
CREATE VIEW v AS SELECT * FROM b JOIN other o ON 1 = 1;`,
    );
    expect(seen.unclear).toEqual([]);
    expect(seen.columns('b')?.map(([name, type]) => `${name} ${type}`)).toEqual([
      'z int',
      'id bigint unsigned',
      'd varchar(9)',
      'bee bigint',
      'ee int',
      'f int',
    ]);
    expect(seen.table('b')?.uniques).toContainEqual({ name: 'e', columns: ['ee'] });
    expect(seen.table('b')?.indexes.map(({ name }) => name)).toEqual(['u']);
    expect([...seen.model.tables.keys()]).toEqual(['b']);
    expect(seen.model.views.get('v')?.reads).toEqual(['b', 'other']);
  });

  it.each([
    ['a table that no migration made', 'ALTER TABLE x ADD a int', 'no migration before this one makes the table x'],
    ['a table from a query', 'CREATE TABLE x AS SELECT 1', 'the columns of x follow from a query'],
    ['a statement that is none', 'CREATED TABLE x (a int)', 'CREATED begins no statement'],
    ['a table that ends too early', 'CREATE TABLE x (a int', 'expected )'],
    ['a call', 'CALL make_tables()', 'it runs code'],
  ])('says that it does not know %s', (_, text, why) => {
    expect(schema('mysql', `\n${text};`).unclear).toMatchObject([{ line: 2, why: expect.stringContaining(why) }]);
  });
});

describe('the DDL of SQLite', () => {
  it('is read with its own quotes, keys and options', () => {
    const seen = schema(
      'sqlite',
      `PRAGMA foreign_keys = ON;
CREATE TABLE "users" ([id] INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, 'name' VARCHAR (20) COLLATE NOCASE UNIQUE ON CONFLICT REPLACE,
  age INT DEFAULT -1 CHECK (age > -2), untyped, made TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  boss INTEGER REFERENCES users ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, UNIQUE (name, age) CHECK (age < 9)) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS i ON users (lower(name)) WHERE age IS NOT NULL;
ALTER TABLE users RENAME age TO years;
CREATE TRIGGER t AFTER UPDATE ON users BEGIN UPDATE users SET years = CASE WHEN 1 THEN 2 END; SELECT 1; END;
CREATE VIRTUAL TABLE f USING fts5(name);`,
    );
    expect(seen.unclear.map(({ why }) => why)).toEqual([expect.stringContaining('virtual table')]);
    expect(seen.columns('users')).toEqual([
      ['id', 'integer', false, null, 'autoincrement'],
      ['name', 'varchar(20)', true, null, null],
      ['years', 'int', true, '-1', null],
      ['untyped', '', true, null, null],
      ['made', 'timestamp', true, 'CURRENT_TIMESTAMP', null],
      ['boss', 'integer', true, null, null],
    ]);
    expect(seen.table('users')).toMatchObject({
      uniques: [{ columns: ['name'] }, { columns: ['name', 'years'] }],
      foreignKeys: [{ table: 'users', references: ['id'], onDelete: 'set null' }],
      indexes: [{ unique: true, where: 'years IS NOT NULL' }],
    });
    expect(seen.table('users')?.checks).toHaveLength(2);
  });

  it('rebuilds a table as SQLite must, by a copy that is renamed', () => {
    const seen = schema(
      'sqlite',
      'CREATE TABLE `t` (`id` integer); CREATE TABLE `__new_t` (`id` integer, `x` text); INSERT INTO `__new_t` SELECT * FROM `t`; DROP TABLE `t`; ALTER TABLE `__new_t` RENAME TO `t`;',
    );
    expect(seen.columns('t')?.map(([name]) => name)).toEqual(['id', 'x']);
    expect(seen.unclear).toEqual([]);
  });
});
