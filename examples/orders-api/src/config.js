// Everything that the environment decides, read once.

/** For development and tests only; `configFrom` refuses it in production. */
const developmentSecret = 'orders-api development secret, 32+ bytes';

/**
 * @typedef {object} Config
 * @property {string} databaseUrl
 * @property {string} paymentsUrl base address of the payment provider
 * @property {string} jwtSecret key of HS256 tokens
 * @property {string} host
 * @property {number} port
 * @property {string} logLevel
 */

/**
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {Config}
 */
export function configFrom(env) {
  const production = env.NODE_ENV === 'production';
  const missing = ['DATABASE_URL', ...(production ? ['PAYMENTS_URL', 'JWT_SECRET'] : [])].filter((name) => !env[name]);
  if (missing.length > 0) throw new Error(`Set ${missing.join(', ')}; README.md says what each means.`);
  return {
    databaseUrl: env.DATABASE_URL ?? '',
    paymentsUrl: env.PAYMENTS_URL ?? 'http://127.0.0.1:4010',
    jwtSecret: env.JWT_SECRET ?? developmentSecret,
    host: env.HOST ?? '127.0.0.1',
    port: Number(env.PORT ?? 3000),
    logLevel: env.LOG_LEVEL ?? 'info',
  };
}
