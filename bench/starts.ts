// What a start costs: commands that run nothing, against Node itself.
import path from 'node:path';
import { type Call, type Usage, usage, wallTime } from './program.ts';
import { createProject } from './project.ts';
import { paired, ratios, spread } from './spread.ts';
import type { Row } from './table.ts';

export async function starts(
  root: string,
  rounds: number,
): Promise<{ readonly time: Row[]; readonly cpu: Row[]; readonly memory: Row[] }> {
  using project = createProject([1]);
  const node = (...args: readonly string[]): Call => ({ file: process.execPath, args, cwd: root });
  const bexpert = (...args: readonly string[]): Call => node(path.join(root, 'dist/cli.js'), ...args);
  const shipped = ['playbooks/migration.yml', '--repo', 'examples/orders-api'];
  const team = [project.playbook('plugin', 1), '--repo', project.folder, '--state', project.state];
  const bare = 'node -e 0';
  const calls: Readonly<Record<string, Call>> = {
    [bare]: node('-e', '0'),
    'bexpert --version': bexpert('--version'),
    'bexpert validate, the shortest playbook': bexpert(
      'validate',
      path.join(project.folder, 'playbooks/shortest.yml'),
      ...['--repo', project.folder],
    ),
    'bexpert validate, 9 built-in plugins': bexpert('validate', ...shipped),
    'bexpert plan, 9 built-in plugins': bexpert('plan', ...shipped),
    'bexpert validate, a plugin of a team': bexpert('validate', ...team),
    'bexpert plan, a plugin of a team': bexpert('plan', ...team),
  };
  const verify: Call = bexpert('verify', ...team, '--sandbox', 'off');
  const measure = <T>(entries: Readonly<Record<string, Call>>, how: (call: Call) => Promise<T>) =>
    paired(rounds, Object.fromEntries(Object.entries(entries).map(([name, call]) => [name, () => how(call)])));
  const rows = (samples: Readonly<Record<string, readonly number[]>>, unit: Row['unit']): Row[] =>
    Object.entries(samples).map(([what, values]) => ({
      what,
      value: spread(values),
      unit,
      ...(what === bare ? {} : { against: { what: bare, ratio: spread(ratios(values, samples[bare] ?? [])) } }),
    }));
  const time = await measure(calls, wallTime);
  const used = await measure({ ...calls, 'bexpert verify, one step in-process': verify }, usage);
  const only = (field: keyof Usage) =>
    Object.fromEntries(Object.entries(used).map(([name, values]) => [name, values.map((value) => value[field])]));
  return { time: rows(time, 'ms'), cpu: rows(only('cpu'), 'ms'), memory: rows(only('memory'), 'MiB') };
}
