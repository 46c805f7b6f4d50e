import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Files } from '../../rig/repository.ts';
import { finishOf, of, type PlayOptions, play, repositoryOf } from './play.ts';

const server = `
const http = require('node:http');
const fs = require('node:fs');
const on = (port, text) => new Promise((done) => http.createServer((_, answer) => answer.end(text)).listen(Number(port), '127.0.0.1', done));
const all = [on(process.env.PORT, 'main')];
if (process.env.ADMIN) all.push(on(process.env.ADMIN, 'admin'), on(process.env.METRICS, 'metrics'));
Promise.all(all).then(() => {
  if (process.env.LOG) fs.appendFileSync(process.env.LOG, 'up and running\\n');
});
`;
const ask = `
const wanted = process.argv.slice(2).map((pair) => pair.split('='));
Promise.all(wanted.map(async ([name, text]) => (await (await fetch(process.env[name])).text()) === text)).then((all) => process.exit(all.every(Boolean) ? 0 : 1));
`;
const playbook = (service: string, command = 'true', env = '{ API: "${{ services.api.url }}" }') => `bexpert: 1
name: p
services:
  api:
${service.replace(/^(?=.)/gm, '    ')}
phases:
  verify:
    - { id: gate, run: ${JSON.stringify(command)}, evidence: exit-code, env: ${env} }
`;
const start = 'run: exec node server.js\n';

async function verified(files: Files, options: PlayOptions = {}) {
  const repository = await repositoryOf({
    'bexpert.yml': 'bexpert: 1\n',
    '.gitignore': 'var/\nbuilt/\n',
    'server.js': server,
    'ask.js': ask,
    ...files,
  });
  const run = await play(repository, { mode: 'verify', ...options });
  const [result] = of(run.events, 'step-finished').flatMap((event) => (event.step === 'gate' ? [event.result] : []));
  return {
    repository,
    run,
    result,
    finish: finishOf(run.events),
    [Symbol.asyncDispose]: () => repository[Symbol.asyncDispose](),
  };
}

describe('ports of a service', () => {
  it('are free ones, known to it and to those who use it', async () => {
    const service = `${start}ports: [admin, metrics]
env: { PORT: "\${{ service.port }}", ADMIN: "\${{ service.ports.admin }}", METRICS: "\${{ service.ports.metrics }}" }`;
    const at = (name: string) => `"http://127.0.0.1:\${{ services.api.${name} }}"`;
    const env = `{ MAIN: ${at('port')}, ADMIN: ${at('ports.admin')}, METRICS: ${at('ports.metrics')} }`;
    const text = playbook(service, 'node ask.js MAIN=main ADMIN=admin METRICS=metrics', env);
    await using it = await verified({ 'playbook.yml': text });
    expect(it.finish?.verdict).toBe('proven');
    await using walled = await verified({ 'playbook.yml': text }, { sandbox: 'preferred' });
    expect(walled.finish?.verdict).toBe('proven');
  });
});

describe('prepare of a service', () => {
  it('runs before a command is started, with its variables', async () => {
    const service = `run: test "$(cat built/mode)" = fast && exec node server.js
prepare:
  - mkdir -p built && test -n "$PORT"
  - { run: 'printf %s "$MODE" > mode', env: { MODE: fast }, working-directory: built }
env: { PORT: "\${{ service.port }}" }`;
    await using it = await verified({ 'playbook.yml': playbook(service) });
    expect(it.finish?.verdict).toBe('proven');
  });
  it('that fails is said with what it printed', async () => {
    const service = `${start}prepare: ['echo no compiler here; exit 3']\nenv: { PORT: "\${{ service.port }}" }`;
    await using it = await verified({ 'playbook.yml': playbook(service) });
    expect(it.result).toMatchObject({ verdict: 'invalid', failure: { code: 'service/prepare-failed' } });
    expect(JSON.stringify(it.result)).toContain('no compiler here');
  });
  it('fills what a plugin runs, when it is up', async () => {
    const service = (text: string) => `uses: upstream
with: { routes: [{ method: GET, path: /, body: hello }] }
prepare: [{ run: node ask.js "UP=${text}", env: { UP: "\${{ service.url }}" } }]`;
    await using good = await verified({ 'playbook.yml': playbook(service('hello')) });
    expect(good.result).toMatchObject({ verdict: 'pass' });
    await using bad = await verified({ 'playbook.yml': playbook(service('good bye')) });
    expect(bad.result).toMatchObject({ verdict: 'invalid', failure: { code: 'service/prepare-failed' } });
  });
});

describe('log of a service', () => {
  const service = (more: string) => `${start}prepare: [mkdir -p var]
log: var/api.log
ready: { log: up and running, within: ${more} }
env: { PORT: "\${{ service.port }}", LOG: var/api.log }`;
  const logs = (folder: string) =>
    readdirSync(path.join(folder, 'logs'))
      .map((name) => readFileSync(path.join(folder, 'logs', name), 'utf8'))
      .join('');

  it('is a file beside its standard output', async () => {
    await using it = await verified({ 'playbook.yml': playbook(service('20s')) });
    expect(it.finish?.verdict).toBe('proven');
    expect(logs(it.run.folder)).toContain('up and running');
    await using walled = await verified({ 'playbook.yml': playbook(service('20s')) }, { sandbox: 'preferred' });
    expect(walled.finish?.verdict).toBe('proven');
  });
  it('is no link to somewhere else', async () => {
    const text = playbook(
      service('1s')
        .replace('mkdir -p var', 'mkdir -p var && ln -s "$OUTSIDE" var/api.log')
        .replace('LOG: var/api.log', 'OUTSIDE: "${{ inputs.outside }}"'),
    );
    await using repository = await repositoryOf({
      'bexpert.yml': 'bexpert: 1\n',
      '.gitignore': 'var/\n',
      'server.js': server,
      'playbook.yml': `${text}inputs: { outside: { type: string } }\n`,
    });
    const outside = path.join(repository.state, 'outside.log');
    writeFileSync(outside, 'up and running, and nobody may know\n');
    const run = await play(repository, { mode: 'verify', inputs: { outside } });
    expect(finishOf(run.events)?.verdict).toBe('inconclusive');
    expect(JSON.stringify(run.events)).toContain('service/not-ready');
    expect(logs(run.folder)).not.toContain('nobody may know');
  });
});
