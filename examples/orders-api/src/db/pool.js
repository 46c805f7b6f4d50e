import pg from 'pg';

/** @param {string} connectionString */
export function openPool(connectionString) {
  return new pg.Pool({ connectionString, max: 10, connectionTimeoutMillis: 5_000, statement_timeout: 10_000 });
}
