import type { Reading } from '../../../contract/reading.ts';
import type { Dialect, TableStack } from '../../../contract/tables.ts';
import { type GoStruct, GoStructs } from '../../../grammar/go/structs.ts';
import { childOf, within } from '../../../grammar/plain.ts';
import { tablesOf } from '../../declared.ts';
import { relationsOf } from '../../relations.ts';
import { GormModels } from './models.ts';

const stack = 'gorm';
const marks = [/^gorm\.io\/gorm$/, /^github\.com\/jinzhu\/gorm$/];
const drivers: readonly (readonly [RegExp, Dialect])[] = [
  [/^(gorm\.io\/driver|github\.com\/jinzhu\/gorm\/dialects)\/postgres$/, 'postgresql'],
  [/^(gorm\.io\/driver|github\.com\/jinzhu\/gorm\/dialects)\/mysql$/, 'mysql'],
  [/^(gorm\.io\/driver|github\.com\/(jinzhu\/gorm\/dialects|glebarez))\/sqlite$/, 'sqlite'],
];

/** Structs that embed gorm.Model or have tags of GORM, and what is handed to AutoMigrate; of what is only embedded there is no table. */
function modelsOf(structs: GoStructs, reading: Reading, files: readonly string[]): ReadonlySet<GoStruct> {
  const migrated = files.flatMap((file) => {
    if (!/\.(AutoMigrate|CreateTable)\(/.test(reading.text(file) ?? '')) return [];
    return within(reading.plain(file)?.tree, ['call_expression'])
      .filter((call) => /\.(AutoMigrate|CreateTable)$/.test(childOf(call, 'function')?.text ?? ''))
      .flatMap((call) => within(childOf(call, 'arguments'), ['composite_literal', 'call_expression']))
      .flatMap((one) => {
        const type = one.kind === 'composite_literal' ? childOf(one, 'type') : undefined;
        const made = /^new\((?<name>[\w.]+)\)$/.exec(one.text)?.groups?.name;
        return structs.struct(type?.text ?? made ?? '', file) ?? [];
      });
  });
  const embedded = new Set(
    structs.all.flatMap((one) =>
      one.fields
        .filter(({ embedded: is, tags }) => is || /\bembedded\b/i.test(tags.get('gorm') ?? ''))
        .flatMap(({ type }) => structs.struct(type.name, one.file) ?? []),
    ),
  );
  const marked = structs.all.filter(
    (one) =>
      !embedded.has(one) &&
      one.fields.some(({ type, tags, embedded: is }) => {
        const tag = tags.get('gorm');
        return (is && /(^|\.)gorm\.Model$/.test(type.name)) || (tag !== undefined && tag !== '-' && !/^-(:|$)/.test(tag));
      }),
  );
  return new Set([...migrated, ...marked]);
}

/** GORM, old and new: structs with their tags, what they embed, and tables between. */
export const gorm: TableStack = {
  name: stack,
  language: 'go',
  marks,
  present: (reading) => marks.some((mark) => reading.marked(mark).length > 0),
  read(reading, say) {
    const near = new Set(
      [...reading.facts.keys()]
        .filter((file) => file.endsWith('.go') && /gorm/.test(reading.text(file) ?? ''))
        .map((file) => file.replace(/\/?[^/]*$/, '')),
    );
    const files = [...reading.facts.keys()].filter((file) => file.endsWith('.go') && near.has(file.replace(/\/?[^/]*$/, '')));
    const structs = new GoStructs(files, (file) => reading.plain(file)?.tree);
    const dialect = drivers.find(([mark]) => reading.marked(mark).length > 0)?.[1] ?? 'postgresql';
    const models = modelsOf(structs, reading, files);
    const singular = files.some((file) => /SingularTable(\(\s*true\s*\)|:\s*true)/.test(reading.text(file) ?? ''));
    const declared = new GormModels({
      structs,
      dialect,
      singular,
      models,
      say: ({ file, line }, what, why) => say({ file, line, what, why, about: 'table', stack }),
    }).declared();
    const tables = tablesOf(declared, dialect);
    // The old GORM makes no foreign keys: it only follows them.
    const isOld = reading.marked('gorm.io/gorm').length === 0;
    return [
      {
        source: { kind: 'models', stack, dialect, files: [...new Set([...models].map(({ file }) => file))].sort() },
        scope: reading.scope,
        tables: isOld ? tables.map((table) => ({ ...table, foreignKeys: [] })) : tables,
        enums: [],
        views: [],
        relations: isOld ? relationsOf(tables) : [],
        migrations: [],
      },
    ];
  },
  knownFrom: 'https://gorm.io/docs/models.html (v1.30) and https://v1.gorm.io/docs/models.html (v1.9)',
};
