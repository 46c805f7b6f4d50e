import { createRequire } from 'node:module';
import { type DoctorLine, defineService } from '../../src/plugin-api.ts';
import { database, scratchName } from './database.ts';
import { embeddedServer, packageName } from './embedded.ts';
import { givenServer } from './given.ts';
import { manifest } from './manifest.ts';

const filled = (text: string | undefined): string | undefined => (text === undefined || text.trim() === '' ? undefined : text);

async function doctor(env: Readonly<Record<string, string | undefined>>): Promise<readonly DoctorLine[]> {
  const given = filled(env.DATABASE_URL);
  if (given !== undefined) {
    try {
      const { version } = await givenServer(given, { allowRemote: true });
      return [{ ok: true, what: `PostgreSQL ${version} at DATABASE_URL; scratch databases are made there` }];
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      return [{ ok: false, what, todo: 'correct DATABASE_URL, or unset it to use the embedded server' }];
    }
  }
  try {
    createRequire(import.meta.url).resolve(packageName());
    return [{ ok: true, what: 'PostgreSQL: the embedded server' }];
  } catch {
    const todo = 'npm install --include=optional, or set DATABASE_URL to a server on this machine';
    return [{ ok: false, what: `PostgreSQL: ${packageName()} is not installed`, todo }];
  }
}

export default defineService(
  manifest,
  async (inputs, host) => {
    const url = inputs.server === 'embedded' ? undefined : (filled(inputs.url) ?? filled(host.env.DATABASE_URL));
    const server =
      url === undefined ? await embeddedServer(host) : await givenServer(url, { allowRemote: inputs['allow-remote'] });
    const name = scratchName();
    try {
      await server.create(name);
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    host.log.info(`PostgreSQL ${server.version} (${server.kind}), database ${name}`);
    return database(server, name, { owns: true });
  },
  { doctor },
);
