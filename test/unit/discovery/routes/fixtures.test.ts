import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { RouteStack } from '../../../../src/discovery/contract/route.ts';
import { filesIn } from '../../../../src/discovery/files/folder.ts';
import { openReading } from '../../../../src/discovery/reading.ts';
import { express } from '../../../../src/discovery/routes/adapters/express.ts';
import { fastify } from '../../../../src/discovery/routes/adapters/fastify.ts';
import { hapi } from '../../../../src/discovery/routes/adapters/hapi.ts';
import { hono } from '../../../../src/discovery/routes/adapters/hono.ts';
import { koa } from '../../../../src/discovery/routes/adapters/koa.ts';
import { routesIn } from '../../../../src/discovery/routes/join.ts';

const fixtures = path.resolve(import.meta.dirname, '../../../../plugins/api-contracts/fixtures');
interface Printed {
  readonly routes: readonly { readonly method: string; readonly path: string; readonly guarded?: boolean }[];
}

async function mapped(folder: string, stack: RouteStack) {
  const files = filesIn(path.join(fixtures, folder));
  const tree = {
    ...files,
    glob: async (globs: readonly string[]) => (await files.glob(globs)).filter((file) => file !== 'truth.mjs'),
  };
  const reading = await openReading({ tree, stacks: [stack] });
  return routesIn(reading, [stack]);
}

describe('the routes that the framework itself prints', () => {
  it.each([
    ['express', express, []],
    ['koa', koa, []],
    ['hapi', hapi, []],
    ['hono', hono, []],
    // A file that `ignorePattern` leaves out holds a route that nobody serves.
    ['fastify-autoload', fastify, ['routes/hidden/secret.js']],
  ] as const)('are found in %s', async (folder, stack, left) => {
    const printed = JSON.parse(readFileSync(path.join(fixtures, folder, 'truth.json'), 'utf8')) as Printed;
    const { routes, notUnderstood } = await mapped(folder, stack);
    const text = ({ method, path: at }: { readonly method: string; readonly path: string }) => `${method} ${at}`;
    expect(routes.map(text).sort()).toEqual(printed.routes.map(text).sort());
    const guarded = new Map(routes.map((route) => [text(route), route.guards.some(({ isAuth }) => isAuth)]));
    for (const one of printed.routes) {
      if (one.guarded !== undefined) expect([text(one), guarded.get(text(one))]).toEqual([text(one), one.guarded]);
    }
    expect(notUnderstood.map(({ file }) => file)).toEqual(left);
  });
});

describe.runIf(process.env.BEXPERT_TEST === 'full')('what the fixtures hold', () => {
  it.for(['express', 'koa', 'hapi', 'hono', 'fastify-autoload'])('is what %s prints', async (name, { skip }) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'bexpert-routes-'));
    try {
      cpSync(path.join(fixtures, name), folder, { recursive: true });
      const run = promisify(execFile);
      const install = run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, timeout: 240_000 });
      const failed = await install.then(
        () => undefined,
        (error: unknown) => String(error),
      );
      if (failed !== undefined) skip(`npm cannot install ${name} here: ${failed.slice(0, 200)}`);
      const { stdout } = await run(process.execPath, ['truth.mjs'], { cwd: folder });
      expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync(path.join(fixtures, name, 'truth.json'), 'utf8')));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
