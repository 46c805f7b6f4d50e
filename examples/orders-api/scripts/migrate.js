// node scripts/migrate.js up | down [count]
import { configFrom } from '../src/config.js';
import { migrateDown, migrateUp } from '../src/db/migrations.js';
import { openPool } from '../src/db/pool.js';

const [direction, count = '1'] = process.argv.slice(2);
const pool = openPool(configFrom(process.env).databaseUrl);
try {
  if (direction !== 'up' && direction !== 'down') throw new Error('Say `up`, `down` or `down <count>`.');
  const done = direction === 'up' ? await migrateUp(pool) : await migrateDown(pool, Number(count));
  for (const version of done) process.stdout.write(`${direction} ${version}\n`);
  if (done.length === 0) process.stdout.write('nothing to do\n');
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
} finally {
  await pool.end();
}
