import { randomUUID } from 'node:crypto';
import { totalOf } from './pricing.js';

/**
 * @typedef {import('./pricing.js').Item} Item
 * @typedef {object} Order
 * @property {number} id
 * @property {string} reference
 * @property {{id: number, name: string}} customer
 * @property {string} status open, paid or sent
 * @property {number} totalCents
 * @property {string | null} deliveryAddress null: it is picked up
 * @property {Date} createdAt
 * @property {Item[]} items
 */

const selection = `
  select o.id, o.reference, o.status, o.total_cents, o.delivery_address, o.created_at, c.id as customer_id, c.name as customer_name
  from orders o
  join customers c on c.id = o.customer_id`;

/** @returns {Omit<Order, 'items'>} */
function orderOf(row) {
  return {
    id: row.id,
    reference: row.reference,
    customer: { id: row.customer_id, name: row.customer_name },
    status: row.status,
    totalCents: row.total_cents,
    deliveryAddress: row.delivery_address,
    createdAt: row.created_at,
  };
}

/** @param {import('pg').Pool} pool */
export function orderStore(pool) {
  /** @returns {Promise<Item[]>} */
  async function itemsOf(orderId) {
    const { rows } = await pool.query(
      'select product, unit_price_cents as "unitPriceCents", quantity from order_items where order_id = $1 order by id',
      [orderId],
    );
    return rows;
  }

  async function complete(row) {
    return { ...orderOf(row), items: await itemsOf(row.id) };
  }

  return {
    /**
     * @param {number} id
     * @returns {Promise<Order | undefined>}
     */
    async find(id) {
      const { rows } = await pool.query(`${selection} where o.id = $1`, [id]);
      return rows[0] && complete(rows[0]);
    },

    /**
     * The newest first.
     *
     * @param {{limit: number, before?: number, status?: string}} page
     * @returns {Promise<Order[]>}
     */
    async list({ limit, before, status }) {
      const { rows } = await pool.query(
        `${selection}
        where ($2::int is null or o.id < $2) and ($3::text is null or o.status = $3)
        order by o.id desc
        limit $1`,
        [limit, before, status],
      );
      const orders = [];
      for (const row of rows) orders.push(await complete(row));
      return orders;
    },

    /**
     * @param {{customerId: number, deliveryAddress?: string, items: Item[]}} wish
     * @returns {Promise<Order>}
     */
    async create({ customerId, deliveryAddress, items }) {
      const earlier = await pool.query('select from orders where customer_id = $1 limit 1', [customerId]);
      const total = totalOf(items, { delivered: deliveryAddress !== undefined, returning: earlier.rowCount === 1 });
      const { rows } = await pool.query(
        `insert into orders (customer_id, reference, total_cents, delivery_address) values ($1, $2, $3, $4) returning id`,
        [customerId, `O-${randomUUID()}`, total, deliveryAddress],
      );
      for (const { product, unitPriceCents, quantity } of items) {
        await pool.query('insert into order_items (order_id, product, unit_price_cents, quantity) values ($1, $2, $3, $4)', [
          rows[0].id,
          product,
          unitPriceCents,
          quantity,
        ]);
      }
      return this.find(rows[0].id);
    },

    /**
     * @param {Order} order
     * @param {string} providerReference
     */
    async markPaid(order, providerReference) {
      await pool.query('insert into payments (order_id, provider_reference, amount_cents) values ($1, $2, $3)', [
        order.id,
        providerReference,
        order.totalCents,
      ]);
      await pool.query(`update orders set status = 'paid' where id = $1`, [order.id]);
    },
  };
}
