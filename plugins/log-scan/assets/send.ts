// Sends requests one after the other, in the network of the service and apart from the runner.
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import process from 'node:process';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Json } from '../../../src/plugin-api.ts';
import type { Call, Order, Sent } from '../order.ts';

const order = JSON.parse(readFileSync(0, 'utf8')) as Order;
const { hostname, port } = new URL(order.url);

function misfitOf(body: string, schema: Json): string | undefined {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  try {
    const validate = ajv.compile(schema as object | boolean);
    if (validate(JSON.parse(body))) return undefined;
    return `a body that does not fit the schema: ${ajv.errorsText(validate.errors, { dataVar: 'it' })}`;
  } catch (error) {
    return `a body that could not be held against the schema: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** What is wrong with the answer, or undefined. */
function send({ method, path, headers, body, status, includes, schema }: Call): Promise<string | undefined> {
  return new Promise((resolve) => {
    const sent = request({ hostname, port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', (error) => resolve(error.message));
      response.on('end', () => {
        clearTimeout(limit);
        const seen = response.statusCode ?? 0;
        const right = status === undefined ? seen >= 200 && seen < 300 : seen === status;
        const text = Buffer.concat(chunks).toString('utf8');
        const missing = includes.find((part) => !text.includes(part));
        if (!right) resolve(`status ${seen}, expected is ${status ?? '200 to 299'}`);
        else if (missing !== undefined) resolve(`a body without ${JSON.stringify(missing)}`);
        else resolve(schema === undefined ? undefined : misfitOf(text, schema));
      });
    });
    const limit = setTimeout(() => sent.destroy(new Error(`no answer within ${order.timeoutMs / 1000} s`)), order.timeoutMs);
    sent.on('error', (error) => {
      clearTimeout(limit);
      resolve(error.message);
    });
    sent.end(body);
  });
}

const results: Sent[] = [];
for (const call of order.calls) {
  const wrong = await send(call);
  if (wrong === undefined || call.markers.length === 0) {
    results.push({ wrong, markersRefused: false });
    continue;
  }
  const plain = Object.fromEntries(Object.entries(call.headers).filter(([name]) => !call.markers.includes(name)));
  const again = await send({ ...call, headers: plain });
  results.push(again === undefined ? { wrong: undefined, markersRefused: true } : { wrong, markersRefused: false });
}
process.stdout.write(JSON.stringify(results));
