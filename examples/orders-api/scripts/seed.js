import { configFrom } from '../src/config.js';
import { openPool } from '../src/db/pool.js';
import { seed } from '../src/db/seed.js';

const pool = openPool(configFrom(process.env).databaseUrl);
const filled = await seed(pool).finally(() => pool.end());
process.stdout.write(filled ? 'seeded\n' : 'there is data already\n');
