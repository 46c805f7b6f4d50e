// node scripts/token.js orders:read orders:write — prints a token for development, good for one hour.
import { SignJWT } from 'jose';
import { configFrom } from '../src/config.js';

const { jwtSecret } = configFrom({ DATABASE_URL: 'not needed', ...process.env });
const token = await new SignJWT({ scope: process.argv.slice(2).join(' ') })
  .setProtectedHeader({ alg: 'HS256' })
  .setIssuer('orders-api')
  .setSubject('development')
  .setExpirationTime('1h')
  .sign(new TextEncoder().encode(jwtSecret));
process.stdout.write(`${token}\n`);
