// One reading for all that ask for the same files: three context plugins of one run, or of one `bexpert map`, parse them once.
import type { NotUnderstood } from './contract/place.ts';
import type { Files, Reading } from './contract/reading.ts';
import { type GraphqlMap, graphqlFiles } from './graphql/model.ts';
import { openReading, type ReadingOptions } from './reading.ts';
import { type RouteMap, routesIn } from './routes/join.ts';
import { routeStacks, tableStacks } from './stacks.ts';

type Wanted = Omit<ReadingOptions, 'stacks'>;
/** By scope and globs. */
type Open = Map<string, Promise<Reading>>;

/** As long as the tree is there. */
const byTree = new WeakMap<Files, Open>();
/** Trees of the same content, as the steps of one run see them; as long as somebody reads them. */
const byHash = new Map<string, WeakRef<Open>>();

function openFor(tree: Files): Open {
  const own = byTree.get(tree) ?? (tree.hash === '' ? undefined : byHash.get(tree.hash)?.deref()) ?? new Map();
  byTree.set(tree, own);
  if (tree.hash !== '') byHash.set(tree.hash, new WeakRef(own));
  for (const [hash, ref] of byHash) if (ref.deref() === undefined) byHash.delete(hash);
  return own;
}

/** Opens a tree for every adapter. What ends the one who asked first ends nobody else. */
export async function sharedReading(wanted: Wanted): Promise<Reading> {
  const open = openFor(wanted.tree);
  const key = JSON.stringify([wanted.scope ?? '', wanted.files ?? []]);
  const known = open.get(key);
  if (known !== undefined) {
    const reading = await known.catch(() => undefined);
    wanted.signal?.throwIfAborted();
    if (reading !== undefined) return reading;
  }
  const opening = opened(wanted);
  open.set(key, opening);
  try {
    return await opening;
  } catch (error) {
    if (open.get(key) === opening) open.delete(key);
    throw error;
  }
}

async function opened(wanted: Wanted): Promise<Reading> {
  const stacks = await Promise.all([...routeStacks, ...tableStacks].map((load) => load()));
  return openReading({ ...wanted, stacks: [...stacks, graphqlFiles] });
}

const routeMaps = new WeakMap<Reading, RouteMap>();
/** All routes of a reading, found once. */
export async function sharedRoutes(reading: Reading): Promise<RouteMap> {
  const stacks = await Promise.all(routeStacks.map((load) => load()));
  const known = routeMaps.get(reading) ?? routesIn(reading, stacks);
  routeMaps.set(reading, known);
  return known;
}

const graphqlMaps = new WeakMap<Reading, { readonly map: GraphqlMap; readonly notUnderstood: readonly NotUnderstood[] }>();
/** The GraphQL of a reading, found once; the package that reads it is loaded when it is asked for. */
export async function graphqlOf(
  reading: Reading,
): Promise<{ readonly map: GraphqlMap; readonly notUnderstood: readonly NotUnderstood[] }> {
  const { graphqlIn } = await import('./graphql/map.ts');
  const known = graphqlMaps.get(reading) ?? graphqlIn(reading);
  graphqlMaps.set(reading, known);
  return known;
}
