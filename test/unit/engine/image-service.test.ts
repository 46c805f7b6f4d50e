import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startImageService } from '../../../src/engine/services/image-service.ts';
import { serviceSetting } from '../../../src/engine/services/plugin-service.ts';
import type { ServicePlan } from '../../../src/model/plan.ts';
import { defineManifest, defineService } from '../../../src/plugin-api.ts';
import { openWorld } from '../../../src/testing/world.ts';
import { openContainers } from '../../rig/containers.ts';
import type { Files } from '../../rig/repository.ts';
import { temporary } from '../workspace/rig.ts';
import { finishOf, of, type PlayOptions, play, repositoryOf } from './play.ts';

const opened = await openContainers('unit');
const containers = typeof opened === 'string' ? undefined : opened;
const here = typeof opened === 'string' ? ` (no engine on which containers run: ${opened})` : '';
const image = containers?.image ?? 'localhost/none:1';
afterAll(() => containers?.[Symbol.asyncDispose]());

/** A web server of the image with one page. */
const serve = (page: string, port = 8080): string =>
  `mkdir -p /page && echo ${page} > /page/index.html && exec /bin/busybox httpd -f -v -p ${port} -h /page`;
const service = (line: string, keys = ''): string => `image: ${image}
port: 8080
argv: [/bin/sh, -c, ${JSON.stringify(line)}]
${keys}`;
const ask = `const answer = await (await fetch(process.env.WEB)).text();
if (answer.trim() !== process.argv[2]) throw new Error(answer);
`;
const indented = (lines: string): string => lines.replace(/^(?=.)/gm, '    ');
const playbook = (keys: string, page = 'here', top = ''): string => `bexpert: 1
name: p
${top}services:
  web:
${indented(keys.trimEnd())}
phases:
  verify:
    - { id: gate, run: "node ask.mjs '${page}'", evidence: exit-code, env: { WEB: "\${{ services.web.url }}" } }
`;

async function verified(text: string, options: PlayOptions = {}, files: Files = {}) {
  const repository = await repositoryOf({ 'bexpert.yml': 'bexpert: 1\n', 'ask.mjs': ask, 'playbook.yml': text, ...files });
  const run = await play(repository, { mode: 'verify', env: containers?.env ?? {}, ...options });
  const [result] = of(run.events, 'step-finished').flatMap((event) => (event.step === 'gate' ? [event.result] : []));
  const logs = path.join(run.folder, 'logs');
  return {
    verdict: finishOf(run.events)?.verdict,
    failure: result !== undefined && 'failure' in result ? result.failure : undefined,
    logs: readdirSync(logs).map((name) => readFileSync(path.join(logs, name), 'utf8')),
    notes: readdirSync(run.folder).includes('containers') ? readdirSync(path.join(run.folder, 'containers')) : [],
    left: containers?.left(repository.state) ?? [],
    [Symbol.asyncDispose]: () => repository[Symbol.asyncDispose](),
  };
}

