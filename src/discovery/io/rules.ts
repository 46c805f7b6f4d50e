// What is looked for: data only. How each shape is found is in shapes/.
export type Shape =
  | 'blocking'
  | 'heavy'
  | 'body-without-limit'
  | 'query-in-loop'
  | 'await-in-loop'
  | 'no-timeout'
  | 'no-retry'
  | 'outbound-in-transaction'
  | 'text-in-query'
  | 'not-awaited'
  | 'unheard-failure';

export interface Rule {
  readonly id: string;
  readonly shape: Shape;
  /** The larger, the earlier it stands in the brief. */
  readonly weight: number;
  /** Is it only worth a word where a route reaches it? */
  readonly onRequestPath: boolean;
  readonly why: string;
  readonly hint: string;
}

export const rules: readonly Rule[] = [
  {
    id: 'query-in-loop',
    shape: 'query-in-loop',
    weight: 90,
    onRequestPath: true,
    why: 'Each turn of the loop waits for the database once more (N+1 queries): the time grows with the number of rows.',
    hint: 'Ask once for all: a join, `where id = any($1)`, or one insert of many rows.',
  },
  {
    id: 'transaction-spans-outbound-call',
    shape: 'outbound-in-transaction',
    weight: 85,
    onRequestPath: false,
    why: 'The transaction holds its locks and its connection until the other side answers, and cannot take the call back.',
    hint: 'Call before or after the transaction; keep what must happen later in a table of its own (outbox).',
  },
  {
    id: 'text-in-query',
    shape: 'text-in-query',
    weight: 80,
    onRequestPath: false,
    why: 'A value that is put into the text of a query can change the query (SQL injection), and no plan is used twice.',
    hint: 'Give values as parameters: `$1`; choose names of columns from a fixed list.',
  },
  {
    id: 'outbound-call-without-timeout',
    shape: 'no-timeout',
    weight: 75,
    onRequestPath: false,
    why: 'When the other side does not answer, the request waits for minutes or for ever and keeps what it holds.',
    hint: 'Set a limit: `signal: AbortSignal.timeout(ms)`, or the `timeout` of the client.',
  },
  {
    id: 'blocking-call',
    shape: 'blocking',
    weight: 70,
    onRequestPath: true,
    why: 'It stops the event loop: no other request is served until it is done.',
    hint: 'Use the asynchronous form, or do it once when the program starts.',
  },
  {
    id: 'body-without-limit',
    shape: 'body-without-limit',
    weight: 68,
    onRequestPath: true,
    why: 'One request can fill the memory, and parsing what was gathered stops the event loop for as long as it takes.',
    hint: 'Count the bytes and answer 413 beyond a limit, or let the framework read the body: it has one.',
  },
  {
    id: 'heavy-work',
    shape: 'heavy',
    weight: 67,
    onRequestPath: true,
    why: 'It takes the processor for a large part of a second for each request; in JavaScript it stops the event loop, natively it fills the few threads of the pool.',
    hint: 'Choose a cost that takes about 100 ms where it runs, and limit how many run at once.',
  },
  {
    id: 'not-awaited',
    shape: 'not-awaited',
    weight: 65,
    onRequestPath: false,
    why: 'The answer goes out before it is done, and its failure becomes an unhandled rejection that ends the process.',
    hint: 'Put `await` before it; where it shall go on in the background, write `void` and catch its errors.',
  },
  {
    id: 'unheard-failure',
    shape: 'unheard-failure',
    weight: 60,
    onRequestPath: false,
    why: 'A failure becomes an unhandled rejection, which ends the process and every request that it serves.',
    hint: 'Catch its errors where it is started, and say what becomes of them.',
  },
  {
    id: 'await-in-loop',
    shape: 'await-in-loop',
    weight: 40,
    onRequestPath: true,
    why: 'Each turn waits for the one before: the times add up.',
    hint: 'Where the turns do not need each other, `await Promise.all(...)` over them, with a limit when there are many.',
  },
  {
    id: 'outbound-call-without-retry',
    shape: 'no-retry',
    weight: 20,
    onRequestPath: false,
    why: 'One failed connection fails the request, and while the other side is down every request waits for it.',
    hint: 'Repeat what may be repeated (with an idempotency key for what changes something), and stop asking for a while when it keeps failing.',
  },
];

/** Packages whose functions with these names block. */
export const blocking: Readonly<Record<string, RegExp>> = {
  fs: /Sync$/,
  'fs-extra': /Sync$/,
  child_process: /Sync$/,
  crypto: /^(default\.)?(pbkdf2|scrypt|hkdf|generateKeyPair|generateKey|generatePrime|checkPrime)Sync$/,
  zlib: /Sync$/,
  bcrypt: /Sync$/,
  bcryptjs: /Sync$/,
  argon2: /Sync$/,
  'crypto-js': /^(default\.)?(PBKDF2|EvpKDF)$/,
  'sync-fetch': /./,
  deasync: /./,
};

/** Methods that send something to a database, on what packages make or on what has such a name. */
export const queryMethods =
  /^(query|execute|raw|\$(query|execute)Raw(Unsafe)?|find(Many|Unique|First|One|All|ById|By|AndCount|OneBy)\w*|createMany|upsert|updateMany|deleteMany|aggregate|insertOne|insertMany|updateOne|deleteOne|bulkCreate)$/;
