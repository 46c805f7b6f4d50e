import { nearest } from '../diagnostics/nearest.ts';
import type { PinnedPlugin } from '../model/plan.ts';
import type { Manifest } from '../plugin-api.ts';
import type { Registry } from '../registry/registry.ts';
import type { Complaints } from './complaints.ts';
import { type Node, textOf } from './tree.ts';

type Kind = Manifest['kind'];
interface Sought {
  readonly kind: Kind;
  /** In words: "a verify phase". */
  readonly place: string;
  /** What else is asked of plugins that stand there. */
  readonly fits?: (manifest: Manifest) => boolean;
}

/** The plugins that a playbook names, looked up once each. */
export class Plugins {
  readonly #used = new Map<string, PinnedPlugin>();
  readonly #registry: Registry;
  readonly #complaints: Complaints;

  constructor(registry: Registry, complaints: Complaints) {
    this.#registry = registry;
    this.#complaints = complaints;
  }

  /** By the name that steps and services write. */
  get used(): Readonly<Record<string, PinnedPlugin>> {
    return Object.fromEntries([...this.#used].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  get names(): readonly string[] {
    return this.#registry.names;
  }

  /** The plugin of a `uses:`, if there is one and its kind may stand there. */
  async resolve(node: Node, sought: Sought): Promise<PinnedPlugin | undefined> {
    const { kind, place } = sought;
    const name = textOf(node);
    if (name === undefined) return undefined;
    const found = await this.#registry.manifest(name);
    if (!found.ok) {
      await this.#complain(node, name, { why: found.error, sought });
      return undefined;
    }
    const { manifest } = found.value;
    if (manifest.kind !== kind) {
      this.#complaints.at(
        'plugin/kind',
        { name, kind: manifest.kind, place, known: await this.#namesFor(sought) },
        node,
        'value',
      );
      return undefined;
    }
    this.#used.set(name, found.value);
    await this.#standIn(manifest, node);
    return found.value;
  }

  async #complain(
    node: Node,
    name: string,
    options: {
      readonly why: Extract<Awaited<ReturnType<Registry['manifest']>>, { ok: false }>['error'];
      readonly sought: Sought;
    },
  ): Promise<void> {
    const { why } = options;
    switch (why.kind) {
      case 'unknown': {
        const known = await this.#namesFor(options.sought);
        const near = nearest(name, known) ?? nearest(name, why.known);
        this.#complaints.at('plugin/unknown', { name, known, ...(near === undefined ? {} : { near }) }, node, 'value');
        break;
      }
      case 'broken':
        this.#complaints.at('plugin/team', why.facts, node, 'value');
        break;
    }
  }

  /** A plugin that plays when no model is there is part of the plan too. */
  async #standIn(manifest: Manifest, node: Node): Promise<void> {
    if (manifest.kind !== 'action' || manifest.model === undefined) return;
    const name = manifest.model.standIn;
    const found = await this.#registry.manifest(name);
    if (found.ok) this.#used.set(name, found.value);
    else await this.#complain(node, name, { why: found.error, sought: { kind: 'action', place: '' } });
  }

  /** Built-in plugins that may stand in a place. */
  async #namesFor({ kind, fits = () => true }: Sought): Promise<readonly string[]> {
    return (await this.#manifests()).filter((manifest) => manifest.kind === kind && fits(manifest)).map(({ name }) => name);
  }
  /** Gates that run the project's tests, for a hint. */
  async testGates(): Promise<readonly string[]> {
    return (await this.#manifests())
      .filter((manifest) => manifest.kind === 'gate' && manifest.runsTests === true)
      .map(({ name }) => name);
  }

  async #manifests(): Promise<readonly Manifest[]> {
    const found = await Promise.all(this.#registry.names.map((name) => this.#registry.manifest(name)));
    return found.flatMap((result) => (result.ok ? [result.value.manifest] : []));
  }
}
