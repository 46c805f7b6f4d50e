// `extends:` puts files below a file: the one that it names, the one that this names, and so on.
import { valueWords } from '../registry/type-words.ts';
import type { Complaints } from './complaints.ts';
import { expandIncludes, type IncludeTools } from './include.ts';
import type { Layer } from './layers.ts';
import { normalised } from './merge.ts';
import { Reuse, type ReuseReaders } from './reuse.ts';
import type { Location } from './reuse-address.ts';
import type { Source } from './source.ts';
import { field, nodeOf, plain, textOf } from './tree.ts';

/** What a playbook and bexpert.yml are made of, with the files that they bring in. From the lowest to the highest. */
export interface Reading {
  readonly layers: readonly Layer[];
  /** Files whose steps are included. */
  readonly included: readonly Source[];
  readonly reuse: Reuse;
}

export interface Start {
  readonly source: Source;
  readonly location: Location;
  readonly role: 'playbook' | 'bexpert.yml';
}

/** `starts` from the lowest to the highest. A file that comes twice counts where it is lowest. */
export async function readReused(o: {
  readonly starts: readonly Start[];
  readonly readers: ReuseReaders;
  readonly complaints: Complaints;
}): Promise<Reading> {
  const reuse = new Reuse(o.readers, o.complaints);
  const tools: IncludeTools = { reuse, complaints: o.complaints, files: new Set(), times: { count: 0 } };
  const stacks = new Map<Start['role'], readonly Layer[]>();
  for (const start of o.starts) stacks.set(start.role, await stackOf(start, tools));
  const own = o.starts.map(({ role }) => stacks.get(role)?.at(-1));
  // What a playbook builds on is as general as one that comes with bexpert: bexpert.yml, with all below it, stands above it.
  const [lowest] = o.starts;
  const playbook = stacks.get('playbook') ?? [];
  const below = [
    ...(lowest?.role === 'playbook' ? playbook : playbook.slice(0, -1)),
    ...(stacks.get('bexpert.yml') ?? []).slice(0, -1),
  ];
  const layers = new Map<Source, Layer>();
  for (const layer of [...below, ...own]) if (layer !== undefined && !layers.has(layer.source)) layers.set(layer.source, layer);
  return { layers: [...layers.values()], included: [...tools.files], reuse };
}

/** The file and all below it, the lowest first. */
async function stackOf(start: Start, tools: IncludeTools): Promise<readonly Layer[]> {
  const stack: Layer[] = [];
  let chain: readonly Location[] = [start.location];
  let at: { readonly source: Source; readonly location: Location } | undefined = start;
  while (at !== undefined) {
    const { source, location }: { readonly source: Source; readonly location: Location } = at;
    const node = nodeOf(source.value, { source, path: [] });
    const role: Layer['role'] = source === start.source ? start.role : 'template';
    const of = role === 'template' ? start.role : undefined;
    const root = await expandIncludes(normalised(node), chain, tools);
    stack.unshift({ source, location, role, root, ...(of === undefined ? {} : { of }) });
    const address = field(node, 'extends');
    if (address !== undefined && textOf(address) === undefined) {
      tools.complaints.at(
        'playbook/type',
        { key: 'extends', expected: 'text', found: valueWords(plain(address)) },
        address,
        'value',
      );
    }
    at = address === undefined ? undefined : await tools.reuse.open(address, chain);
    if (at !== undefined) chain = [...chain, at.location];
  }
  return stack.map((layer, index) => ({ ...layer, on: stack.slice(0, index).map(({ source }) => source) }));
}
