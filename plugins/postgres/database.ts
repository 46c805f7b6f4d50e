// One database of a server, as the runner holds it.
import { randomBytes } from 'node:crypto';
import type { ServiceHandle } from '../../src/plugin-api.ts';
import type { Server } from './server.ts';

export const scratchName = (): string => `bexpert_${randomBytes(6).toString('hex')}`;

/** `owns`: the server ends with this database; else only the database goes. */
export function database(server: Server, name: string, o: { readonly owns: boolean }): ServiceHandle {
  let gone: Promise<void> | undefined;
  const end = async () => {
    try {
      if (!o.owns || server.kind === 'given') await server.drop(name);
    } finally {
      if (o.owns) await server[Symbol.asyncDispose]();
    }
  };
  return {
    address: server.address,
    url: (address) => server.url(address, name),
    env: (address) => ({ DATABASE_URL: server.url(address, name) }),
    outputs: { server: server.kind, version: server.version, database: name },
    log: () => server.log(name),
    cpu: () => server.cpu(),
    // Other steps work on copies of the same server at the same time: a copy is restarted by cutting its own sessions.
    restart: () => (o.owns ? server.restart(name) : server.cut(name)),
    async copy() {
      const copied = scratchName();
      await server.copy(name, copied);
      return database(server, copied, { owns: false });
    },
    [Symbol.asyncDispose]() {
      gone ??= end();
      return gone;
    },
  };
}
