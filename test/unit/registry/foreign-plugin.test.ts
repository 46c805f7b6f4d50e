import { describe, expect, it } from 'vitest';
import { testAction, testContext, testControls, testGate } from '../../../src/testing.ts';
import { foreignFolder, gateJson, prelude } from './foreign-folder.ts';

const service = `require('node:http').createServer((request, response) => response.end(process.env.SAYS)).listen(Number(process.env.PORT), '127.0.0.1');`;

describe.each(['none', 'best'] as const)('a plugin in another language, with the provider %s', (provider) => {
  it('gets one document, sees both trees, and its answer is that of a gate', async () => {
    await using plugin = await foreignFolder(`${prelude}
      const { candidate, base } = request.trees;
      writeFileSync(request.output + '/seen.txt', readdirSync('.').join(','));
      process.stderr.write('{"progress": 0.5, "label": "half"}\\n{"log": "info", "message": "hello"}\\nplain words\\n{"log": 1}\\n');
      answer({
        outputs: { files: 2 },
        examined: { unit: 'files', count: 2, min: 1 },
        findings: [{ ...finding, evidence: JSON.stringify({ ...request, both: [readFileSync(candidate.path + '/a.txt', 'utf8'), readFileSync(base.path + '/a.txt', 'utf8')] }) }],
        measurements: [{ name: 'files', value: 2, unit: 'count' }],
        artifacts: [{ name: 'seen.txt', path: 'seen.txt', mediaType: 'text/plain' }],
      });`);
    const seen = await testGate(plugin.folder, {
      candidate: { 'a.txt': 'new', 'b.txt': '' },
      base: { 'a.txt': 'old' },
      with: { within: '2s' },
      seed: 7,
      provider,
    });
    expect(seen.failure).toBeUndefined();
    expect(seen.codes).toEqual(['words/bad']);
    const request = JSON.parse(seen.result?.findings[0]?.evidence ?? '{}') as Record<string, unknown>;
    expect(request).toMatchObject({
      protocol: 1,
      task: 'run',
      plugin: 'words',
      inputs: { word: 'bad', within: 2000 },
      services: { candidate: {}, base: {} },
      changed: [
        { path: 'a.txt', status: 'changed' },
        { path: 'b.txt', status: 'added' },
      ],
      seed: expect.any(Number),
      deadline: { at: expect.stringMatching(/^\d{4}-.*Z$/), inMs: expect.any(Number) },
      both: ['new', 'old'],
    });
    expect(seen.result?.measurements).toEqual([{ name: 'files', value: 2, unit: 'count' }]);
    expect(seen.artifacts).toEqual({ 'seen.txt': 'gate.mjs,plugin.json' });
    expect(seen.progress).toMatchObject([{ fraction: 0.5, label: 'half' }]);
    expect(seen.log.map(({ level, message }) => [level, message])).toEqual([
      ['info', 'hello'],
      ['debug', 'plain words'],
      ['debug', '{"log": 1}'],
    ]);
  });

  it('reaches a service of each tree', async () => {
    await using plugin = await foreignFolder(
      `${prelude}
      const says = async (tree) => await (await fetch(request.services[tree].api.url)).text();
      answer({ ...green, findings: [{ ...finding, message: (await says('candidate')) + ' ' + (await says('base')) }] });`,
      {
        inputs: {
          type: 'object',
          properties: { service: { type: 'string', format: 'service', default: 'api', description: 'The service.' } },
        },
      },
    );
    const files = (says: string) => ({ 'api.cjs': `process.env.SAYS = '${says}';\n${service}` });
    const seen = await testGate(plugin.folder, {
      candidate: files('new'),
      base: files('old'),
      services: { api: { run: 'node api.cjs', env: { PORT: '${{ service.port }}' }, ready: { http: '/' } } },
      provider,
    });
    expect(seen.failure).toBeUndefined();
    expect(seen.result?.findings[0]?.message).toBe('new old');
  });

  it('has the tokens that its inputs name, for the service that they name and each tree of it', async () => {
    await using plugin = await foreignFolder(
      `${prelude}
      const { candidate, base } = request.services;
      const says = async ({ url, tokens }) => await (await fetch(url, { headers: { authorization: tokens.user } })).text();
      const message = [await says(candidate.api), await says(base.api), candidate.other.tokens].join(' ');
      answer({ ...green, findings: [{ ...finding, message }] });`,
      {
        inputs: {
          type: 'object',
          properties: {
            service: { type: 'string', format: 'service', default: 'api', description: 'The service.' },
            as: { type: 'array', items: { type: 'string', format: 'auth', description: 'A token.' }, description: 'Who asks.' },
          },
        },
      },
    );
    const files = (says: string) => ({
      'token.cjs': `console.log('token-of-${says}');`,
      'api.cjs': `require('node:http').createServer((request, response) => response.end(String(request.headers.authorization === 'token-of-${says}'))).listen(Number(process.env.PORT), '127.0.0.1');`,
    });
    const run = { run: 'node api.cjs', env: { PORT: '${{ service.port }}' }, ready: { http: '/' } };
    const seen = await testGate(plugin.folder, {
      candidate: files('new'),
      base: files('old'),
      services: { api: run, other: run },
      auth: { user: 'node token.cjs' },
      with: { as: ['user'] },
      provider,
    });
    expect(seen.failure).toBeUndefined();
    expect(seen.result?.findings[0]?.message).toBe('true true ');
  });

  it('turns red on the control that its prove command applies', async () => {
    await using plugin = await foreignFolder(`${prelude}
      const file = request.trees.candidate.path + '/a.txt';
      if (request.task === 'prove') {
        writeFileSync(file, request.control);
        answer({ applied: true });
      } else answer(readFileSync(file, 'utf8').includes('bad') ? { ...green, findings: [finding] } : green);`);
    expect(await testControls(plugin.folder, { candidate: { 'a.txt': 'good' }, provider })).toMatchObject([
      { name: 'a bad word', expects: 'words/bad', turned: 'red' },
    ]);
  });

  it('as an action edits the work tree, is told what to mend, and keeps a state', async () => {
    const { runsOnBase: _, findings: __, prove: ___, ...action } = gateJson;
    const nothing = { runsOnBase: undefined, findings: undefined, prove: undefined };
    await using plugin = await foreignFolder(
      `${prelude}
      const { turn, trees } = request;
      writeFileSync(trees.work.path + '/made.txt', turn.feedback.map(({ message }) => message).join() + turn.attempt + turn.state);
      answer({ outputs: { files: 1 }, outcome: 'ok', summary: 'made a file', state: { calls: 1 } });`,
      { ...action, ...nothing, kind: 'action' },
    );
    const feedback = [{ code: 'x/y', severity: 'error', message: 'Mend it.', subject: 's' }] as const;
    const seen = await testAction(plugin.folder, {
      candidate: { 'a.txt': '' },
      turn: { attempt: 2, feedback, state: 'before' },
      provider,
    });
    expect(seen.failure).toBeUndefined();
    expect(seen.result).toEqual({ outputs: { files: 1 }, outcome: 'ok', summary: 'made a file' });
    expect(seen.files['made.txt']).toBe('Mend it.2before');
    expect(seen.state).toEqual({ calls: 1 });
  });
});

