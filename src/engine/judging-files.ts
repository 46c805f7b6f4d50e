// Programs of the tree that a gate's command runs are part of the judge: whoever fills an action step must not change them.
import path from 'node:path';
import type { Plan, StepBody } from '../model/plan.ts';
import type { Workspace } from '../workspace/contract.ts';

const interpreters = /^(?:node|bun|deno|tsx|ts-node|sh|bash|dash|zsh|python[\d.]*|ruby|perl|php)$/;

/** The file that one simple command executes, as far as its words show it: `node check.mjs src/a.js` runs check.mjs, and looks at src/a.js. */
function programOf(words: readonly string[]): string | undefined {
  const [first, ...rest] = words.filter((word) => !/^\w+=/.test(word));
  if (first === undefined) return undefined;
  if (!interpreters.test(path.posix.basename(first))) return first;
  return rest.find((word) => !word.startsWith('-') && word !== 'run');
}

function programsOf(body: StepBody): readonly string[] {
  const commands =
    body.kind === 'argv'
      ? [body.argv]
      : body.kind === 'shell'
        ? body.command.split(/[;&|()\n]+/).map((part) => part.split(/[\s'"]+/).filter((word) => word !== ''))
        : [];
  return commands.flatMap((words) => programOf(words) ?? []);
}

/** The plan with `protect` for each file of base that a `run:` or `argv:` step of a verify phase executes. */
export async function protectJudges(plan: Plan, workspace: Pick<Workspace, 'readBase' | 'repository'>): Promise<Plan> {
  const named = new Set<string>();
  for (const { body, workingDirectory } of plan.phases.flatMap((phase) => (phase.kind === 'verify' ? phase.steps : []))) {
    for (const program of programsOf(body)) {
      const file = path.posix.join(workingDirectory ?? '.', program);
      if (path.posix.isAbsolute(program) || file === '.' || file.startsWith('../')) continue;
      const bytes = await workspace.readBase(path.posix.join(workspace.repository.scope, file));
      if (bytes !== undefined) named.add(globOf(file));
    }
  }
  const more = [...named].filter((file) => !plan.protect.includes(file)).sort();
  return more.length === 0 ? plan : { ...plan, protect: [...plan.protect, ...more] };
}

/** A path as a glob that matches it alone. */
const globOf = (file: string): string => file.replace(/[\\[\]{}()*?!+@|]/g, '\\$&');
