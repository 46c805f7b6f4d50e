// Schemas of Mongoose, and of @nestjs/mongoose: collections with their paths.
import type { Relation, TableStack } from '../../../contract/tables.ts';
import type { Part } from '../../change.ts';
import { type Declared, tablesOf } from '../../declared.ts';
import { type Column, plainColumn } from '../../model.ts';
import { pluralOf } from '../../plural.ts';
import { argumentsOf, bagOf, chainOf, dotted, flagOf, placeOf, type Spot, sourceOf, sqlLiteral, textOf } from '../code/spot.ts';
import { nestSchemas } from './nest.ts';
import { type Mongo, type PathSeen, pathsOf, schemaAt } from './paths.ts';

/** mongoose-legacy-pluralize: in lower case, and as many. */
const collectionName = (model: string): string => (/\d$/.test(model) ? model.toLowerCase() : pluralOf(model.toLowerCase()));

interface ModelSeen {
  readonly name: string;
  readonly collection: string | undefined;
  readonly schema: Spot;
  readonly spot: Spot;
}

export const mongoose: TableStack = {
  name: 'mongoose',
  language: 'ecma',
  marks: ['mongoose', '@Schema'],
  knownFrom: 'https://mongoosejs.com/docs/guide.html (9) and https://docs.nestjs.com/techniques/mongodb',
  present: (reading) => reading.marked('mongoose').length > 0 || reading.marked('@nestjs/mongoose').length > 0,
  read(reading, say) {
    const mongo: Mongo = {
      reading,
      unclear: (spot, why) =>
        say({ ...placeOf(spot), what: sourceOf(spot).slice(0, 80), why, about: 'table', stack: 'mongoose' }),
    };
    const models: ModelSeen[] = [];
    for (const { unit, node } of reading.js.callsNamed(new Set(['model', 'discriminator']))) {
      const spot = { unit, node };
      const [first, second, third] = argumentsOf(spot);
      const name = textOf(reading, first);
      const schema = second === undefined ? undefined : schemaAt(reading, second);
      if (name === undefined || schema === undefined) {
        if (second !== undefined && name !== undefined && reading.marked('mongoose').includes(unit.file))
          mongo.unclear(spot, `the schema of the model ${name} is not known here`);
        continue;
      }
      if (chainOf(spot).links.at(-1)?.name === 'model') models.push({ name, collection: textOf(reading, third), schema, spot });
    }
    const named = new Map<string, string>();
    const collectionOf = (one: ModelSeen): string =>
      one.collection ??
      textOf(reading, bagOf(reading, argumentsOf(one.schema)[1])?.get('collection')) ??
      collectionName(one.name);
    for (const one of models) named.set(one.name, collectionOf(one));
    const nest = nestSchemas(mongo);
    for (const one of nest) named.set(one.name, one.collection);
    const relations: Relation[] = [];
    const declaredOf = (o: {
      readonly name: string;
      readonly collection: string;
      readonly spot: Spot;
      readonly paths: readonly PathSeen[];
      readonly timestamps: readonly string[];
      readonly version: boolean;
      readonly ownId: boolean;
      readonly indexes: readonly Part[];
    }): Declared => {
      const at = placeOf(o.spot);
      const listed: Column[] = o.paths.map(({ column }) => column);
      if (!o.ownId && !listed.some(({ name }) => name === '_id'))
        listed.unshift({ ...plainColumn('_id', 'ObjectId', at), nullable: false });
      for (const name of o.timestamps) if (!listed.some((one) => one.name === name)) listed.push(plainColumn(name, 'Date', at));
      if (o.version) listed.push(plainColumn('__v', 'Number', at));
      const parts: Part[] = [{ kind: 'primary-key', key: { name: '_id_', columns: ['_id'] } }, ...o.indexes];
      for (const path of o.paths) {
        if (path.index !== undefined)
          parts.push({
            kind: 'index',
            key: {
              name: `${path.column.name}_1`,
              columns: [path.column.name],
              parts: [path.column.name],
              unique: path.index === 'unique',
              method: 'btree',
              where: null,
            },
          });
        const to = path.ref === undefined ? undefined : (named.get(path.ref) ?? collectionName(path.ref));
        if (to !== undefined)
          relations.push({
            from: o.collection,
            to,
            kind: path.column.type.endsWith('[]') ? 'many-to-many' : 'many-to-one',
            columns: [path.column.name],
            optional: path.column.nullable,
            through: null,
            names: [path.column.name],
          });
      }
      return { name: o.collection, entity: o.name, kind: 'collection', at, columns: listed, parts };
    };
    const declared = models.map((one): Declared => {
      const [fields, options] = argumentsOf(one.schema);
      const bag = bagOf(reading, options);
      const added = addedTo(reading, one.schema);
      const paths = [fields, ...added].flatMap((spot) => (spot === undefined ? [] : pathsOf(mongo, { spot, prefix: '' })));
      return declaredOf({
        name: one.name,
        collection: collectionOf(one),
        spot: one.spot,
        paths,
        timestamps: timestampsOf(reading, bag?.get('timestamps')),
        version: flagOf(reading, bag?.get('versionKey')) !== false,
        ownId: flagOf(reading, bag?.get('_id')) === false,
        indexes: indexesOf(mongo, one.schema),
      });
    });
    const all = [...declared, ...nest.map((one) => declaredOf({ ...one, version: one.versioned, ownId: false, indexes: [] }))];
    if (all.length === 0) return [];
    return [
      {
        source: {
          kind: 'models',
          stack: 'mongoose',
          dialect: 'mongodb',
          files: [...new Set(all.map(({ at }) => at.file))].sort(),
        },
        scope: reading.scope,
        tables: tablesOf(all, 'mongodb'),
        enums: [],
        views: [],
        relations,
        migrations: [],
      },
    ];
  },
};

