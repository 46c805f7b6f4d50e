// Which instances of one step belong together. A service that is started beside another of the same tree shares what both depend on:
// the database that tests look into is the one that the API writes.
import type { StartedService } from './instance.ts';

interface Place {
  readonly service: Promise<StartedService>;
  /** Of the plugin and of services that depend on it; the last one that lets go ends it. */
  holders: number;
  /** The plugin has it; asked for once more, it gets a fresh one. */
  handedOut: boolean;
}

/** A set of instances that see each other, at most one of each name. */
export class Stand {
  readonly #places = new Map<string, Place>();

  /** May the plugin be given this name's instance, or a new one here? */
  hasRoomFor(name: string, plain: boolean): boolean {
    const place = this.#places.get(name);
    return place === undefined || (plain && !place.handedOut);
  }

  /** The instance of a name, made when there is none. Disposing what is returned lets go of it. */
  async take(name: string, by: 'plugin' | 'service', make: () => Promise<StartedService>): Promise<StartedService> {
    let place = this.#places.get(name);
    if (place === undefined) {
      place = { service: make(), holders: 0, handedOut: false };
      this.#places.set(name, place);
    }
    const held = place;
    held.holders += 1;
    held.handedOut ||= by === 'plugin';
    const letGo = async (): Promise<void> => {
      held.holders -= 1;
      if (held.holders > 0) return;
      if (this.#places.get(name) === held) this.#places.delete(name);
      await (await held.service)[Symbol.asyncDispose]();
    };
    try {
      const service = await held.service;
      let gone: Promise<void> | undefined;
      return {
        ...service,
        [Symbol.asyncDispose]() {
          gone ??= letGo();
          return gone;
        },
      };
    } catch (error) {
      if (this.#places.get(name) === held) this.#places.delete(name);
      throw error;
    }
  }
}

/** The stands of a step, by the folder of the tree whose code they run. */
export class Stands {
  readonly #newest = new Map<string, Stand>();

  /** Where an instance that the plugin asks for belongs. `plain`: it wants nothing special of it. */
  for(tree: string, name: string, plain: boolean): Stand {
    const newest = this.#newest.get(tree);
    if (newest?.hasRoomFor(name, plain)) return newest;
    const stand = new Stand();
    this.#newest.set(tree, stand);
    return stand;
  }
}
