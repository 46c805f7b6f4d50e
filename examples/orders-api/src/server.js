// The process edge: environment in, signals in, one listening server out.
import { buildApp } from './app.js';
import { configFrom } from './config.js';
import { openPool } from './db/pool.js';

const config = configFrom(process.env);
const pool = openPool(config.databaseUrl);
const app = buildApp({ config, pool });
app.addHook('onClose', () => pool.end());

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => app.close());

await app.listen({ host: config.host, port: config.port });