it('cannot change its own files', async () => {
  await using plugin = await foreignFolder(`${prelude}
    let said = 'written';
    try { writeFileSync('gate.mjs', ''); } catch (error) { said = error.code; }
    answer({ ...green, findings: [{ ...finding, message: said }] });`);
  const seen = await testGate(plugin.folder, { candidate: { 'a.txt': '' }, provider: 'best' });
  expect(seen.result?.findings[0]?.message).toBe('EROFS');
});

it('has no service of base where its manifest wants that of the candidate only', async () => {
  await using plugin = await foreignFolder(
    `${prelude} answer({ ...green, findings: [{ ...finding, message: Object.keys(request.services).join() }] });`,
    { servicesOf: ['candidate'] },
  );
  const seen = await testGate(plugin.folder, {
    candidate: { 'api.cjs': `process.env.SAYS = '';\n${service}`, 'a.txt': '' },
    base: { 'api.cjs': 'process.exit(1);' },
    services: { api: { run: 'node api.cjs', env: { PORT: '${{ service.port }}' }, ready: { http: '/' } } },
  });
  expect(seen.failure).toBeUndefined();
  expect(seen.result?.findings[0]?.message).toBe('candidate');
});

it('as a context plugin looks at base, and tells what it found', async () => {
  const nothing = { runsOnBase: undefined, findings: undefined, prove: undefined };
  await using plugin = await foreignFolder(
    `${prelude}
    answer({ outputs: { files: readdirSync(request.trees.base.path).length }, brief: [{ title: 'Trees', text: Object.keys(request.trees).join() }] });`,
    { ...nothing, kind: 'context' },
  );
  const seen = await testContext(plugin.folder, { candidate: { 'a.txt': '' } });
  expect(seen.result).toEqual({ outputs: { files: 1 }, brief: [{ title: 'Trees', text: 'base' }] });
});

it('has controls that prove nothing where they change nothing, or where it is red without them', async () => {
  await using idle = await foreignFolder(`${prelude} answer(request.task === 'prove' ? { applied: true } : green);`);
  expect(await testControls(idle.folder, { candidate: {} })).toMatchObject([{ turned: 'unchanged' }]);
  const look = (findings: string) => `${prelude}
    if (request.task === 'prove') {
      writeFileSync(request.trees.candidate.path + '/a.txt', 'bad');
      answer({ applied: true });
    } else answer({ ...green, findings: ${findings} });`;
  await using red = await foreignFolder(look('[finding]'));
  expect(await testControls(red.folder, { candidate: {} })).toMatchObject([{ turned: 'red-without' }]);
  await using blind = await foreignFolder(look('[]'));
  expect(await testControls(blind.folder, { candidate: {} })).toMatchObject([{ turned: 'green' }]);
});

it('says in its own name that it cannot work', async () => {
  await using plugin = await foreignFolder(
    `${prelude} answer({ error: { code: 'words/no-list', message: 'There is no list of words.', hint: 'Write one.' } });`,
  );
  const seen = await testGate(plugin.folder, { candidate: {} });
  expect(seen.failure).toMatchObject({ code: 'words/no-list', message: 'There is no list of words.', hint: 'Write one.' });
});

it('sees the variables that its manifest names, and no others', async () => {
  await using plugin = await foreignFolder(
    `${prelude} answer({ ...green, findings: [{ ...finding, message: JSON.stringify([request.env, process.env.SHOWN ?? null]) }] });`,
    { env: ['SHOWN', 'UNSET'] },
  );
  const seen = await testGate(plugin.folder, { candidate: {}, env: { SHOWN: 'yes', OTHER: 'no' } });
  expect(seen.result?.findings[0]?.message).toBe('[{"SHOWN":"yes"},null]');
});
