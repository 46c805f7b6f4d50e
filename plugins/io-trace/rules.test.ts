// Positive and negative examples of each rule, each the handler of a route in a file of its own.
import { beforeAll, describe, expect, it } from 'vitest';
import { ioRules as rules } from '../../src/discovery/index.ts';
import type { Outputs } from '../../src/plugin-api.ts';
import { testContext } from '../../src/testing.ts';
import plugin from './index.ts';
import type { manifest } from './manifest.ts';

const head = `
import { readFileSync, promises } from 'node:fs';
import * as crypto from 'node:crypto';
import { execSync } from 'child_process';
import axios from 'axios';
import https from 'node:https';
import { request as undici } from 'undici';
import pg from 'pg';
import bcryptjs from 'bcryptjs';
import { hash as native } from 'bcrypt';
import { S3Client } from '@aws-sdk/client-s3';
import nodemailer from 'nodemailer';
import { Model } from 'sequelize';
import mongoose from 'mongoose';
class Stored extends Model {}
class Order extends Stored {}
class Basket { static create() {} }
const User = mongoose.model('User', schema);
const s3 = new S3Client({});
const mail = nodemailer.createTransport({ host: 'x' });
const pool = new pg.Pool();
const columns = 'id, name';
const client = axios.create({ timeout: 500 });
const slow = axios.create({ baseURL: 'https://x.example' });
async function later() { await pool.query('select 1'); }
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
`;
const handler = (path: string, body: string): string => `${head}\napp.get('${path}', async (request, reply) => {\n${body}\n});`;

