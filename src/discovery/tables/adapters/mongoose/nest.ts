// Classes with `@Schema()` and `@Prop()`: https://docs.nestjs.com/techniques/mongodb

import { plainColumn } from '../../model.ts';
import { pluralOf } from '../../plural.ts';
import { classesIn, type Member } from '../code/classes.ts';
import { argumentsOf, bagOf, dotted, flagOf, listOf, placeOf, type Spot, sqlLiteral, textOf } from '../code/spot.ts';
import { type Mongo, type PathSeen, wordOf } from './paths.ts';

export interface NestSchema {
  readonly name: string;
  readonly collection: string;
  readonly spot: Spot;
  readonly paths: readonly PathSeen[];
  readonly timestamps: readonly string[];
  readonly versioned: boolean;
}

const reflected: Readonly<Record<string, string>> = {
  string: 'String',
  number: 'Number',
  boolean: 'Boolean',
  Date: 'Date',
  ObjectId: 'ObjectId',
  bigint: 'BigInt',
  Buffer: 'Buffer',
  Map: 'Map',
};

export function nestSchemas(mongo: Mongo): readonly NestSchema[] {
  const { reading } = mongo;
  const users = new Set(reading.marked('@nestjs/mongoose'));
  const files = reading.marked('@Schema').filter((file) => users.has(file));
  // Classes that are only embedded in others have a schema and no collection; `MongooseModule.forFeature` names those that have one.
  const registered = new Set(
    reading.js.callsNamed(new Set(['forFeature', 'forFeatureAsync'])).flatMap(({ unit, node }) =>
      (listOf(reading, argumentsOf({ unit, node })[0]) ?? []).flatMap((one) => {
        const name = bagOf(reading, one)?.get('name');
        if (name === undefined) return [];
        return textOf(reading, name) ?? dotted(name.node).find((part) => part !== 'name') ?? [];
      }),
    ),
  );
  return classesIn(reading, files).flatMap((one): readonly NestSchema[] => {
    const decorator = one.decorators.find(({ name }) => name === 'Schema');
    if (decorator === undefined || (registered.size > 0 && !registered.has(one.name))) return [];
    const options = bagOf(reading, decorator.arguments[0]);
    const timestamps = options?.get('timestamps');
    const paths = one.members.flatMap((member) => pathOf(mongo, member) ?? []);
    return [
      {
        name: one.name,
        collection: textOf(reading, options?.get('collection')) ?? pluralOf(one.name.toLowerCase()),
        spot: one.spot,
        paths,
        timestamps: timestamps === undefined || flagOf(reading, timestamps) === false ? [] : ['createdAt', 'updatedAt'],
        versioned: flagOf(reading, options?.get('versionKey')) !== false,
      },
    ];
  });
}

function pathOf({ reading }: Mongo, member: Member): PathSeen | undefined {
  const prop = member.decorators.find(({ name }) => name === 'Prop');
  if (prop === undefined) return undefined;
  const [given] = prop.arguments;
  const bag = bagOf(reading, given);
  const list = listOf(reading, given) ?? listOf(reading, bag?.get('type'));
  const type = list?.[0] ?? bag?.get('type') ?? (bag === undefined ? given : undefined);
  const inner = bagOf(reading, type);
  const word = type === undefined ? undefined : (wordOf(reading, inner?.get('type') ?? type) ?? 'Mixed');
  const base = word ?? reflected[member.type?.name ?? ''] ?? 'Mixed';
  const array = list !== undefined || (word === undefined && member.type?.array === true);
  const ref = inner?.get('ref') ?? bag?.get('ref');
  return {
    column: {
      ...plainColumn(member.name, `${base}${array ? '[]' : ''}`, placeOf(member.spot)),
      nullable: flagOf(reading, bag?.get('required')) !== true,
      default: sqlLiteral(reading, bag?.get('default')) ?? null,
    },
    ref: textOf(reading, ref) ?? (ref === undefined ? undefined : dotted(ref.node).find((part) => part !== 'name')),
    index:
      flagOf(reading, bag?.get('unique')) === true ? 'unique' : flagOf(reading, bag?.get('index')) === true ? 'plain' : undefined,
  };
}
