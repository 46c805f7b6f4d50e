// Bearer tokens: HS256, with the scopes in the claim `scope` as RFC 8693 has it, separated by spaces.
import { errors, jwtVerify } from 'jose';
import { problem } from './problem.js';

/**
 * @param {string} secret
 * @returns {(token: string) => Promise<import('jose').JWTPayload>}
 */
export function verifierOf(secret) {
  const key = new TextEncoder().encode(secret);
  return async (token) => {
    const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'], issuer: 'orders-api' });
    return payload;
  };
}

/**
 * @param {ReturnType<typeof verifierOf>} verify
 * @returns {(scope?: string) => import('fastify').onRequestAsyncHookHandler} without a scope any valid token will do
 */
export function requireScope(verify) {
  return (scope) => async (request) => {
    const [scheme, token] = (request.headers.authorization ?? '').split(' ');
    if (scheme !== 'Bearer' || !token) throw problem(401, 'A bearer token is needed.');
    const payload = await verify(token).catch((error) => {
      if (!(error instanceof errors.JOSEError)) throw error;
      request.log.error({ err: error }, 'token refused');
      throw problem(401, 'The token is not valid.');
    });
    const scopes = String(payload.scope ?? '').split(' ');
    if (scope && !scopes.includes(scope)) throw problem(403, `The token lacks the scope ${scope}.`);
  };
}
