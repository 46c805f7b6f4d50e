// A repository small enough to be judged in a second: one file, a check that a `run:` gate makes, a script that mends it in two attempts.
import type { Files } from './repository.ts';

const check = `
import { readFileSync } from 'node:fs';
const value = readFileSync('src/value.txt', 'utf8').trim();
if (value !== 'right') {
  console.error('the value is ' + value);
  process.exit(1);
}
`;

const configuration = `
bexpert: 1
model: { script: bexpert.script.yml }
`;

const script = `
bexpert-script: 1
attempts:
  - say: a hasty try
    calls:
      - edit: src/value.txt
        find: wrong
        replace: nearly
  - say: mended
    calls:
      - edit: src/value.txt
        find: nearly
        replace: right
`;

export const loopPlaybook = `
bexpert: 1
name: small
phases:
  context:
    - { id: look, run: ls src }
  action:
    - { id: act, uses: agent, with: { goal: Make the value right. } }
  verify:
    steps:
      - { id: check, run: node check.mjs, evidence: exit-code }
    on-failure: { retry-from: action, attempts: 3 }
deliver: { to: branch }
`;

/** The files of the repository; `more` adds or replaces some. */
export const smallService = (more: Files = {}): Files => ({
  'check.mjs': check,
  'src/value.txt': 'wrong\n',
  'bexpert.yml': configuration,
  'bexpert.script.yml': script,
  'playbooks/loop.yml': loopPlaybook,
  ...more,
});
