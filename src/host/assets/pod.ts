// Holds the network namespace of a pod, and opens sockets in it for the runner. Ends with the runner.
import { connect, createServer, type Server, type Socket } from 'node:net';
import process from 'node:process';
import type { PodAnswer, PodRequest } from '../sandbox/pod-protocol.ts';
import { relay } from '../sandbox/relay.ts';

const loopback = '127.0.0.1';
const relays = new Map<number, { readonly server: Server; readonly sockets: Set<Socket> }>();

function answer(message: PodAnswer, handle?: Server | Socket): Promise<void> {
  return new Promise((resolve) => {
    // Without its own copy kept open, the holder never reads a byte of what it hands over.
    process.send?.(message, handle, { keepOpen: false }, () => resolve());
  });
}

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

function listening(server: Server): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, loopback, 1024, () => resolve(server));
  });
}

function connected(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    socket.pause();
    socket.once('error', reject);
    socket.once('connect', () => resolve(socket));
  });
}

async function obey(request: PodRequest): Promise<void> {
  const { id } = request;
  switch (request.kind) {
    case 'free-port': {
      const server = await listening(createServer());
      const port = portOf(server);
      await new Promise((resolve) => server.close(resolve));
      return answer({ kind: 'done', id, port });
    }
    case 'listen': {
      const server = await listening(createServer());
      await answer({ kind: 'done', id, port: portOf(server) }, server);
      server.close();
      return;
    }
    case 'connect': {
      const socket = await connected(request.host, request.port);
      return answer({ kind: 'done', id, port: request.port }, socket);
    }
    case 'relay': {
      const sockets = new Set<Socket>();
      const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
        const far = connect({ path: request.socketPath, allowHalfOpen: true });
        for (const socket of [near, far]) {
          sockets.add(socket);
          socket.once('close', () => sockets.delete(socket));
        }
        relay(near, far);
      });
      await listening(server);
      relays.set(id, { server, sockets });
      return answer({ kind: 'done', id, port: portOf(server) });
    }
    case 'close': {
      const one = relays.get(request.relay);
      relays.delete(request.relay);
      one?.server.close();
      for (const socket of one?.sockets ?? []) socket.destroy();
      return answer({ kind: 'done', id, port: 0 });
    }
  }
}

process.on('disconnect', () => process.exit(0));
process.on('message', (request: PodRequest) => {
  obey(request).catch((error: NodeJS.ErrnoException) =>
    answer({ kind: 'failed', id: request.id, code: error.code ?? 'UNKNOWN', message: error.message }),
  );
});
await answer({ kind: 'ready', pid: process.pid });
