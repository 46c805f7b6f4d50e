// Prisma schemas, in one file or in a folder of them.
import type { Enumerator } from '@mrleebo/prisma-ast';
import type { SchemaPart, TableStack } from '../../../contract/tables.ts';
import { tablesOf } from '../../declared.ts';
import { isElsewhere } from '../../elsewhere.ts';
import type { Dialect } from '../../model.ts';
import { joinTables } from './join-tables.ts';
import { declaredOf, type Names, type PrismaEnum, type PrismaModel, prismaModel, relationsOf } from './model.ts';
import { blocksOf, type PlacedBlock, textArgument, unquoted } from './schema.ts';

const providers: Readonly<Record<string, Dialect>> = {
  postgresql: 'postgresql',
  postgres: 'postgresql',
  cockroachdb: 'postgresql',
  mysql: 'mysql',
  sqlite: 'sqlite',
  sqlserver: 'mssql',
  mongodb: 'mongodb',
};
const folderOf = (file: string): string => file.split('/').slice(0, -1).join('/');

/** The files of one schema: those below the folder of a file that names the data source. */
function schemasOf(files: readonly string[], text: (file: string) => string): readonly (readonly string[])[] {
  const heads = files.filter((file) => /^\s*datasource\s+\w+\s*\{/m.test(text(file)));
  const groups = new Map<string, string[]>(heads.map((file) => [file, [file]]));
  const loose: string[] = [];
  for (const file of files.filter((one) => !heads.includes(one))) {
    const within = heads
      .filter((head) => `${folderOf(file)}/`.startsWith(folderOf(head) === '' ? '' : `${folderOf(head)}/`))
      .sort((a, b) => folderOf(b).length - folderOf(a).length)[0];
    if (within === undefined) loose.push(file);
    else groups.get(within)?.push(file);
  }
  return [...groups.values(), ...(loose.length > 0 ? [loose] : [])];
}

function enumOf(block: PlacedBlock['block'] & { readonly type: 'enum' }): readonly [string, PrismaEnum] {
  const attributes = block.enumerators.flatMap((one) => (one.type === 'attribute' && 'kind' in one ? [one] : []));
  const mapped = new Map(
    block.enumerators
      .filter((one): one is Enumerator => one.type === 'enumerator')
      .map(
        (one) =>
          [
            one.name,
            textArgument(
              (one.attributes ?? []).find(({ name }) => name === 'map'),
              'name',
              0,
            ) ?? one.name,
          ] as const,
      ),
  );
  const name =
    textArgument(
      attributes.find((one) => one.name === 'map'),
      'name',
      0,
    ) ?? block.name;
  const schema = textArgument(
    attributes.find((one) => one.name === 'schema'),
    'name',
    0,
  );
  return [
    block.name,
    { name: schema === undefined || schema === 'public' ? name : `${schema}.${name}`, values: [...mapped.values()], mapped },
  ];
}

function partOf(blocks: readonly PlacedBlock[], o: { readonly scope: string; readonly files: readonly string[] }): SchemaPart {
  const models = new Map<string, PrismaModel>();
  const enums = new Map<string, PrismaEnum>();
  const views: string[] = [];
  let dialect: Dialect = 'postgresql';
  let keys = true;
  for (const placed of blocks) {
    const { block } = placed;
    if (block.type === 'model') models.set(block.name, prismaModel(placed, block));
    else if (block.type === 'view') views.push(prismaModel(placed, { ...block, type: 'model' }).table);
    else if (block.type === 'enum') enums.set(...enumOf(block));
    else if (block.type === 'datasource') {
      for (const one of block.assignments) {
        if (one.type !== 'assignment') continue;
        const value = unquoted(one.value);
        if (one.key === 'provider') dialect = providers[value ?? ''] ?? dialect;
        if (one.key === 'relationMode') keys = value !== 'prisma';
      }
    }
  }
  if (dialect === 'mongodb') keys = false;
  const names: Names = { models, enums, dialect, keys };
  const joined = dialect === 'mongodb' ? { declared: [], relations: [] } : joinTables(names);
  const used = new Map([...enums.values()].map((one) => [one.name, one.values]));
  return {
    source: { kind: 'models', stack: 'prisma', dialect, files: o.files },
    scope: o.scope,
    tables: tablesOf([...[...models.values()].map((model) => declaredOf(names, model)), ...joined.declared], dialect),
    enums: dialect === 'postgresql' ? [...used].map(([name, values]) => ({ name, values })) : [],
    views: views.map((name) => ({ name, materialized: false, reads: [] })),
    relations: [...joined.relations, ...(keys ? [] : [...models.values()].flatMap((model) => relationsOf(names, model)))],
    migrations: [],
  };
}

export const prisma: TableStack = {
  name: 'prisma',
  language: 'data',
  marks: ['@prisma/client'],
  reads: ['**/*.prisma'],
  knownFrom: 'https://www.prisma.io/docs/orm/reference/prisma-schema-reference (6.16)',
  present: (reading) => reading.files.some((file) => file.endsWith('.prisma') && !isElsewhere(file)),
  read(reading, say) {
    const files = reading.files.filter((file) => file.endsWith('.prisma') && !isElsewhere(file));
    const text = (file: string): string => reading.text(file) ?? '';
    return schemasOf(files, text).map((group) => {
      const blocks = group.flatMap((file) => {
        const read = blocksOf(text(file), file);
        for (const one of read.refused) say({ file, ...one, about: 'table', stack: 'prisma' });
        return read.blocks;
      });
      return partOf(blocks, { scope: reading.scope, files: group });
    });
  },
};
