import Fastify from 'fastify';
import { requireScope, verifierOf } from './auth.js';
import { customerRoutes } from './customers/routes.js';
import { customerStore } from './customers/store.js';
import { orderRoutes } from './orders/routes.js';
import { orderStore } from './orders/store.js';
import { paymentClient } from './payments/client.js';
import { paymentRoutes } from './payments/routes.js';
import { answerProblem } from './problem.js';

/** What a log line says about a request. */
const serializers = {
  req: (request) => ({ method: request.method, url: request.url, headers: request.headers, remoteAddress: request.ip }),
};

/**
 * The whole service, not yet listening.
 *
 * @param {object} parts
 * @param {import('./config.js').Config} parts.config
 * @param {import('pg').Pool} parts.pool ended by the caller
 * @param {{write(line: string): void}} [parts.logTo]
 */
export function buildApp({ config, pool, logTo = process.stdout }) {
  const app = Fastify({ logger: { level: config.logLevel, serializers, stream: logTo }, bodyLimit: 64 * 1024 });
  app.setErrorHandler(answerProblem);
  app.decorate('requireScope', requireScope(verifierOf(config.jwtSecret)));

  app.get('/healthz', { logLevel: 'warn' }, async () => {
    await pool.query('select 1');
    return { status: 'ok' };
  });

  const orders = orderStore(pool);
  app.register(customerRoutes, { customers: customerStore(pool) });
  app.register(orderRoutes, { orders });
  app.register(paymentRoutes, { orders, payments: paymentClient(config.paymentsUrl) });
  return app;
}
