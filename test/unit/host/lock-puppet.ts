// A process that takes the machine's lock and tells its test over IPC what happens; it lets go when it is told to.
import process from 'node:process';
import { acquireMachineLock } from '../../../src/host/machine-lock.ts';

const [folder = '', mode = 'shared', rounds = '0', tally = ''] = process.argv.slice(2);
const say = (message: string) => process.send?.(message);
const take = () =>
  acquireMachineLock({
    folder,
    mode: mode === 'exclusive' ? 'exclusive' : 'shared',
    waitMs: 60_000,
    signal: new AbortController().signal,
    onWait: () => say('waits'),
  });

if (rounds === '0') {
  const lock = await take();
  say(lock.ok ? 'holds' : 'gave up');
  process.on('message', async () => {
    if (lock.ok) await lock.value[Symbol.asyncDispose]();
    say('let go');
    process.disconnect();
  });
} else {
  const { appendFileSync } = await import('node:fs');
  const { setTimeout: sleep } = await import('node:timers/promises');
  for (let round = 0; round < Number(rounds); round += 1) {
    const lock = await take();
    if (!lock.ok) throw new Error('the lock was not given');
    appendFileSync(tally, `${mode} in\n`);
    await sleep(round % 3);
    appendFileSync(tally, `${mode} out\n`);
    await lock.value[Symbol.asyncDispose]();
  }
  process.disconnect();
}
