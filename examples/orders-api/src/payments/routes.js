import { problem } from '../problem.js';

const params = { type: 'object', properties: { id: { type: 'integer', minimum: 1, maximum: 2_147_483_647 } } };
const body = {
  type: 'object',
  additionalProperties: false,
  required: ['cardToken'],
  properties: { cardToken: { type: 'string', minLength: 8, maxLength: 100 } },
};

/**
 * @param {import('fastify').FastifyInstance} app
 * @param {object} options
 * @param {ReturnType<typeof import('../orders/store.js').orderStore>} options.orders
 * @param {ReturnType<typeof import('./client.js').paymentClient>} options.payments
 */
export async function paymentRoutes(app, { orders, payments }) {
  const options = { onRequest: app.requireScope('orders:write'), schema: { params, body } };

  app.post('/orders/:id/payment', options, async (request, reply) => {
    const order = await orders.find(request.params.id);
    if (!order) throw problem(404, `There is no order ${request.params.id}.`);
    if (order.status !== 'open') throw problem(409, `Order ${order.id} is ${order.status} already.`);

    const charge = await payments.charge({
      orderReference: order.reference,
      amountCents: order.totalCents,
      cardToken: request.body.cardToken,
    });
    switch (charge.outcome) {
      case 'declined':
        throw problem(402, `The payment was declined: ${charge.reason}.`);
      case 'unavailable':
        request.log.error({ providerStatus: charge.status }, 'payment provider failed');
        throw problem(502, 'The payment provider failed; nothing was charged.');
      default:
        await orders.markPaid(order, charge.reference);
        reply.code(201);
        return { orderId: order.id, status: 'paid', reference: charge.reference };
    }
  });
}
