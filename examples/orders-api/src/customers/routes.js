import { problem } from '../problem.js';

const body = {
  type: 'object',
  additionalProperties: false,
  required: ['email', 'name'],
  properties: {
    email: { type: 'string', format: 'email', maxLength: 254 },
    name: { type: 'string', minLength: 1, maxLength: 200 },
  },
};
const params = { type: 'object', properties: { id: { type: 'integer', minimum: 1, maximum: 2_147_483_647 } } };

/**
 * @param {import('fastify').FastifyInstance} app
 * @param {{customers: ReturnType<typeof import('./store.js').customerStore>}} options
 */
export async function customerRoutes(app, { customers }) {
  app.post('/customers', { onRequest: app.requireScope('orders:write'), schema: { body } }, async (request, reply) => {
    reply.code(201);
    return customers.create(request.body);
  });

  app.get('/customers/:id', { onRequest: app.requireScope(), schema: { params } }, async (request) => {
    const customer = await customers.find(request.params.id);
    if (!customer) throw problem(404, `There is no customer ${request.params.id}.`);
    return customer;
  });
}
