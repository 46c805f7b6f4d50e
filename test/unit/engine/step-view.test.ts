import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { defineGate, defineManifest } from '../../../src/plugin-api.ts';
import { testGate } from '../../../src/testing.ts';

const nothing = { type: 'object', properties: {}, additionalProperties: false } as const;
const manifest = defineManifest({
  kind: 'gate',
  name: 'lister',
  api: 1,
  summary: 'Lists the files of its tree.',
  inputs: nothing,
  outputs: nothing,
  powers: ['exec'],
  runsOnBase: false,
  findings: { 'lister/seen': { means: 'Files are there.', baseline: 'absolute' } },
});
const prove = [{ name: 'nothing', expects: 'lister/seen', apply: async () => ({ notApplicable: 'it only looks' }) }] as const;

it('the files of a tree are listed once until something of the step could have changed them, and then as they are', async () => {
  const gate = defineGate(
    manifest,
    async (_, host) => {
      const { candidate } = host.trees;
      const list = async () => host.log.info((await candidate.glob(['*.txt'])).join());
      await list();
      // Nobody can do this in a run: without a walk it is not seen.
      await writeFile(path.join(candidate.path, 'b.txt'), '');
      await list();
      await host.commands.run('node', ['-e', 'require("node:fs").writeFileSync("c.txt", "")']);
      await list();
      await host.commands.run('node', ['-e', 'require("node:fs").rmSync("a.txt")']);
      await list();
      return { outputs: {}, examined: { unit: 'lists', count: 4, min: 1 }, findings: [] };
    },
    { prove },
  );
  const seen = await testGate(gate, { candidate: { 'a.txt': 'a' } });
  expect(seen.log.map(({ message }) => message)).toEqual(['a.txt', 'a.txt', 'a.txt,b.txt,c.txt', 'b.txt,c.txt']);
});

it('what a service of the step writes is listed', async () => {
  const gate = defineGate(
    manifest,
    async (_, host) => {
      const list = async () => host.log.info((await host.trees.candidate.glob(['*.txt'])).join());
      await list();
      await host.services.start('writer');
      await list();
      return { outputs: {}, examined: { unit: 'lists', count: 2, min: 1 }, findings: [] };
    },
    { prove },
  );
  const server = `import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
writeFileSync('b.txt', '');
createServer((request, response) => response.end()).listen(Number(process.env.PORT), '127.0.0.1');
`;
  const seen = await testGate(gate, {
    candidate: { 'a.txt': 'a', 'server.mjs': server },
    services: {
      writer: { run: 'node server.mjs', env: { PORT: '${{ service.port }}' }, ready: { http: '/', withinMs: 20_000 } },
    },
  });
  expect(seen.log.map(({ message }) => message)).toEqual(['a.txt', 'a.txt,b.txt']);
});