function timestampsOf(reading: Mongo['reading'], spot: Spot | undefined): readonly string[] {
  if (spot === undefined || flagOf(reading, spot) === false) return [];
  const bag = bagOf(reading, spot);
  return ['createdAt', 'updatedAt'].flatMap((name) =>
    flagOf(reading, bag?.get(name)) === false ? [] : [textOf(reading, bag?.get(name)) ?? name],
  );
}

/** The calls of a method on the variable that holds a schema. */
function callsOn(reading: Mongo['reading'], schema: Spot, method: string): readonly Spot[] {
  const declarator = schema.node.parent;
  const variable =
    declarator?.type === 'VariableDeclarator' && declarator.id.type === 'Identifier' ? declarator.id.name : undefined;
  if (variable === undefined) return [];
  return reading.js
    .callsNamed(new Set([method]))
    .filter(({ unit, node }) => unit.file === schema.unit.file && dotted(node.callee).join('.') === `${variable}.${method}`)
    .map(({ unit, node }) => ({ unit, node }));
}
const addedTo = (reading: Mongo['reading'], schema: Spot): readonly Spot[] =>
  callsOn(reading, schema, 'add').flatMap((call) => argumentsOf(call).slice(0, 1));

function indexesOf({ reading }: Mongo, schema: Spot): readonly Part[] {
  return callsOn(reading, schema, 'index').flatMap((call): readonly Part[] => {
    const [fields, options] = argumentsOf(call);
    const bag = bagOf(reading, fields);
    if (bag === undefined) return [];
    const columns = [...bag.keys()];
    const parts = [...bag].map(([name, spot]) => (sqlLiteral(reading, spot) === '-1' ? `${name} DESC` : name));
    const name =
      textOf(reading, bagOf(reading, options)?.get('name')) ??
      [...bag].map(([key, spot]) => `${key}_${sqlLiteral(reading, spot)?.replaceAll("'", '') ?? '1'}`).join('_');
    return [
      {
        kind: 'index',
        key: {
          name,
          columns,
          parts,
          unique: flagOf(reading, bagOf(reading, options)?.get('unique')) === true,
          method: 'btree',
          where: null,
        },
      },
    ];
  });
}
