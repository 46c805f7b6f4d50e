// The service over a real database (DATABASE_URL, migrated), and a stand-in for the payment provider.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { SignJWT } from 'jose';
import { buildApp } from '../src/app.js';
import { configFrom } from '../src/config.js';
import { openPool } from '../src/db/pool.js';

/**
 * @param {Readonly<Record<string, string>>} [env] overrides of the environment
 * @param {{write(line: string): void}} [logTo]
 */
export async function startService(env = {}, logTo = process.stdout) {
  const config = configFrom({ ...process.env, LOG_LEVEL: 'silent', ...env });
  const pool = openPool(config.databaseUrl);
  const app = buildApp({ config, pool, logTo });
  app.addHook('onClose', () => pool.end());
  await app.ready();
  const bearer = `Bearer ${await tokenFor('orders:read orders:write', { secret: config.jwtSecret })}`;

  return {
    app,
    config,
    /** Calls with all scopes; a request's own headers win. */
    async call(method, url, { body, headers } = {}) {
      const response = await app.inject({ method, url, payload: body, headers: { authorization: bearer, ...headers } });
      return { status: response.statusCode, body: response.json() };
    },
    /** A customer that no other test knows. */
    async newCustomer(name = 'Grace Hopper') {
      const { body } = await this.call('POST', '/customers', { body: { email: `${crypto.randomUUID()}@test.example`, name } });
      return body;
    },
  };
}

/**
 * @param {string} scope
 * @param {{secret: string, expires?: string, issuer?: string}} options
 */
export function tokenFor(scope, { secret, expires = '5m', issuer = 'orders-api' }) {
  return new SignJWT({ scope })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(issuer)
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(secret));
}

/** @param {(charge: object) => {status: number, body: object}} answer */
export async function startProvider(answer) {
  const charges = [];
  const server = createServer(async (request, response) => {
    const charge = await json(request);
    charges.push({ path: request.url, ...charge });
    const { status, body } = answer(charge);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { url: `http://127.0.0.1:${server.address().port}`, charges, stop: () => server.close() };
}
