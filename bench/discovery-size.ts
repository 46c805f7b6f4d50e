// What reading and mapping a project costs by its size: generated sources of the shapes that back ends have (60 % services, 20 % routes, 20 %
// types and models), so that nothing of anybody's is kept here. Each size is mapped by a process of its own.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const linesPerFile = 100;
const routesPerGroup = 3;

function service(n: number): string {
  const methods = Array.from(
    { length: 12 },
    (_, m) => `  async find${m}(id: string, options: Options = {}): Promise<Item | undefined> {
    const limit = options.limit ?? ${m + 1};
    const rows = await this.database.query('SELECT * FROM items_${n} WHERE id = $1 LIMIT $2', [id, limit]);
    if (rows.length === 0) return undefined;
    const items = rows.map((row) => ({ ...row, total: row.price * row.count, label: \`item \${row.id}\` }));
    return items.find((item) => item.total > ${m * 10}) ?? items[0];
  }
`,
  );
  return `import { Pool } from 'pg';
import type { Item, Options } from '../types/types${n % 20}.js';
import { helper${n} } from './more${n}.js';

export class Service${n} {
  constructor(private readonly database: Pool) {}
${methods.join('\n')}
  close(): Promise<void> {
    return this.database.end();
  }
}
export const service${n} = new Service${n}(new Pool());
`;
}
const more = (n: number): string =>
  `export const helper${n} = (value: unknown): string => JSON.stringify(value);\n${Array.from(
    { length: 24 },
    (_, m) => `export function part${m}(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value > ${m} ? value * ${n} : -value;
  return Math.round(sum / Math.max(1, values.length));
}`,
  ).join('\n')}\n`;
function routes(n: number): string {
  const all = Array.from({ length: routesPerGroup }, (_, m) => {
    const checks = Array.from(
      { length: 8 },
      (_, k) => `  if (request.query.filter${k} !== undefined && request.query.filter${k}.length > ${k * 10}) {
    return response.status(400).json({ error: 'filter${k} is too long' });
  }`,
    );
    return `router.${m % 3 === 0 ? 'post' : 'get'}('/things${m}/:id', requireUser, async (request, response) => {
${checks.join('\n')}
  const item = await service${n}.find${m}(request.params.id, { limit: Number(request.query.limit) });
  if (item === undefined) return response.status(404).json({ error: 'not found' });
  response.json(item);
});`;
  });
  return `import { Router } from 'express';
import { requireUser } from '../auth.js';
import { service${n} } from '../services/service${n}.js';

export const router = Router();
${all.join('\n')}
`;
}
const types = (n: number): string =>
  Array.from(
    { length: 10 },
    (_, m) => `export interface Item${m === 0 ? '' : m} {
  readonly id: string;
  readonly price: number;
  readonly count: number;
  readonly name${n}: string;
  readonly tags: readonly string[];
}
export type Options${m === 0 ? '' : m} = Partial<Pick<Item${m === 0 ? '' : m}, 'id' | 'price'>> & { readonly limit?: number };
`,
  ).join('');

/** Gives how many lines and routes were written. */
function writeProject(folder: string, lines: number): { readonly lines: number; readonly routes: number } {
  const [groups, written] = [Math.max(1, Math.round(lines / linesPerFile / 5)), { lines: 0 }];
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
    written.lines += text.split('\n').length - 1;
  };
  write('package.json', '{ "dependencies": { "express": "^5.0.0", "pg": "^8.0.0" } }\n');
  write(
    'src/auth.ts',
    'export function requireUser(request, response, next) {\n  if (request.headers.authorization) next();\n  else response.status(401).end();\n}\n',
  );
  const mounts: string[] = [];
  for (let n = 0; n < groups; n += 1) {
    write(`src/services/service${n}.ts`, service(n));
    write(`src/services/more${n}.ts`, more(n));
    write(`src/services/other${n}.ts`, more(n).replaceAll('part', 'other'));
    write(`src/routes/routes${n}.ts`, routes(n));
    write(`src/types/types${n}.ts`, types(n));
    mounts.push(`import { router as router${n} } from './routes/routes${n}.js';\napp.use('/group${n}', router${n});`);
  }
  write('src/app.ts', `import express from 'express';\nconst app = express();\n${mounts.join('\n')}\napp.listen(3000);\n`);
  return { lines: written.lines, routes: groups * routesPerGroup };
}

/** Kibibytes that a process and what it started hold; 0: it has ended, or this system does not say. */
function residentOf(pid: number): number {
  try {
    const own = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
    return children.reduce((sum, child) => sum + residentOf(child), own);
  } catch {
    return 0;
  }
}

export interface Mapped {
  /** Milliseconds, by what was done. */
  readonly times: Readonly<Record<string, number>>;
  readonly routes: number;
  readonly findings: number;
  readonly trouble: number;
}
/** Maps a folder with a process of its own; `memory` is the most that it and its children held at once, in MiB. */
async function mapApart(root: string, folder: string): Promise<Mapped & { readonly memory: number }> {
  const child = spawn(process.execPath, [path.join(root, 'scripts/ts.mjs'), path.join(root, 'bench/discovery-one.ts'), folder], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let [most, out] = [0, ''];
  const timer = setInterval(() => {
    most = Math.max(most, residentOf(child.pid ?? 0));
  }, 50);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(timer);
  if (code !== 0) throw new Error(`mapping ${folder} ended with ${code}`);
  return { ...(JSON.parse(out) as Mapped), memory: most / 1024 };
}

interface SizeRow extends Mapped {
  readonly lines: number;
  readonly expected: number;
  readonly memory: number;
}
export async function sizes(root: string, all: readonly number[]): Promise<readonly SizeRow[]> {
  const rows: SizeRow[] = [];
  for (const lines of all) {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'bexpert-size-'));
    try {
      const written = writeProject(folder, lines);
      rows.push({ ...(await mapApart(root, folder)), lines: written.lines, expected: written.routes });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return rows;
}
