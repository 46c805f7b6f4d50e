// The catalogue of a database that runs, after the migrations of its service ran on it.
import type { SchemaPart, Table } from '../../src/discovery/index.ts';
import { type ExecHost, pluginError } from '../../src/plugin-api.ts';

interface OfTable {
  readonly table: string;
  readonly name: string;
}
export interface Catalogue {
  readonly tables: readonly { readonly name: string; readonly partitionOf: string | null }[];
  readonly columns: readonly (OfTable & Omit<Table['columns'][number], 'at'>)[];
  readonly constraints: readonly (OfTable & {
    readonly kind: 'p' | 'u' | 'f' | 'c';
    readonly columns: readonly string[];
    readonly to: string | null;
    readonly references: readonly string[] | null;
    readonly onDelete: string;
    readonly onUpdate: string;
    readonly expression: string | null;
  })[];
  readonly indexes: readonly (OfTable & Table['indexes'][number])[];
  readonly enums: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly views: readonly { readonly name: string; readonly materialized: boolean }[];
}

const actions: Readonly<Record<string, string>> = {
  a: 'no action',
  r: 'restrict',
  c: 'cascade',
  n: 'set null',
  d: 'set default',
};
const catalogueBytes = 64 * 1024 * 1024;

export async function liveSchema(host: ExecHost, service: string): Promise<SchemaPart> {
  const tree = host.trees.base;
  await using instance = await host.services.start(service, { tree });
  if (!/^postgres(ql)?:/.test(instance.url))
    throw pluginError({
      code: 'schema-map/no-database',
      message: `The service ${service} is no PostgreSQL database: its address starts with ${instance.url.split(':')[0]}:.`,
      hint: 'Name the database: `with: { service: db }`, where db says `uses: postgres` in bexpert.yml.',
    });
  const result = await host.commands.run('node', [host.asset('catalogue.mjs'), instance.url], {
    tree,
    services: [instance],
    keepBytes: catalogueBytes,
  });
  if (result.status !== 'exited' || result.exitCode !== 0 || result.truncated)
    throw pluginError({
      code: 'schema-map/unreadable',
      message: `The catalogue of the service ${service} cannot be read: ${result.stderr.trim().split('\n').at(-1) ?? result.status}.`,
      hint: 'The log of the service says more; leave `service:` out to map migrations and models alone.',
    });
  return partOf(JSON.parse(result.stdout) as Catalogue, service);
}

function partOf(catalogue: Catalogue, service: string): SchemaPart {
  const at = { file: `(service ${service})`, line: null };
  const tables = catalogue.tables.map(({ name, partitionOf }): Table => {
    const of = <T extends OfTable>(all: readonly T[]): readonly T[] => all.filter(({ table }) => table === name);
    const constraints = of(catalogue.constraints);
    const keys = (kind: 'p' | 'u') =>
      constraints.filter((one) => one.kind === kind).map((one) => ({ name: one.name, columns: one.columns }));
    return {
      name,
      entity: null,
      kind: 'table',
      at,
      columns: of(catalogue.columns).map(({ table: _, ...column }) => ({ ...column, at })),
      primaryKey: keys('p')[0] ?? null,
      uniques: keys('u'),
      foreignKeys: constraints
        .filter(({ kind }) => kind === 'f')
        .map((one) => ({
          name: one.name,
          columns: one.columns,
          table: one.to ?? '',
          references: one.references ?? [],
          onDelete: actions[one.onDelete] ?? 'no action',
          onUpdate: actions[one.onUpdate] ?? 'no action',
        })),
      checks: constraints
        .filter(({ kind }) => kind === 'c')
        .map(({ name: own, columns, expression }) => ({ name: own, columns, expression: expression ?? '' })),
      indexes: of(catalogue.indexes).map(({ table: _, ...index }) => index),
      partitionOf,
    };
  });
  return {
    source: { kind: 'live', stack: 'postgresql', dialect: 'postgresql', files: [] },
    scope: '',
    tables,
    enums: catalogue.enums,
    views: catalogue.views.map((one) => ({ ...one, reads: [] })),
    relations: [],
    migrations: [],
  };
}
