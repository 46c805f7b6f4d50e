// What a team gets: the package as `npm pack` makes it, installed into another folder, and the plugin that docs/plugins.md shows.
import { execFile, spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../contract/sources.ts';

const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'bexpert-package-')));
const team = path.join(folder, 'team');
const state = path.join(folder, 'state');
const { PATH = '', HOME = '', NODE_EXTRA_CA_CERTS } = process.env;
const env = { PATH, HOME, ...(NODE_EXTRA_CA_CERTS === undefined ? {} : { NODE_EXTRA_CA_CERTS }) };

interface Ended {
  readonly code: number;
  readonly output: string;
}
async function call(file: string, args: readonly string[], cwd: string): Promise<Ended> {
  try {
    const { stdout, stderr } = await promisify(execFile)(file, args, { cwd, env, maxBuffer: 32 * 1024 * 1024 });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { readonly code: number; readonly stdout: string; readonly stderr: string };
    if (typeof code !== 'number') throw error;
    return { code, output: stdout + stderr };
  }
}
const bexpert = (...args: readonly string[]) => call('npx', ['--no-install', 'bexpert', ...args], team);

/** Everything of the checkout that git would keep, so that what is packed is built from it and not from what lies about. */
async function copyCheckout(to: string): Promise<void> {
  const { output } = await call('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], root);
  for (const file of output.split('\0').filter((name) => name !== '')) {
    cpSync(path.join(root, file), path.join(to, file), { verbatimSymlinks: true });
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(to, 'node_modules'));
}

beforeAll(async () => {
  const checkout = path.join(folder, 'checkout');
  await copyCheckout(checkout);
  const packed = await call('npm', ['pack', '--silent', '--pack-destination', folder], checkout);
  expect(packed, packed.output).toMatchObject({ code: 0 });
  mkdirSync(team);
  writeFileSync(path.join(team, 'package.json'), '{ "private": true, "type": "module" }\n');
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  const installed = await call(
    'npm',
    ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', path.join(folder, tarball)],
    team,
  );
  expect(installed, installed.output).toMatchObject({ code: 0 });
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the installed package', () => {
  it('holds what it exports and what its pages need, and no sources of tests', () => {
    const at = path.join(team, 'node_modules/bexpert');
    const files = readdirSync(at, { recursive: true, encoding: 'utf8' });
    for (const file of [
      'dist/cli.js',
      'types/src/plugin-api.d.ts',
      'playbooks/migration.yml',
      'examples/orders-api/bexpert.yml',
      'docs/language.md',
      'LICENSE',
      'README.md',
    ]) {
      expect(files).toContain(file);
    }
    expect(files.filter((file) => /\.test\.ts$|^(src|test|bench)\//.test(file))).toEqual([]);
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { readonly version: string };
    expect(JSON.parse(readFileSync(path.join(at, 'package.json'), 'utf8'))).toMatchObject({ version });
  });

  it('starts as npx bexpert', async () => {
    expect(await bexpert('--help')).toMatchObject({ code: 0, output: expect.stringContaining('Usage: bexpert') });
    const doctor = await bexpert('doctor', '--state', state);
    expect([0, 3]).toContain(doctor.code);
    expect(doctor.output).toContain(`Node.js ${process.versions.node}`);
    expect(doctor.output).toContain('PostgreSQL');
  });

  it('knows its plugins and its playbook', async () => {
    const plugins = await bexpert('plugins');
    expect(plugins).toMatchObject({ code: 0 });
    for (const name of ['tests', 'coverage', 'postgres']) expect(plugins.output).toContain(name);
    const example = path.join(team, 'node_modules/bexpert/examples/orders-api');
    expect(await bexpert('validate', 'migration', '--repo', example)).toMatchObject({ code: 0 });
  });

  it('plays the demo, and ends it when it is interrupted', async () => {
    const demo = spawn(path.join(team, 'node_modules/.bin/bexpert'), ['demo', 'shop', '--state', state, '--reporter', 'plain'], {
      cwd: team,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const take = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
      if (output.includes('who acts')) demo.kill('SIGINT');
    };
    demo.stdout.on('data', take);
    demo.stderr.on('data', take);
    const code = await new Promise((resolve) => demo.on('close', resolve));
    expect(output).toContain('The example is in shop');
    expect(output).toContain('the script bexpert.script.yml, no model');
    expect({ code, output }).toMatchObject({ code: 130 });
  });

  it.runIf(process.env.BEXPERT_TEST === 'full')(
    'plays the demo to its end: red, then proven',
    async () => {
      const demo = await bexpert('demo', 'whole', '--state', state, '--reporter', 'plain');
      expect(demo, demo.output).toMatchObject({ code: 0 });
      expect(demo.output).toMatch(/attempt 1: .* not green/);
      expect(demo.output).toMatch(/PROVEN after 2 attempts/);
    },
    600_000,
  );
});

describe('the plugin that docs/plugins.md shows', () => {
  const page = readFileSync(path.join(root, 'docs/plugins.md'), 'utf8');
  /** The first block of code behind the place that names its file. */
  const shown = (file: string): string => {
    const text = page.slice(page.indexOf(`\`${file}\``));
    return /```ts\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  };
  const files = ['manifest.ts', 'index.ts', 'index.test.ts'].map((name) => `plugins/no-console/${name}`);

  beforeAll(async () => {
    for (const file of files) {
      expect(shown(file)).toContain('import');
      mkdirSync(path.dirname(path.join(team, file)), { recursive: true });
      writeFileSync(path.join(team, file), shown(file));
    }
    mkdirSync(path.join(team, 'src'));
    mkdirSync(path.join(team, 'playbooks'));
    writeFileSync(path.join(team, 'src/app.js'), 'export const app = 1;\n');
    writeFileSync(path.join(team, '.gitignore'), 'node_modules/\nshop/\nwhole/\n');
    writeFileSync(
      path.join(team, 'playbooks/quality.yml'),
      'bexpert: 1\nphases:\n  verify:\n    steps:\n      - uses: ./plugins/no-console\n        with: { files: ["src/**/*.js"] }\n',
    );
    const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@bexpert.invalid', '-c', 'commit.gpgsign=false'];
    await call('git', ['init', '--quiet', '--initial-branch=main'], team);
    await call('git', ['add', '--all'], team);
    expect(await call('git', [...identity, 'commit', '--quiet', '--message=begin'], team)).toMatchObject({ code: 0 });
    for (const name of ['vitest', 'typescript', '@types/node']) {
      const to = path.join(team, 'node_modules', name);
      mkdirSync(path.dirname(to), { recursive: true });
      rmSync(to, { recursive: true, force: true });
      symlinkSync(path.join(root, 'node_modules', name), to);
    }
  });

  it('judges: green, and red when a file writes to the console', async () => {
    const args = ['verify', 'playbooks/quality.yml', '--state', state, '--reporter', 'plain'];
    const green = await bexpert(...args);
    expect(green, green.output).toMatchObject({ code: 0, output: expect.stringMatching(/no-console +PASS/) });
    writeFileSync(path.join(team, 'src/app.js'), 'console.log(1);\n');
    const red = await bexpert(...args);
    expect(red, red.output).toMatchObject({ code: 1, output: expect.stringContaining('src/app.js:1 writes to the console.') });
  });

  it('passes the tests of the page', async () => {
    const tested = await call('npx', ['--no-install', 'vitest', 'run', 'plugins', '--root', '.'], team);
    expect(tested, tested.output).toMatchObject({ code: 0, output: expect.stringContaining('3 passed') });
  });

  it('type-checks against the declarations of the package, these included', async () => {
    const options = ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2023,esnext.disposable', '--types', 'node'];
    const typed = await call(
      path.join(team, 'node_modules/typescript/bin/tsc'),
      [...options, '--module', 'nodenext', '--allowImportingTsExtensions', '--exactOptionalPropertyTypes', ...files],
      team,
    );
    expect(typed).toEqual({ code: 0, output: '' });
  });
});
