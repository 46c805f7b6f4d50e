// Reads one request from standard input and answers with one JSON document: the state of a database, or what canary rows it took.
import process from 'node:process';
import { Client } from 'pg';
import type { StateRequest } from '../state.ts';
import { writeCanaries } from './parts/canary.ts';
import { readCatalogue } from './parts/catalogue.ts';
import { readRows } from './parts/rows.ts';

let text = '';
for await (const chunk of process.stdin) text += String(chunk);
const request = JSON.parse(text) as StateRequest;
const client = new Client({ connectionString: request.url });
await client.connect();
try {
  if (request.do === 'canaries') {
    process.stdout.write(JSON.stringify(await writeCanaries(client, request)));
  } else {
    // Settings of the database must not change how its objects and values are printed. Canary rows are written under the database's own,
    // because its triggers may need them.
    await client.query("SET search_path = ''; SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'iso_8601'");
    await client.query("SET bytea_output = 'hex'; SET extra_float_digits = 1; SET row_security = off");
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const catalogue = await readCatalogue(client);
    process.stdout.write(JSON.stringify({ catalogue, tables: await readRows(client, request.rowsInDetail) }));
  }
} finally {
  await client.end();
}
