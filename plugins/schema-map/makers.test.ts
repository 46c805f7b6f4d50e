// The truth of each stack, made again by the tool itself in a PostgreSQL of this machine.
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testService } from '../../src/testing.ts';
import postgres from '../postgres/index.ts';

const run = promisify(execFile);
const fixtures = path.resolve(import.meta.dirname, 'fixtures');
const packages = [
  'typeorm@0.3',
  'sequelize@6',
  'sequelize-typescript@2',
  'knex@3',
  'mongoose@9',
  '@mikro-orm/core@6.5.9',
  '@mikro-orm/postgresql@6.5.9',
  'drizzle-orm@0.45',
  'drizzle-kit@0.31',
  'pg@8',
  'typescript@5',
  'reflect-metadata@0.2',
];
const stacks = [
  'prisma',
  'typeorm',
  'typeorm-migrations',
  'sequelize',
  'sequelize-migrations',
  'sequelize-typescript',
  'drizzle',
  'knex',
  'mongoose',
  'mikro-orm',
];

describe.runIf(process.env.BEXPERT_TEST === 'full')('the tools themselves', () => {
  let folder = '';
  let missing: string | undefined;
  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'bexpert-makers-'));
    writeFileSync(path.join(folder, 'package.json'), '{ "type": "module", "private": true }');
    try {
      await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...packages], { cwd: folder });
    } catch (error) {
      missing = `npm cannot install them here: ${String(error).split('\n')[0]}`;
    }
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.for(stacks)('make the same of %s', { timeout: 120_000 }, async (stack, context) => {
    context.skip(missing !== undefined, missing);
    cpSync(fixtures, folder, { recursive: true });
    await using service = await testService(postgres);
    const { address } = service.handle;
    const url = new URL(service.handle.url({ host: 'localhost', port: 5432 }));
    if ('socketPath' in address) url.searchParams.set('host', path.dirname(address.socketPath));
    const { stdout } = await run('node', ['truth.mjs'], {
      cwd: path.join(folder, stack),
      env: { ...process.env, DATABASE_URL: url.href },
    });
    expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync(path.join(fixtures, stack, 'truth.json'), 'utf8')));
  });
});
