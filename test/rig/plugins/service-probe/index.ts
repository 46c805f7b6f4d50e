import { connect } from 'node:net';
import {
  defineService,
  type Host,
  type OwnedProcess,
  type ProxyAddress,
  type ServiceHandle,
} from '../../../../src/plugin-api.ts';
import { manifest } from './manifest.ts';

/** Keeps lines in a file: POST adds one, GET gives all. Listens on a Unix socket in scratch. */
const server = `
const { appendFileSync, readFileSync, rmSync } = require('node:fs');
const [socket, file] = process.argv.slice(1);
rmSync(socket, { force: true });
require('node:http').createServer((request, response) => {
  if (request.method === 'GET') return response.end(readFileSync(file));
  request.on('data', (chunk) => appendFileSync(file, chunk)).on('end', () => response.end('kept'));
}).listen(socket, () => console.log('listening'));
`;

const listens = (socketPath: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(socketPath, () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });

async function launch(host: Host<typeof manifest>, name: string): Promise<ServiceHandle> {
  const inside = { socket: `${host.scratch.path}/${name}.sock`, file: `${host.scratch.path}/${name}.txt` };
  const socketPath = host.outside(inside.socket);
  const run = async (): Promise<OwnedProcess> => {
    const started = await host.commands.spawn('node', ['-e', server, inside.socket, inside.file]);
    while (!(await listens(socketPath))) await new Promise((resolve) => setTimeout(resolve, 10));
    return started;
  };
  let running = await run();
  let copies = 0;
  return {
    address: { socketPath },
    url: ({ host: name, port }: ProxyAddress) => `http://${name}:${port}`,
    outputs: { kind: 'store' },
    env: ({ host: name, port }) => ({ STORE_URL: `http://${name}:${port}` }),
    log: async () => 'a log of the store',
    cpu: () => running.cpu(),
    restart: async () => {
      await running.stop();
      running = await run();
    },
    copy: async () => {
      const copy = `${name}-${++copies}`;
      await host.scratch.write(`${copy}.txt`, await host.scratch.read(`${name}.txt`));
      return launch(host, copy);
    },
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
    },
  };
}

export default defineService(manifest, async ({ greeting }, host) => {
  await host.scratch.write('store.txt', `${greeting}\n`);
  return launch(host, 'store');
});