export const databases =
  /^(pg|pg-pool|pg-promise|postgres|mysql|mysql2|mysql2\/promise|mariadb|sqlite3?|better-sqlite3|knex|@prisma\/client|drizzle-orm.*|kysely|mongodb|mongoose|sequelize|sequelize-typescript|objection|typeorm|@mikro-orm\/.*|slonik|ioredis|redis)$/;
export const databaseNames =
  /(^|[._#])(pool|client|conn(ection)?|db|database|sql|knex|prisma|trx|tx|transaction|repo(sitory)?|orm|em|entityManager|\w+(Repository|Repo|Model))$|(^|[._#])(prisma|tx|db|orm)\.\w+$/i;

/** What models ask a database with: classes whose base is of such a package, and what mongoose makes of a schema. */
export const modelMethods =
  /^(find\w*|create|bulkCreate|update\w*|upsert|destroy|delete(One|Many)?|remove|insert\w*|save|count\w*|sum|max|min|aggregate|distinct|increment|decrement|reload|restore|truncate|exists)$/;

/** Functions that call another service; where they take their options, and which of these limit the time. */
export interface Outbound {
  readonly from: string;
  readonly name: RegExp;
  readonly options: readonly number[];
  readonly limits: readonly string[];
}
const global = /^fetch$/;
export const outbound: readonly Outbound[] = [
  { from: '', name: global, options: [1], limits: ['signal'] },
  {
    from: 'undici',
    name: /^(default\.)?(fetch|request|stream|pipeline)$/,
    options: [1],
    limits: ['signal', 'headersTimeout', 'bodyTimeout'],
  },
  { from: 'node-fetch', name: /^default$/, options: [1], limits: ['signal', 'timeout'] },
  { from: 'cross-fetch', name: /^(default|fetch)$/, options: [1], limits: ['signal'] },
  { from: 'axios', name: /^default(\.(get|delete|head|options|request))?$/, options: [0, 1], limits: ['timeout', 'signal'] },
  { from: 'axios', name: /^default\.(post|put|patch)$/, options: [2], limits: ['timeout', 'signal'] },
  { from: 'got', name: /^(default|got)(\.\w+)?$/, options: [1], limits: ['timeout', 'signal'] },
  { from: 'ky', name: /^default(\.\w+)?$/, options: [1], limits: ['timeout', 'signal'] },
  { from: 'superagent', name: /^default(\.\w+)?$/, options: [], limits: [] },
  { from: 'http', name: /^(default\.)?(request|get)$/, options: [0, 1], limits: ['timeout', 'signal'] },
  { from: 'https', name: /^(default\.)?(request|get)$/, options: [0, 1], limits: ['timeout', 'signal'] },
];
/** Clients that are made once with options of their own: `axios.create({ timeout })`. */
export const clients: readonly { readonly from: RegExp; readonly made: RegExp; readonly limits: readonly string[] }[] = [
  { from: /^axios$/, made: /^default\.create(\.\w+)?$/, limits: ['timeout', 'signal'] },
  { from: /^got$/, made: /^(default|got)\.extend(\.\w+)?$/, limits: ['timeout', 'signal'] },
  { from: /^ky$/, made: /^default\.(create|extend)(\.\w+)?$/, limits: ['timeout', 'signal'] },
  // https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/node-configuring-maxsockets.html: no limit of a request by default.
  { from: /^@aws-sdk\/client-/, made: /^\w+Client\.send$/, limits: ['requestHandler', 'abortSignal', 'requestTimeout'] },
  { from: /^nodemailer$/, made: /^(default\.)?createTransport\.sendMail$/, limits: ['connectionTimeout', 'socketTimeout'] },
];
/** What repeats calls, or stops them while the other side fails. */
export const guards =
  /^(p-retry|async-retry|retry|axios-retry|fetch-retry|cockatiel|opossum|ts-retry-promise|exponential-backoff|brakes|mollitia)$/;
export const guardNames = /retry|retries|attempt|backoff|breaker|circuit/i;

/** Methods that run a callback for each element. */
export const eachMethods = /^(map|forEach|flatMap|filter|reduce|every|some|eachSeries|mapSeries|eachLimit|mapLimit)$/;
/** Functions that open a transaction for the callback that they are given. */
export const transactionMethods = /^(\$?transaction|withTransaction|inTransaction|runInTransaction|transactional)$/;

/** Functions that start something and do not look at what becomes of it. */
export const detached = /^(on|once|addListener|prependListener|setTimeout|setInterval|setImmediate|nextTick|schedule)$/;
/** What the request is called where its pieces are read. */
export const requestNames = /^(this\.)?(ctx\.)?(req|request|incoming|message)(\.raw|\.req)?$/;
/** Work whose cost is an argument. bcryptjs works in JavaScript, bcrypt in the pool of threads. */
export const heavy: readonly {
  readonly from: RegExp;
  readonly name: RegExp;
  readonly argument: number;
  readonly least: number;
  readonly unit: string;
}[] = [
  { from: /^bcryptjs$/, name: /^(default\.)?hash$/, argument: 1, least: 12, unit: 'rounds' },
  { from: /^bcryptjs$/, name: /^(default\.)?genSalt$/, argument: 0, least: 12, unit: 'rounds' },
  { from: /^bcrypt$/, name: /^(default\.)?hash$/, argument: 1, least: 14, unit: 'rounds' },
  { from: /^bcrypt$/, name: /^(default\.)?genSalt$/, argument: 0, least: 14, unit: 'rounds' },
];
