import { problem } from '../problem.js';

const id = { type: 'integer', minimum: 1, maximum: 2_147_483_647 };
const params = { type: 'object', properties: { id } };
const querystring = {
  type: 'object',
  additionalProperties: false,
  properties: {
    limit: { type: 'integer', minimum: 1, maximum: 100, default: 50 },
    before: id,
    status: { enum: ['open', 'paid', 'sent'] },
  },
};
const body = {
  type: 'object',
  additionalProperties: false,
  required: ['customerId', 'items'],
  properties: {
    customerId: id,
    deliveryAddress: { type: 'string', minLength: 1, maxLength: 500 },
    items: {
      type: 'array',
      minItems: 1,
      maxItems: 100,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['product', 'unitPriceCents', 'quantity'],
        properties: {
          product: { type: 'string', minLength: 1, maxLength: 100 },
          unitPriceCents: { type: 'integer', minimum: 0, maximum: 1_000_000 },
          quantity: { type: 'integer', minimum: 1, maximum: 1_000 },
        },
      },
    },
  },
};

/**
 * @param {import('fastify').FastifyInstance} app
 * @param {{orders: ReturnType<typeof import('./store.js').orderStore>}} options
 */
export async function orderRoutes(app, { orders }) {
  const read = app.requireScope('orders:read');
  const write = app.requireScope('orders:write');

  app.get('/orders', { onRequest: read, schema: { querystring } }, async (request) => {
    const page = await orders.list(request.query);
    return { orders: page, next: page.length === request.query.limit ? page.at(-1).id : null };
  });

  app.get('/orders/:id', { onRequest: read, schema: { params } }, async (request) => {
    const order = await orders.find(request.params.id);
    if (!order) throw problem(404, `There is no order ${request.params.id}.`);
    return order;
  });

  app.post('/orders', { onRequest: write, schema: { body } }, async (request, reply) => {
    reply.code(201);
    return orders.create(request.body);
  });
}
