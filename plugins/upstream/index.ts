import { randomBytes } from 'node:crypto';
import { defineService, type Host, type Inputs, pluginError } from '../../src/plugin-api.ts';
import { controlPath, type Route } from './control.ts';
import { manifest } from './manifest.ts';
import { openapiRoutes } from './openapi.ts';
import { AccessLog, listening } from './process.ts';

async function routesOf(inputs: Inputs<typeof manifest>, host: Host<typeof manifest>) {
  const own = inputs.routes.map(
    ({ method, path, status, headers, body, delay }): Route => ({
      method: method.toUpperCase(),
      path,
      status,
      headers,
      delayMs: delay,
      ...(body === undefined ? {} : { body }),
    }),
  );
  const { openapi } = inputs;
  const described =
    openapi === undefined ? { routes: [], prefixes: [] } : openapiRoutes(await host.trees.candidate.read(openapi), openapi);
  const routes = [...own, ...described.routes];
  if (routes.length > 0) return { routes, prefixes: described.prefixes };
  throw pluginError({
    code: 'upstream/no-routes',
    message: 'The stand-in has nothing to answer: neither `openapi:` nor `routes:` is given.',
    hint: 'For instance `with: { openapi: test/payments.openapi.yml }`, or `with: { routes: [{ method: POST, path: "/charges", status: 201 }] }`.',
  });
}

export default defineService(manifest, async (inputs, host) => {
  const { routes, prefixes } = await routesOf(inputs, host);
  const token = randomBytes(18).toString('base64url');
  const log = new AccessLog();
  const socketPath = `${host.scratch.path}/upstream.sock`;
  const start = async () => {
    const running = await host.commands.spawn('node', [host.asset('stand-in.mjs')]);
    try {
      await listening(running, { socketPath, token, routes, prefixes }, log);
      return running;
    } catch (error) {
      await running[Symbol.asyncDispose]();
      throw error;
    }
  };
  let running = await start();
  return {
    address: { socketPath: host.outside(socketPath) },
    url: ({ host: at, port }) => `http://${at}:${port}`,
    outputs: { control: controlPath, token, routes: routes.map(({ method, path }) => `${method} ${path}`) },
    log: async () => log.text,
    cpu: () => running.cpu(),
    async restart() {
      await running[Symbol.asyncDispose]();
      await host.scratch.remove('upstream.sock');
      running = await start();
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
});
