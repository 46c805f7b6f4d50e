// A pod where there are no network namespaces: the machine's own loopback.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { ProxyAddress } from '../../plugin-api.ts';
import type { Pod } from './contract.ts';
import { relay } from './relay.ts';
import { reachableSocket } from './socket-path.ts';

const loopback = '127.0.0.1';

async function listenOn(
  onConnection: (socket: Socket) => void,
  o: { readonly allowHalfOpen: boolean } = { allowHalfOpen: false },
): Promise<ProxyAddress & AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ ...o, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    onConnection(socket);
  });
  server.listen(0, loopback);
  await once(server, 'listening');
  return {
    host: loopback,
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function openLoopbackPod(): Pod {
  const open: AsyncDisposable[] = [];
  const given = new Set<number>();
  return {
    id: 'machine',
    async freePort() {
      for (;;) {
        const { port, ...server } = await listenOn((socket) => socket.destroy());
        await server[Symbol.asyncDispose]();
        if (given.has(port)) continue;
        given.add(port);
        return port;
      }
    },
    async admit(target) {
      if (!('socketPath' in target)) return { ...target, async [Symbol.asyncDispose]() {} };
      const socket = await reachableSocket(target.socketPath);
      open.push(socket);
      const server = await listenOn((near) => relay(near, connect({ path: socket.path, allowHalfOpen: true })), {
        allowHalfOpen: true,
      });
      open.push(server);
      return server;
    },
    async listen(onConnection) {
      const server = await listenOn(onConnection);
      open.push(server);
      return server;
    },
    async connect(address) {
      const socket = connect({ host: address.host, port: address.port, noDelay: true });
      await once(socket, 'connect');
      return socket;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(open.splice(0).map((one) => one[Symbol.asyncDispose]()));
    },
  };
}
