// `npm run bench`: what bexpert itself costs, measured in pairs in one run. Prints tables; there is no limit that could fail.
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { sizes } from './discovery-size.ts';
import { largeTree } from './large-tree.ts';
import { commandSteps } from './runners.ts';
import { starts } from './starts.ts';
import { inProcessSteps } from './steps.ts';
import { table } from './table.ts';
import { validations } from './validates.ts';

const root = path.resolve(import.meta.dirname, '..');
const print = (text: string): void => void process.stdout.write(`${text}\n`);

async function ofStarts(rounds: number): Promise<void> {
  const { time, cpu, memory } = await starts(root, rounds);
  print(table('A start, by the clock', time));
  print(table('CPU time of a start', cpu));
  print(table('The largest resident set', memory));
}
async function ofSteps(rounds: number): Promise<void> {
  print(table('A step in the runner itself', await inProcessSteps(rounds)));
}
async function ofCommands(rounds: number): Promise<void> {
  const { step, whole, missing } = await commandSteps(root, Math.min(rounds, 10));
  print(table('A step that is the command `true`', step));
  print(table('A whole call with 2 such steps', whole));
  for (const name of missing) print(`Not measured, it is not here: ${name}.`);
}
async function ofTrees(rounds: number): Promise<void> {
  for (const [files, most] of [
    [20, rounds],
    [20_000, Math.min(rounds, 3)],
  ] as const) {
    print(table(`The trees of a repository with ${files} files`, await largeTree(files, most)));
  }
}
async function ofValidations(rounds: number): Promise<void> {
  const { time, each, cpu, missing } = await validations(root, Math.min(rounds, 10));
  print(table('Validating playbooks', time));
  print(table('One playbook more', each));
  print(table('CPU time of it', cpu));
  for (const name of missing) print(`Not measured, it is not here: ${name}.`);
}
async function ofDiscovery(): Promise<void> {
  for (const row of await sizes(root, [10_000, 100_000, 1_000_000])) {
    const took = Object.entries(row.times).map(([what, time]) => `${what} ${(time / 1000).toFixed(1)} s`);
    print(`Discovery of ${row.lines.toLocaleString('en')} lines of TypeScript`);
    print(`  ${took.join(', ')}; ${row.memory.toFixed(0)} MiB at most`);
    print(`  ${row.routes} of ${row.expected} routes, ${row.findings} findings, ${row.trouble} files not read\n`);
  }
}
const parts = {
  starts: ofStarts,
  steps: ofSteps,
  commands: ofCommands,
  trees: ofTrees,
  validate: ofValidations,
  'discovery-size': ofDiscovery,
};

const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  options: { rounds: { type: 'string', default: '15' } },
  allowPositionals: true,
});
const rounds = Number(values.rounds);
const wanted = Object.entries(parts).filter(([name]) => positionals.length === 0 || positionals.includes(name));

if (!Number.isInteger(rounds) || rounds < 1 || wanted.length < positionals.length) {
  print(`usage: npm run bench [-- [${Object.keys(parts).join('] [')}] [--rounds <number>]]`);
  process.exitCode = 2;
} else if (!existsSync(path.join(root, 'dist/cli.js'))) {
  print('The program is not built. Run: npm run build');
  process.exitCode = 2;
} else {
  print(
    `Node ${process.versions.node}, ${os.availableParallelism()} cores, ${process.platform}; ${rounds} rounds, 1 more to warm up.\n`,
  );
  for (const [, measure] of wanted) await measure(rounds);
}
