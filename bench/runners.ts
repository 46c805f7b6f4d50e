// A step that is a command, against runners that do nothing but run it. Each is measured with few and with many steps: the
// difference is what a step costs, whatever a start costs.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Call, wallTime } from './program.ts';
import { createProject } from './project.ts';
import { paired, ratios, spread } from './spread.ts';
import type { Row } from './table.ts';

const few = 2;
const many = 12;
const names = (steps: number): string[] => Array.from({ length: steps }, (_, at) => `step-${at}`);

const onPath = (file: string): boolean =>
  (process.env.PATH ?? '').split(path.delimiter).some((folder) => existsSync(path.join(folder, file)));

function makefile(steps: number): string {
  return `all: ${names(steps).join(' ')}\n.PHONY: all ${names(steps).join(' ')}\n${names(steps)
    .map((name) => `${name}:\n\t@true\n`)
    .join('')}`;
}
function justfile(steps: number): string {
  return `all: ${names(steps).join(' ')}\n${names(steps)
    .map((name) => `${name}:\n  @true\n`)
    .join('')}`;
}
function npmScripts(steps: number): string {
  const own = Object.fromEntries(names(steps).map((name) => [name, 'true']));
  const all = names(steps)
    .map((name) => `npm run --silent ${name}`)
    .join(' && ');
  return JSON.stringify({ private: true, scripts: { ...own, all } });
}

/** It is no dependency: npm cannot write a complete lock file where a registry lacks its packages for other platforms. */
const hints: Readonly<Record<string, string>> = { just: ' (`npm install --no-save rust-just` brings it)' };

type Starter = (steps: number) => Call;

export async function commandSteps(
  root: string,
  rounds: number,
): Promise<{ readonly step: Row[]; readonly whole: Row[]; readonly missing: readonly string[] }> {
  using project = createProject([few, many]);
  for (const steps of [few, many]) {
    const folder = path.join(project.folder, `others-${steps}`);
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'Makefile'), makefile(steps));
    writeFileSync(path.join(folder, 'justfile'), justfile(steps));
    writeFileSync(path.join(folder, 'package.json'), npmScripts(steps));
  }
  const cwd = (steps: number): string => path.join(project.folder, `others-${steps}`);
  const bexpert =
    (sandbox: string): Starter =>
    (steps) => ({
      file: process.execPath,
      args: [
        path.join(root, 'dist/cli.js'),
        'verify',
        project.playbook('command', steps),
        ...['--repo', project.folder, '--state', project.state, '--sandbox', sandbox, '--committed', '--reporter', 'json'],
      ],
    });
  const installed = path.join(root, 'node_modules', `rust-just-${process.platform}-${process.arch}/bin/just`);
  const just = existsSync(installed) ? installed : onPath('just') ? 'just' : undefined;
  const starters: Readonly<Record<string, Starter | undefined>> = {
    'bexpert, no sandbox': bexpert('off'),
    'bexpert, in its sandbox': process.platform === 'linux' ? bexpert('required') : undefined,
    'GNU make': onPath('make') ? (steps) => ({ file: 'make', args: ['--silent', 'all'], cwd: cwd(steps) }) : undefined,
    just: just === undefined ? undefined : (steps) => ({ file: just, args: ['--quiet', 'all'], cwd: cwd(steps) }),
    'npm run': (steps) => ({ file: 'npm', args: ['run', '--silent', 'all'], cwd: cwd(steps) }),
  };
  const there = Object.entries(starters).flatMap(([name, starter]) => (starter === undefined ? [] : [[name, starter] as const]));
  const competitors = Object.fromEntries(
    there.flatMap(([name, starter]) => [few, many].map((steps) => [`${name}/${steps}`, () => wallTime(starter(steps))] as const)),
  );
  const samples = await paired(rounds, competitors);
  const of = (name: string, steps: number): readonly number[] => samples[`${name}/${steps}`] ?? [];
  const each = (name: string): readonly number[] =>
    of(name, many).map((value, round) => (value - (of(name, few)[round] ?? Number.NaN)) / (many - few));
  const rows = (values: (name: string) => readonly number[]): Row[] =>
    there.map(([what]) => ({ what, value: spread(values(what)), unit: 'ms' }));
  const first = there[0]?.[0] ?? '';
  const against = (values: (name: string) => readonly number[]): Row[] =>
    rows(values).map((row) =>
      row.what === first
        ? row
        : { ...row, against: { what: `${first} is so many times it`, ratio: spread(ratios(values(first), values(row.what))) } },
    );
  return {
    step: against(each),
    whole: against((name) => of(name, few)),
    missing: Object.entries(starters).flatMap(([name, starter]) =>
      starter === undefined ? [`${name}${hints[name] ?? ''}`] : [],
    ),
  };
}
