/** @typedef {{id: number, email: string, name: string, createdAt: Date}} Customer */

const columns = 'id, email, name, created_at as "createdAt"';

/** @param {import('pg').Pool} pool */
export function customerStore(pool) {
  return {
    /**
     * @param {{email: string, name: string}} customer
     * @returns {Promise<Customer>}
     */
    async create({ email, name }) {
      const { rows } = await pool.query(`insert into customers (email, name) values ($1, $2) returning ${columns}`, [
        email,
        name,
      ]);
      return rows[0];
    },

    /**
     * @param {number} id
     * @returns {Promise<Customer | undefined>}
     */
    async find(id) {
      const { rows } = await pool.query(`select ${columns} from customers where id = $1`, [id]);
      return rows[0];
    },
  };
}