const empty = { type: 'object', properties: {}, additionalProperties: false } as const;
/** Its handle, without a run around it. */
async function alone(line: string) {
  const plugin = defineService(
    defineManifest({
      kind: 'service',
      name: 'nothing',
      api: 1,
      summary: 'Starts nothing.',
      inputs: empty,
      outputs: empty,
      powers: [],
    }),
    () => Promise.reject(new Error('it starts nothing')),
  );
  const world = await openWorld(plugin, { candidate: { 'a.txt': '' } });
  const context = { ...world.context, env: containers?.env ?? {} };
  const plan: ServicePlan = {
    name: 'web',
    place: { file: 'bexpert.yml', range: { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } } },
    body: { kind: 'image', image, port: 8080, argv: ['/bin/sh', '-c', line] },
    env: {},
    dependencies: [],
    ready: { withinMs: 20_000 },
  };
  const setting = serviceSetting({ context, plan, tree: world.candidate, signal: context.signal });
  const owned = await startImageService(setting, plan);
  return {
    handle: owned.handle,
    async [Symbol.asyncDispose]() {
      await owned[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}

describe.skipIf(containers === undefined)(`a service with an image${here}`, () => {
  it.each(['off', 'preferred'] as const)(
    'is reached in the network of the step and gone behind it (sandbox %s)',
    async (sandbox) => {
      await using it = await verified(playbook(service(`echo up; ${serve('here')}`)), { sandbox });
      expect(it.failure).toBeUndefined();
      expect(it.verdict).toBe('proven');
      expect(it.logs.join('\n')).toMatch(/^up$/m);
      expect({ notes: it.notes, left: it.left }).toEqual({ notes: [], left: [] });
    },
  );

  it('has its own variables as they are written, the address that its program sees, and no other variable', async () => {
    const line = serve('"$WORDS|$AT|${OTHER-none}"');
    const env = 'env: { WORDS: "a \\"b\\"  # c", AT: "${{ service.port }}" }';
    await using it = await verified(playbook(service(line, env), 'a \\"b\\"  # c|8080|none', 'env: { OTHER: x }\n'));
    expect(it.failure).toBeUndefined();
    expect(it.verdict).toBe('proven');
  });

  it('is filled by the commands of `prepare`, which reach it from the tree', async () => {
    const line = `mkdir -p /page/cgi-bin && printf '#!/bin/sh\\nread -r word; echo "$word" > /page/index.html; echo; echo' > /page/cgi-bin/set && chmod +x /page/cgi-bin/set && exec /bin/busybox httpd -f -p 8080 -h /page`;
    const keys = 'prepare: [{ run: node fill.mjs filled, env: { WEB: "${{ service.url }}" } }]';
    const fill = "await fetch(`${process.env.WEB}/cgi-bin/set`, { method: 'POST', body: `${process.argv[2]}\\n` });\n";
    await using it = await verified(playbook(service(line, keys), 'filled'), {}, { 'fill.mjs': fill });
    expect(it.failure).toBeUndefined();
    expect(it.verdict).toBe('proven');
  });

  it('is waited for as `ready` says: an answer, a word in its log, a command inside it', async () => {
    const line = `echo now it is up; mkdir -p /page; echo > /page/done; ${serve('here')}`;
    const ways = ['http: /', 'log: "now it is up"', 'command: "test -f /page/done"'];
    const services = ways.map((way, index) => `  w${index}:\n${indented(service(line, `ready: { ${way} }`))}\n`).join('');
    const text = playbook(service(serve('here'))).replace('services:\n', `services:\n${services}`);
    await using it = await verified(text.replace('evidence:', 'services: [w0, w1, w2], evidence:'));
    expect(it.failure).toBeUndefined();
    expect(it.verdict).toBe('proven');
  });

  it('answers again at the same address when it was started again, and its processor time is known', async () => {
    await using it = await alone(`echo up; ${serve('here')}`);
    const address = it.handle.address as { readonly port: number };
    const page = async () => (await (await fetch(`http://127.0.0.1:${address.port}/`)).text()).trim();
    expect(await page()).toBe('here');
    const { user, system } = await it.handle.cpu();
    expect(user + system).toBeGreaterThan(0);
    await it.handle.restart();
    expect(await page()).toBe('here');
    expect((await it.handle.log()).match(/^up$/gm)).toHaveLength(2);
  });

  it.runIf(process.env.BEXPERT_TEST === 'full')('that floods its log is ended', async () => {
    await using it = await verified(playbook(service('exec /bin/busybox yes', 'ready: { log: never said, within: 60s }')));
    expect(it.failure).toMatchObject({
      code: 'service/died',
      message: expect.stringContaining('was ended by bexpert: more than 256 MiB of output, before'),
    });
  });

  it('keeps a secret out of the log that people read', async () => {
    const text = playbook(
      service(`echo "key $KEY"; ${serve('here')}`, 'env: { KEY: "${{ secrets.key }}" }'),
      'here',
      'secrets: { key: { env: KEY } }\n',
    );
    await using it = await verified(text, { env: { ...containers?.env, KEY: 'correct-horse' } });
    expect(it.verdict).toBe('proven');
    expect(it.logs.join('\n')).toContain('key ***');
    expect(it.logs.join('\n')).not.toContain('correct-horse');
  });

  it('takes no variable of several lines', async () => {
    await using it = await verified(playbook(service(serve('here'), 'env: { KEY: "a\\nb" }')));
    expect(it.failure).toMatchObject({ code: 'service/image-env', message: expect.stringContaining('KEY of the service web') });
  });

  it('that ends says so with its last words, and is removed', async () => {
    await using it = await verified(playbook(service('echo no room; exit 3')));
    expect(it.failure).toMatchObject({
      code: 'service/died',
      message: 'The service web ended with exit code 3 before it was ready. Its log ends with:\nno room',
      hint: expect.stringContaining(`run --rm ${image}`),
    });
    expect({ notes: it.notes, left: it.left }).toEqual({ notes: [], left: [] });
  });

  it('that listens on another port says which one it was asked at, and is removed', async () => {
    await using it = await verified(playbook(service(serve('here', 9090), 'ready: { within: 1s }')));
    expect(it.failure).toMatchObject({
      code: 'service/not-ready',
      message: expect.stringContaining('nothing listens on port 8080'),
      hint: expect.stringContaining('`port: 8080`'),
    });
    expect(it.left).toEqual([]);
  });

  it('that cannot be fetched says what the engine said', async () => {
    await using it = await verified(playbook('image: localhost:1/bexpert/none:1\nport: 8080'));
    expect(it.failure).toMatchObject({
      code: 'service/image-failed',
      message: expect.stringContaining('of localhost:1/bexpert/none:1: '),
    });
    expect({ notes: it.notes, left: it.left }).toEqual({ notes: [], left: [] });
  });
});

it('without an engine a service with an image says what to install', async () => {
  const folder = temporary();
  const git = execFileSync('/bin/sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  symlinkSync(git, path.join(folder, 'git'));
  await using it = await verified(playbook(service('true')), { env: { PATH: folder, HOME: folder } });
  expect(it.failure).toMatchObject({
    code: 'service/no-engine',
    message:
      'The service web has an `image`, and neither Podman nor Docker answers on this machine (podman: it is not installed; docker: it is not installed).',
  });
});
