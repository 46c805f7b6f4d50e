// The same data for everybody: 20 customers, 300 orders with 2 items each, two of three orders to be delivered.

const customers = `
  insert into customers (email, name)
  select 'customer' || n || '@shop.example', (array['Ana María López', 'Bo Li', 'Čedomir Đurić', 'Dara O''Neill'])[1 + n % 4]
  from generate_series(1, 20) n`;

const orders = `
  insert into orders (customer_id, reference, status, total_cents, delivery_address, created_at)
  select 1 + n % 20, 'S-' || to_char(n, 'FM00000'), (array['open', 'paid', 'sent'])[1 + n % 3], 3000 + 600 * (n % 10),
         case when n % 3 > 0 then n || ' High Street, Leeds' end, timestamptz '2026-01-01 08:00Z' + n * interval '1 hour'
  from generate_series(1, 300) n`;

const items = `
  insert into order_items (order_id, product, unit_price_cents, quantity)
  select o.id, (array['lamp', 'chair'])[k], 500 + 100 * (o.id % 10), k
  from orders o cross join generate_series(1, 2) k
  order by o.id, k`;

/**
 * Fills an empty database; leaves another one alone.
 *
 * @param {import('pg').Pool} pool
 * @returns {Promise<boolean>} whether it filled it
 */
export async function seed(pool) {
  const { rowCount } = await pool.query('select from customers limit 1');
  if (rowCount) return false;
  for (const statement of [customers, orders, items]) await pool.query(statement);
  return true;
}
