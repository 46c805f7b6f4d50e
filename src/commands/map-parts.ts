// The context plugins over a plain folder: there is no run, so they get a host that reads files and nothing else.
import type { Found } from '../discovery/render/found.ts';
import { builtIn } from '../generated/plugins.ts';
import { treeView } from '../host/tree-view.ts';
import type { Json, Plugin, Tree } from '../plugin-api.ts';
import { conform } from '../registry/conform.ts';

/** What `--only` names, in the order of the map. */
export const mapParts = ['schema', 'routes', 'io'] as const;
export type MapPart = (typeof mapParts)[number];
const pluginOf = { schema: 'schema-map', routes: 'api-contracts', io: 'io-trace' } as const satisfies Record<MapPart, string>;
const keyOf = { schema: 'schema', routes: 'contracts', io: 'io' } as const satisfies Record<MapPart, keyof Found>;

export interface Mapping {
  readonly folder: string;
  /** Relative to the folder. */
  readonly files: readonly string[];
  /** Folder of what is known of files already. */
  readonly facts: string;
  readonly parts: readonly MapPart[];
  readonly goal: string;
  readonly signal: AbortSignal;
  now(): number;
  progress(label: string): void;
}

/** `messages`: what the plugins warned of. */
export async function mapWith(o: Mapping): Promise<{ readonly found: Found; readonly messages: readonly string[] }> {
  const view = treeView({ id: 'base', hash: '', folder: o.folder, path: o.folder, files: async () => o.files });
  const tree = { ...view, facts: o.facts };
  const messages: string[] = [];
  const found: Record<string, Json> = {};
  for (const part of o.parts) {
    o.signal.throwIfAborted();
    const plugin = await loaded(pluginOf[part]);
    const asked = 'goal' in plugin.manifest.inputs.properties && o.goal !== '' ? { goal: o.goal } : {};
    const inputs = conform(plugin.manifest.inputs, asked);
    const host = readingHost(o, { tree, part, warn: (message) => messages.push(message) });
    found[keyOf[part]] = (await plugin.run(inputs, host)).outputs as Json;
  }
  return { found: found as unknown as Found, messages };
}

async function loaded(name: string): Promise<Plugin & { readonly kind: 'context' }> {
  const plugin = await builtIn[name]?.plugin();
  if (plugin?.kind !== 'context') throw new Error(`${name} is no context plugin`);
  return plugin;
}

function readingHost(o: Mapping, own: { readonly tree: Tree; readonly part: MapPart; warn(message: string): void }) {
  const refuse = (): never => {
    throw new Error('a map is made of files that are read; nothing is started or written');
  };
  return {
    signal: o.signal,
    log: { debug: () => {}, info: () => {}, warn: own.warn },
    env: {},
    now: o.now,
    deadline: Number.POSITIVE_INFINITY,
    seed: 0,
    trees: { base: own.tree, candidate: own.tree },
    changed: async () => [],
    get scratch() {
      return refuse();
    },
    artifact: async () => refuse(),
    progress: (fraction: number, label: string) => o.progress(`${own.part} ${Math.round(100 * fraction)} %  ${label}`),
  };
}
