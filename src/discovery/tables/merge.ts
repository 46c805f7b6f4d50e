// One map of what several sources say: each table once, as the source that knows best has it.
import type { Disagreement, Enum, Migration, Relation, SchemaPart, SourceKind, Table, View } from '../contract/tables.ts';
import { disagreementsOf } from './disagree.ts';
import { relationsOf } from './relations.ts';

export interface Merged {
  readonly tables: readonly (Table & { readonly source: SourceKind })[];
  readonly enums: readonly Enum[];
  readonly views: readonly View[];
  readonly relations: readonly Relation[];
  readonly migrations: readonly Migration[];
  readonly disagreements: readonly Disagreement[];
  readonly sources: readonly (SchemaPart['source'] & { readonly tables: number; readonly used: boolean })[];
}

/** The database itself, then what makes it, then what the code believes of it. */
const rank: Readonly<Record<SourceKind, number>> = { live: 0, migrations: 1, dump: 2, models: 3 };

/** `dialect`: of the project's drivers, where one is known. `holes`: was something of the migrations not understood? */
export function merge(
  parts: readonly SchemaPart[],
  o: { readonly dialect: string | undefined; readonly holes: boolean },
): Merged {
  const used = chosen(parts, o.dialect);
  const ordered = [...used].sort((a, b) => rank[a.source.kind] - rank[b.source.kind]);
  const believed = ordered.filter((part) => !isBehind(part, ordered));
  const tables = new Map<string, Table & { readonly source: SourceKind }>();
  for (const part of believed) {
    for (const table of part.tables) {
      const name = nameIn(tables, table.name);
      const known = name === undefined ? undefined : tables.get(name);
      if (known === undefined) tables.set(table.name, { ...table, source: part.source.kind });
      else tables.set(known.name, { ...together(known, table, o.holes && known.source === 'migrations'), source: known.source });
    }
  }
  const all = [...tables.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const first = <T extends { readonly name: string }>(lists: readonly (readonly T[])[]): readonly T[] => {
    const found = new Map<string, T>();
    for (const one of lists.flat()) if (!found.has(one.name)) found.set(one.name, one);
    return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  };
  // Enums of models have names that the database need not know.
  const enumSources = ordered.some(({ source }) => source.kind !== 'models')
    ? ordered.filter(({ source }) => source.kind !== 'models')
    : ordered;
  const named = enumSources.flatMap(({ enums }) => enums).length > 0 ? enumSources : ordered;
  const fromKeys = relationsOf(all);
  const told = ordered.flatMap(({ relations }) => relations).filter((one) => !fromKeys.some((known) => sameRelation(known, one)));
  return {
    tables: all,
    enums: first(named.map(({ enums }) => enums)),
    views: first(ordered.map(({ views }) => views)),
    relations: [...fromKeys, ...told],
    migrations: ordered.flatMap(({ migrations }) => migrations),
    disagreements: disagreementsOf(ordered),
    sources: parts.map((part) => ({ ...part.source, tables: part.tables.length, used: believed.includes(part) })),
  };
}

/**
 * Migrations that know a good part of the models' tables and lack more than a fifth of them were left behind by a tool that changes the
 * database without writing any, such as `drizzle-kit push`: what else they have may be gone long since.
 */
function isBehind(part: SchemaPart, all: readonly SchemaPart[]): boolean {
  if (part.source.kind !== 'migrations') return false;
  const models = all.filter(({ source }) => source.kind === 'models' && source.dialect === part.source.dialect);
  const declared = new Set(models.flatMap(({ tables }) => tables.map(({ name }) => name)));
  const made = new Set(
    all.filter(({ source }) => source.kind === 'migrations').flatMap(({ tables }) => tables.map(({ name }) => name)),
  );
  const shared = part.tables.filter(({ name }) => declared.has(name)).length;
  const lacking = [...declared].filter((name) => !made.has(name)).length;
  return shared > 0.3 * part.tables.length && lacking > 0.2 * declared.size;
}

const sameRelation = (a: Relation, b: Relation): boolean =>
  a.from === b.from && a.to === b.to && a.columns.join() === b.columns.join();

function nameIn(tables: ReadonlyMap<string, unknown>, name: string): string | undefined {
  return tables.has(name) ? name : undefined;
}

/** A database that runs has no files: `(service db)`. */
const isFile = (table: Table): boolean => !table.at.file.startsWith('(');

/** `more`: are columns that only the second knows taken, because the first may have missed them? */
function together(known: Table, other: Table, more: boolean): Table {
  const missing = more ? other.columns.filter(({ name }) => !known.columns.some((one) => one.name === name)) : [];
  return {
    ...known,
    entity: known.entity ?? other.entity,
    at: isFile(known) ? known.at : other.at,
    columns: [...known.columns, ...missing],
  };
}

/**
 * Of sources of one kind that say the same tables in several dialects, the one of the project's driver, or else the largest, is taken;
 * sources that share no tables all count.
 */
function chosen(parts: readonly SchemaPart[], dialect: string | undefined): readonly SchemaPart[] {
  const family = (kind: SourceKind): string => (kind === 'dump' ? 'migrations' : kind);
  const taken: SchemaPart[] = [];
  const preferred = (part: SchemaPart): number => Number(part.source.dialect === dialect) * 1e6 + part.tables.length;
  for (const part of [...parts].sort((a, b) => preferred(b) - preferred(a))) {
    const names = new Set(part.tables.map(({ name }) => name));
    const twin = taken.some(
      (one) =>
        family(one.source.kind) === family(part.source.kind) &&
        one.source.dialect !== part.source.dialect &&
        one.tables.some(({ name }) => names.has(name)),
    );
    if (!twin) taken.push(part);
  }
  return parts.filter((part) => taken.includes(part));
}
