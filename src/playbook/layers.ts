// The files that a plan is made of, in their order, and all of them as one tree.
import path from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import { valueWords } from '../registry/type-words.ts';
import { valueProblems } from '../registry/value-problem.ts';
import type { Complaints } from './complaints.ts';
import { grammar } from './grammar.ts';
import { loadPlaybook } from './load.ts';
import { lastingRemoved, merge, normalised } from './merge.ts';
import { type Rename, renames } from './renames.ts';
import type { ReuseReaders } from './reuse.ts';
import type { Location } from './reuse-address.ts';
import { topLevel } from './shape.ts';
import { Source } from './source.ts';
import { field, type Node, nodeOf, plain } from './tree.ts';

export interface Layer {
  readonly source: Source;
  readonly location: Location;
  /** `template`: brought in by `extends`. */
  readonly role: 'playbook' | 'bexpert.yml' | 'template';
  /** Of a template: whose. */
  readonly of?: 'playbook' | 'bexpert.yml';
  /** Files that it builds on. */
  readonly on?: readonly Source[];
  /** Its value, with included steps in their places. */
  readonly root: Node;
}
export interface Layers {
  readonly playbook: Source;
  readonly ownFile: Source | undefined;
  /** From the lowest to the highest. */
  readonly list: readonly Layer[];
  /** Files whose steps are included. */
  readonly included: readonly Source[];
  /** All of them merged; undefined where none of them is a map. */
  readonly root: Node | undefined;
  /** Every file could be read as YAML. */
  readonly sound: boolean;
  /** Diagnostics with the lines that bring their files in. */
  withOrigin(list: readonly Diagnostic[]): readonly Diagnostic[];
}

export interface LayersRequest extends ReuseReaders {
  readonly playbook: string;
  /** Text of a file of the scope, or undefined where there is none. */
  readonly readScope: (file: string) => Promise<string | undefined>;
  /** Keys under old names; default: those of the language. */
  readonly renames?: readonly Rename[];
}

/** Undefined: there is no such playbook. */
export async function readLayers(request: LayersRequest, complaints: Complaints): Promise<Layers | undefined> {
  const { cwd, scopeFolder } = request;
  const loaded = await loadPlaybook({ playbook: request.playbook, cwd, scopeFolder, read: request.readPlaybook, complaints });
  const ownPath = path.join(scopeFolder, 'bexpert.yml');
  const text = loaded?.path === ownPath ? undefined : await request.readScope('bexpert.yml');
  const ownFile = text === undefined ? undefined : Source.of(path.relative(cwd, ownPath) || 'bexpert.yml', text);
  if (loaded === undefined) return undefined;
  const playbook = {
    source: loaded.source,
    location: loaded.shipped ? shippedAt(loaded.path) : fileAt(loaded.path),
    role: 'playbook',
  } as const;
  const own = ownFile === undefined ? [] : ([{ source: ownFile, location: fileAt(ownPath), role: 'bexpert.yml' }] as const);
  const starts = loaded.shipped ? [playbook, ...own] : [...own, playbook];
  const reading = starts.some(({ source }) => /\b(extends|include)\b/.test(source.text))
    ? await (await import('./extends.ts')).readReused({ starts, readers: request, complaints })
    : undefined;
  const written: readonly Layer[] =
    reading?.layers ??
    starts.map((start) => ({ ...start, root: normalised(nodeOf(start.source.value, { source: start.source, path: [] })) }));
  const list = await withNewNames(written, request.renames ?? renames, complaints);
  const included = reading?.included ?? [];
  for (const { source } of list) complaints.also(source.problems);
  const maps = list.filter(({ source, root }) => source.value !== undefined && isMap(root, complaints));
  complainUnversioned(maps, complaints);
  return {
    playbook: loaded.source,
    ownFile,
    list,
    included,
    root: merged(maps, complaints),
    sound: maps.length === list.length && included.every(({ value }) => value !== undefined),
    withOrigin: (diagnostics) => reading?.reuse.withOrigin(diagnostics) ?? diagnostics,
  };
}

/** The version of one file says nothing about another; where no file has one, the whole is told so. */
function complainUnversioned(maps: readonly Layer[], complaints: Complaints): void {
  const unversioned = maps.filter(({ root }) => field(root, 'bexpert') === undefined);
  if (unversioned.length === maps.length) return;
  const missing = valueProblems({ schema: grammar.playbook, value: {}, where: topLevel });
  for (const { root } of unversioned) complaints.values(missing, root);
}

function merged(maps: readonly Layer[], complaints: Complaints): Node | undefined {
  let below: Node | undefined;
  for (const layer of maps) {
    const above = inherited(layer);
    for (const node of lastingRemoved(below, above))
      complaints.at('policy/lasting', { key: node.origin.path.join('.') }, node, 'value');
    below = merge(below, above);
  }
  return below;
}

async function withNewNames(
  layers: readonly Layer[],
  table: readonly Rename[],
  complaints: Complaints,
): Promise<readonly Layer[]> {
  if (table.length === 0) return layers;
  const { modernised } = await import('./deprecated.ts');
  return layers.map((layer) => ({
    ...layer,
    root: normalised(
      modernised(layer.root, table, ({ key, to, since, until }, item) =>
        complaints.at('playbook/deprecated', { key, successor: to, since, until }, item, 'key'),
      ),
    ),
  }));
}

/** What a file is called is no part of what others get from it. */
export function inherited({ role, root }: Layer): Node {
  if (role !== 'template' || root.kind !== 'map') return root;
  return { ...root, fields: new Map([...root.fields].filter(([key]) => key !== 'name' && key !== 'description')) };
}

const fileAt = (file: string): Location => ({ kind: 'file', path: file });
const shippedAt = (file: string): Location => ({
  kind: 'shipped',
  path: file,
  name: path.basename(file).replace(/\.ya?ml$/, ''),
});

function isMap(root: Node, complaints: Complaints): boolean {
  if (root.kind === 'map' && root.fields.size > 0) return true;
  complaints.at('playbook/not-a-map', { found: root.kind === 'map' ? 'an empty map' : valueWords(plain(root)) }, root, 'value');
  return false;
}
