// Keeps one embedded PostgreSQL server: takes requests on standard input, answers on standard output, and passes the server's log to
// standard error. When its input ends, so does the server.
import process from 'node:process';
import { copyDatabase, createDatabase, dropDatabase, endSessions } from '../databases.ts';
import { type KeeperAnswer, type KeeperRequest, lineReader, type Started, socketPort } from '../protocol.ts';
import { closeDatabase, createRole, dropRole, handOver } from '../roles.ts';
import { Cluster } from './parts/cluster.ts';

let cluster: Cluster | undefined;

function running(): Cluster {
  if (cluster === undefined) throw new Error('the server was not started');
  return cluster;
}

async function act(request: KeeperRequest): Promise<unknown> {
  switch (request.do) {
    case 'start': {
      cluster = await Cluster.make(request);
      const version = await cluster.start();
      return { version, socketPath: `${cluster.socketFolder}/.s.PGSQL.${socketPort}` } satisfies Started;
    }
    case 'create':
      return running().session(async (client) => {
        await createRole(client, request);
        await createDatabase(client, { name: request.name, owner: request.name });
        await closeDatabase(client, request.name);
      });
    case 'copy':
      await running().session(async (client) => {
        await createRole(client, { name: request.to, password: request.password });
        await copyDatabase(client, request);
        await closeDatabase(client, request.to);
      });
      return running().session((client) => handOver(client, request), request.to);
    case 'drop':
      return running().session(async (client) => {
        await dropDatabase(client, request.name);
        await dropRole(client, request.name);
      });
    case 'cut':
      return running().session((client) => endSessions(client, request.name));
    case 'restart':
      await running().stop('fast');
      return running().start();
    case 'stop':
      return running().stop('immediate');
  }
}

function answer(document: KeeperAnswer): void {
  process.stdout.write(`${JSON.stringify(document)}\n`);
}

// One after the other: databases of one server that are made side by side get into each other's way.
let last: Promise<void> = Promise.resolve();
const read = lineReader((line) => {
  const { id, ...request } = JSON.parse(line) as KeeperRequest & { readonly id: number };
  last = last.then(async () => {
    try {
      answer({ id, ok: true, value: (await act(request as KeeperRequest)) ?? null });
    } catch (error) {
      answer({ id, ok: false, error: error instanceof Error ? error.message : String(error) });
    }
  });
});
process.stdin.setEncoding('utf8').on('data', (chunk) => read(String(chunk)));

function leave(): void {
  cluster?.kill();
  process.exit(0);
}
process.stdin.on('end', leave);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP'] as const) process.on(signal, leave);
