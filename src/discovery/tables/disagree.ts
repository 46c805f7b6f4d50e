// Where code, migrations and the database say different things.
import type { Disagreement, SchemaPart, SourceKind, Table } from '../contract/tables.ts';

type Side = 'models' | 'migrations' | 'live';
const sideOf = (kind: SourceKind): Side => (kind === 'dump' ? 'migrations' : kind);
const words: Readonly<Record<Side, string>> = { models: 'the models', migrations: 'the migrations', live: 'the database' };

/** Tables that tools make for themselves; no model stands for them. */
const ownTables =
  /^(.*\.)?(_prisma_migrations|schema_migrations?|schemaversion|knex_migrations(_lock)?|SequelizeMeta|SequelizeData|migrations|typeorm_metadata|__drizzle_migrations|mikro_orm_migrations|flyway_schema_history|databasechangelog(lock)?|goose_db_version|pgmigrations|alembic_version|django_migrations|ar_internal_metadata|gorp_migrations|spatial_ref_sys)$/i;

export function disagreementsOf(parts: readonly SchemaPart[]): readonly Disagreement[] {
  const sides = new Map<Side, Map<string, Table>>();
  for (const part of parts) {
    // Collections have no schema that could differ.
    if (part.source.dialect === 'mongodb') continue;
    const side = sides.get(sideOf(part.source.kind)) ?? new Map<string, Table>();
    for (const table of part.tables) if (!side.has(table.name) && !ownTables.test(table.name)) side.set(table.name, table);
    sides.set(sideOf(part.source.kind), side);
  }
  const present = (['models', 'migrations', 'live'] as const).filter((side) => (sides.get(side)?.size ?? 0) > 0);
  if (present.length < 2) return [];
  const names = [...new Set(present.flatMap((side) => [...(sides.get(side)?.keys() ?? [])]))].sort();
  return names.flatMap((name) => {
    const tables = present.map((side) => ({ side, table: sides.get(side)?.get(name) }));
    const [has, hasNot] = split(tables, ({ table }) => table !== undefined);
    const at = has[0]?.table?.at ?? null;
    const [a, b] = [sidesOf(has), sidesOf(hasNot)];
    const missing: readonly Disagreement[] =
      hasNot.length === 0
        ? []
        : [{ table: name, column: null, what: `the table ${name} is in ${list(a)} and not in ${list(b)}`, in: a, notIn: b, at }];
    return [
      ...missing,
      ...ofColumns(
        name,
        has.flatMap(({ side, table }) => (table === undefined ? [] : [{ side, table }])),
      ),
    ];
  });
}

function ofColumns(name: string, tables: readonly { readonly side: Side; readonly table: Table }[]): readonly Disagreement[] {
  const columns = [...new Set(tables.flatMap(({ table }) => table.columns.map((one) => one.name)))];
  return columns.flatMap((column): readonly Disagreement[] => {
    const found = tables.map(({ side, table }) => ({ side, column: table.columns.find((one) => one.name === column) }));
    const [has, hasNot] = split(found, (one) => one.column !== undefined);
    const at = has[0]?.column?.at ?? null;
    const base = { table: name, column, at };
    if (hasNot.length > 0) {
      const [a, b] = [sidesOf(has), sidesOf(hasNot)];
      return [{ ...base, what: `the column ${name}.${column} is in ${list(a)} and not in ${list(b)}`, in: a, notIn: b }];
    }
    const [first, ...others] = found;
    const said: Disagreement[] = [];
    for (const other of others) {
      if (first?.column === undefined || other.column === undefined) continue;
      const sides = { in: [first.side], notIn: [other.side] };
      const [a, b] = [first.column, other.column];
      if (comparable(a.type) !== comparable(b.type))
        said.push({
          ...base,
          ...sides,
          what: `${name}.${column} is ${a.type || 'of no type'} in ${words[first.side]} and ${b.type || 'of no type'} in ${words[other.side]}`,
        });
      if (a.nullable !== b.nullable)
        said.push({
          ...base,
          ...sides,
          what: `${name}.${column} may be null in ${words[a.nullable ? first.side : other.side]} and not in ${words[a.nullable ? other.side : first.side]}`,
        });
    }
    return said;
  });
}

/** Names of enums are the tools' own, and lengths that a model leaves open are no difference. */
const comparable = (type: string): string => type.toLowerCase().replace(/^"|"$/g, '').replace(/\s+/g, ' ');

function split<T>(items: readonly T[], test: (item: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
const sidesOf = (items: readonly { readonly side: Side }[]): readonly Side[] => items.map(({ side }) => side);
const list = (sides: readonly Side[]): string => sides.map((side) => words[side]).join(' and ');
