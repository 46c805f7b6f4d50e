import { expect, it } from 'vitest';
import type { Finding } from '../../src/plugin-api.ts';
import { testAction } from '../../src/testing.ts';
import { playScript } from '../../test/rig/messages-script.ts';
import { startMessagesServer } from '../../test/rig/messages-server.ts';
import script from '../script/index.ts';
import agent from './index.ts';

const text = `
bexpert-script: 1
attempts:
  - say: A first try.
    calls:
      - create: db/002.sql
        content: |
          ALTER TABLE orders DROP COLUMN note;
      - edit: src/orders.js
        find: limit = 10
        replace: limit = 20
      - run: mkdir -p docs && echo note > docs/note.md
      - edit: src/orders.js
        find: limit = 20
        replace: limit = 30
  - when-feedback: migration/*
    calls:
      - edit: db/002.sql
        find: DROP COLUMN note
        replace: ADD COLUMN memo text
`;
const candidate = { 'src/orders.js': 'const limit = 10;\n' };
const feedback: readonly Finding[] = [{ code: 'migration/data-lost', severity: 'error', message: 'Lost.', subject: 'note' }];

it('a model behind the wire that makes the calls of a script leaves the tree that the script leaves', async () => {
  await using server = await startMessagesServer({ respond: playScript(text) });
  const scene = {
    script: { candidate, with: { script: 'a.yml', 'script-text': text } },
    agent: { candidate, with: { goal: 'The goal.' }, env: { ANTHROPIC_BASE_URL: server.url } },
  };
  const played = await testAction(script, scene.script);
  const worked = await testAction(agent, scene.agent);
  expect(worked.result).toMatchObject({ outcome: 'ok', summary: 'A first try.' });
  expect(worked.files).toEqual(played.files);
  expect(worked.files).toMatchObject({ 'src/orders.js': 'const limit = 30;\n', 'docs/note.md': 'note\n' });
  expect(worked.calls.map(({ name }) => name)).toEqual(played.calls.map(({ name }) => name));

  const next = (state: typeof played.state, files: typeof played.files) => ({
    candidate: files,
    turn: { attempt: 2, feedback, ...(state === undefined ? {} : { state }) },
  });
  const playedAgain = await testAction(script, { ...scene.script, ...next(played.state, played.files) });
  const workedAgain = await testAction(agent, { ...scene.agent, ...next(worked.state, worked.files) });
  expect(workedAgain.result?.outcome).toBe('ok');
  expect(workedAgain.files['db/002.sql']).toBe('ALTER TABLE orders ADD COLUMN memo text;\n');
  expect(workedAgain.files).toEqual(playedAgain.files);
});
