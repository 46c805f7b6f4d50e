// The paths of a schema of Mongoose: https://mongoosejs.com/docs/schematypes.html
import type { Reading } from '../../../contract/reading.ts';
import { type Column, plainColumn } from '../../model.ts';
import {
  argumentsOf,
  bagOf,
  dotted,
  flagOf,
  followed,
  listOf,
  meaning,
  placeOf,
  type Spot,
  sqlLiteral,
  textOf,
} from '../code/spot.ts';

export interface Mongo {
  readonly reading: Reading;
  unclear(spot: Spot, why: string): void;
}
export interface PathSeen {
  readonly column: Column;
  readonly ref: string | undefined;
  readonly index: 'unique' | 'plain' | undefined;
}

const words: Readonly<Record<string, string>> = {
  string: 'String',
  number: 'Number',
  boolean: 'Boolean',
  bool: 'Boolean',
  date: 'Date',
  buffer: 'Buffer',
  objectid: 'ObjectId',
  mixed: 'Mixed',
  object: 'Mixed',
  any: 'Mixed',
  map: 'Map',
  array: 'Mixed[]',
  decimal128: 'Decimal128',
  bigint: 'BigInt',
  int32: 'Int32',
  double: 'Double',
  uuid: 'UUID',
  types: 'Mixed',
};
/** `String`, `Schema.Types.ObjectId`, `'string'`. */
export function wordOf(reading: Reading, spot: Spot): string | undefined {
  const text = textOf(reading, spot);
  const name =
    text ?? (spot.node.type === 'Identifier' || spot.node.type === 'MemberExpression' ? dotted(spot.node).at(-1) : undefined);
  return name === undefined ? undefined : words[name.toLowerCase()];
}
// `mongoose.Schema(…)` works without `new`.
const isSchema = (spot: Spot | undefined): boolean =>
  (spot?.node.type === 'NewExpression' || spot?.node.type === 'CallExpression') &&
  /^\w*Schema$/.test(dotted(spot.node).at(-1) ?? '');
/** The schema that an expression leads to. */
export function schemaAt(reading: Reading, spot: Spot): Spot | undefined {
  const at = followed(reading, spot);
  if (isSchema(at)) return at;
  const value = meaning(reading, spot);
  const made = value?.kind === 'made' ? { unit: value.unit, node: value.call } : undefined;
  return isSchema(made) ? made : undefined;
}

/** Paths below an object or a schema; those of objects within have their names before them: `address.city`. */
export function pathsOf(mongo: Mongo, o: { readonly spot: Spot; readonly prefix: string }, depth = 0): readonly PathSeen[] {
  const { reading } = mongo;
  const inner = schemaAt(reading, o.spot);
  if (inner !== undefined) {
    const [fields] = argumentsOf(inner);
    return fields === undefined || depth > 8 ? [] : pathsOf(mongo, { spot: fields, prefix: o.prefix }, depth + 1);
  }
  const bag = bagOf(reading, o.spot);
  if (bag === undefined || depth > 8) {
    mongo.unclear(o.spot, 'the paths of the schema are not known here');
    return [];
  }
  return [...bag].flatMap(([name, spot]): readonly PathSeen[] => {
    if (name === '...') {
      mongo.unclear(spot, 'some paths of the schema come from what is not known here');
      return [];
    }
    return pathOf(mongo, { name: `${o.prefix}${name}`, spot }, depth);
  });
}

function pathOf(mongo: Mongo, o: { readonly name: string; readonly spot: Spot }, depth: number): readonly PathSeen[] {
  const { reading } = mongo;
  const { name, spot } = o;
  const plain = (type: string): PathSeen => ({
    column: plainColumn(name, type, placeOf(spot)),
    ref: undefined,
    index: undefined,
  });
  const word = wordOf(reading, spot);
  if (word !== undefined) return [plain(word)];
  if (schemaAt(reading, spot) !== undefined) return pathsOf(mongo, { spot, prefix: `${name}.` }, depth + 1);
  const list = listOf(reading, spot);
  if (list !== undefined) {
    const [of] = list;
    const seen = of === undefined ? [plain('Mixed')] : elementOf(mongo, { name, spot: of }, depth);
    return seen.map((one) => (one.column.name === name ? arrayed(one) : one));
  }
  const bag = bagOf(reading, spot);
  if (bag === undefined) {
    mongo.unclear(spot, `the type of the path ${name} is not known here`);
    return [plain('Mixed')];
  }
  const type = bag.get('type');
  // `{ type: { … } }` is a path only where `type` is no path itself.
  if (type === undefined || (bagOf(reading, type) !== undefined && bagOf(reading, type)?.has('type') === true))
    return bag.size === 0 ? [plain('Mixed')] : pathsOf(mongo, { spot, prefix: `${name}.` }, depth + 1);
  const typed = pathOf(mongo, { name, spot: type }, depth + 1);
  const [first] = typed;
  if (first === undefined || first.column.name !== name) return typed;
  const required = bag.get('required');
  const listRequired = listOf(reading, required)?.[0];
  const unique = flagOf(reading, bag.get('unique')) === true;
  const indexed = flagOf(reading, bag.get('index')) === true;
  const ref =
    textOf(reading, bag.get('ref')) ??
    (bag.get('ref')?.node.type === 'Identifier' ? dotted(bag.get('ref')?.node ?? spot.node).at(-1) : undefined);
  return [
    {
      column: {
        ...first.column,
        nullable: !(flagOf(reading, required) === true || (listRequired !== undefined && flagOf(reading, listRequired) === true)),
        default: sqlLiteral(reading, bag.get('default')) ?? null,
        at: placeOf(spot),
      },
      ref: ref ?? first.ref,
      index: unique ? 'unique' : indexed ? 'plain' : undefined,
    },
  ];
}
function elementOf(mongo: Mongo, o: { readonly name: string; readonly spot: Spot }, depth: number): readonly PathSeen[] {
  const bag = bagOf(mongo.reading, o.spot);
  // Documents in a list are one path: they have no columns of their own.
  if (schemaAt(mongo.reading, o.spot) !== undefined || (bag !== undefined && !bag.has('type')))
    return [{ column: plainColumn(o.name, 'Document', placeOf(o.spot)), ref: undefined, index: undefined }];
  return pathOf(mongo, o, depth + 1);
}
const arrayed = (one: PathSeen): PathSeen => ({ ...one, column: { ...one.column, type: `${one.column.type}[]` } });