/** Rule, what it must find, what it must not find. */
const examples: Readonly<Record<string, { readonly red: readonly string[]; readonly green: readonly string[] }>> = {
  'query-in-loop': {
    red: [
      `for (const id of ids) await pool.query('select 1 where $1', [id]);`,
      `while (more) { more = (await later()).rowCount; }`,
      `await Promise.all(ids.map((id) => pool.query('select $1', [id])));`,
      `await Promise.all(ids.map(later));`,
      `ids.forEach(async (id) => { await db.execute('select 1'); });`,
      `for (let n = 0; n < 3; n++) { await prisma.order.findMany(); }`,
      `for (const id of ids) await Order.destroy({ where: { id } });`,
      `for (const id of ids) { const one = await User.create({ id }); seen.push(one); }`,
      `for (const id of ids) await userRepository.findOneBy({ id });`,
    ],
    green: [
      `const { rows } = await pool.query('select 1 where id = any($1)', [ids]); for (const row of rows) reply.write(row);`,
      `for (const row of (await pool.query('select 1')).rows) reply.write(row.id);`,
      `for (const id of ids) cache.find(id);`,
      `for (const id of ids) Basket.create(id);`,
      `for (const id of ids) viewModel.render(id);`,
      `for (const part of document.querySelectorAll('x')) part.query('y');`,
      `const names = ids.map((id) => id.name); await pool.query('select $1', [names]);`,
    ],
  },
  'transaction-spans-outbound-call': {
    red: [
      `const c = await pool.connect(); await c.query('begin'); await fetch(url, { signal }); await c.query('commit');`,
      `await knex.transaction(async (trx) => { await client.get('/x'); });`,
      `await prisma.$transaction(async (tx) => { await notify(); });\nasync function notify() { await fetch(url, { signal }); }`,
    ],
    green: [
      `const c = await pool.connect(); await fetch(url, { signal }); await c.query('begin'); await c.query('commit'); await fetch(url, { signal });`,
      `await knex.transaction(async (trx) => { await trx.query('select 1'); }); await client.get('/x');`,
    ],
  },
  'text-in-query': {
    red: [
      'await pool.query(`select * from t where id = ${request.params.id}`);',
      `await pool.query('select * from t where id = ' + request.params.id);`,
      'const sql = `delete from ${table}`; await pool.query(sql);',
    ],
    green: [
      'await pool.query(`select ${columns} from t where id = $1`, [request.params.id]);',
      `await pool.query('select ' + columns + ' from t');`,
      'await prisma.$queryRaw`select * from t where id = ${request.params.id}`;',
      'log.query(`${request.params.id}`);',
    ],
  },
  'outbound-call-without-timeout': {
    red: [
      `await fetch('https://x.example');`,
      `await fetch(url, { method: 'POST' });`,
      `await axios.get('https://x.example');`,
      `await axios.post(url, data, { headers: {} });`,
      `await slow.get('/x');`,
      `https.get('https://x.example', (answer) => {});`,
      `await undici('https://x.example', { method: 'GET' });`,
      `await s3.send(command);`,
      `await mail.sendMail(letter);`,
    ],
    green: [
      `await fetch('https://x.example', { signal: AbortSignal.timeout(500) });`,
      `const signal = request.signal; await fetch(url, { method: 'POST', signal });`,
      `const base = { signal: AbortSignal.timeout(1) }; await fetch(url, { ...base, method: 'GET' });`,
      `await client.get('/x');`,
      `await slow.get('/x', { timeout: 100 });`,
      `await axios.post(url, data, { timeout: 100 });`,
      `const sent = https.request(url); sent.setTimeout(500);`,
      `const fetch = (x) => x; fetch('local');`,
      `await s3.send(command, { abortSignal: AbortSignal.timeout(500) });`,
      `const t = nodemailer.createTransport({ socketTimeout: 500 }); await t.sendMail(letter);`,
    ],
  },
  'blocking-call': {
    red: [
      `readFileSync('x');`,
      `const key = crypto.scryptSync(request.body.password, 'salt', 64);`,
      `return hash();\nfunction hash() { return crypto.pbkdf2Sync('a', 'b', 1, 1, 'sha1'); }`,
      `execSync('ls');`,
    ],
    green: [`await promises.readFile('x');`, `crypto.randomUUID();`, `store.readFileSync('x');`],
  },
  'not-awaited': {
    red: [`later();`, `pool.query('update t set x = 1');`, `fetch(url, { signal });`],
    green: [
      `await later();`,
      `void later();`,
      `later().catch(log);`,
      `return later();`,
      `const soon = later();`,
      `pool.query('select 1', (error) => {});`,
      `reply.send();`,
    ],
  },
  'body-without-limit': {
    red: [
      `let body = ''; req.on('data', (piece) => { body += piece; }); req.on('end', () => JSON.parse(body));`,
      `const all = []; for await (const piece of request.raw) all.push(piece); return JSON.parse(Buffer.concat(all));`,
    ],
    green: [
      `let body = ''; req.on('data', (piece) => { body += piece; if (body.length > 1e6) req.destroy(); });`,
      `let size = 0; for await (const piece of request.raw) { size += piece.length; if (size > limit) throw new Error(); all.push(piece); }`,
      `for await (const piece of request) hash.update(piece);`,
      `socket.on('data', (piece) => { body += piece; });`,
      `return JSON.parse(request.body);`,
    ],
  },
  'heavy-work': {
    red: [
      `return bcryptjs.hash(request.body.password, 12);`,
      `const rounds = 15; return native(request.body.password, rounds);`,
      `return bcryptjs.hash(request.body.password, await bcryptjs.genSalt(14));`,
    ],
    green: [
      `return bcryptjs.hash(request.body.password, 10);`,
      `return native(request.body.password, 12);`,
      `return bcryptjs.compare(request.body.password, hash);`,
      `crypto.pbkdf2('a', 'b', 600_000, 32, 'sha512', done);`,
    ],
  },
  'unheard-failure': {
    red: [
      `later().then((rows) => reply.send(rows));`,
      `fetch(url, { signal }).then((answer) => answer.json()).then(seen.push);`,
      `queue.on('job', async (job) => { await later(job); });`,
      `setInterval(async () => { await later(); }, 1000);`,
    ],
    green: [
      `later().then((rows) => reply.send(rows)).catch(next);`,
      `later().then((rows) => reply.send(rows), next);`,
      `await later().then((rows) => reply.send(rows));`,
      `return later().then((rows) => reply.send(rows));`,
      `queue.on('job', async (job) => { try { await later(job); } catch (error) { log(error); } });`,
      `queue.on('job', (job) => { seen.push(job); });`,
      `const soon = setTimeout(() => reply.send(), 10);`,
    ],
  },
  'await-in-loop': {
    red: [`for (const id of ids) await sleep(id);`, `for (let n = 0; n < 3; n++) { const x = await load(n); seen.push(x); }`],
    green: [
      `for await (const chunk of stream) seen.push(chunk);`,
      `await Promise.all(ids.map(sleep));`,
      `for (const id of ids) { const x = await load(id); if (x) return x; }`,
      `for (let attempt = 0; attempt < 3; attempt++) await load(attempt);`,
      `for (const id of await load()) seen.push(id);`,
    ],
  },
  'outbound-call-without-retry': {
    red: [`await fetch(url, { signal });`],
    green: [
      `for (let n = 0; n < 3; n++) { try { return await fetch(url, { signal }); } catch {} }`,
      `return withRetry(() => fetch(url, { signal }));`,
    ],
  },
};

it('has an example of every rule', () => {
  expect(Object.keys(examples).sort()).toEqual(rules.map(({ id }) => id).sort());
});

describe.each(Object.entries(examples))('the rule %s', (rule, { red, green }) => {
  const cases = [
    ...red.map((body, n) => ({ body, name: `red-${n}` })),
    ...green.map((body, n) => ({ body, name: `green-${n}` })),
  ];
  let findings: Outputs<typeof manifest>['findings'] = [];
  beforeAll(async () => {
    const files = cases.map(({ body, name }) => [`src/${name}.js`, handler(`/${name}`, body)]);
    const seen = await testContext(plugin, { candidate: Object.fromEntries(files) });
    if (seen.result === undefined) throw seen.failure;
    findings = (seen.result.outputs as Outputs<typeof manifest>).findings.filter((one) => one.rule === rule);
  });
  it.each(cases.filter(({ name }) => name.startsWith('red')))('finds $body', ({ name }) => {
    const mine = findings.filter(({ file }) => file === `src/${name}.js`);
    expect(mine).toHaveLength(1);
    expect(mine[0]?.routes).toEqual([`GET /${name}`]);
    expect(mine[0]?.chain[0]).toMatchObject({ name: `GET /${name}`, file: `src/${name}.js` });
  });
  it.each(cases.filter(({ name }) => name.startsWith('green')))('leaves $body alone', ({ name }) => {
    expect(findings.filter(({ file }) => file === `src/${name}.js`)).toEqual([]);
  });
});
