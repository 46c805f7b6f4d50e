// The words for how a run began and ended.
import path from 'node:path';
import { isResumable, type RunStatus, type RunVerdict } from '../model/verdict.ts';
import type { RunView } from './run-view.ts';
import type { Tone } from './step-words.ts';

type Started = RunView['started'];

/** Who fills the action steps; a run without any has no actor. */
export function actorWords(started: Started): string {
  if (started.actor !== undefined) return started.actor;
  return started.mode === 'verify' || !started.plan.phases.some((phase) => phase.kind === 'action')
    ? 'nobody: no action runs, the candidate is judged as it is'
    : 'commands of the playbook, no model';
}

/** True where nothing walls off what the run starts. */
export function isUnsandboxed(sandbox: string): boolean {
  return /^(none|off|unsandboxed)/.test(sandbox);
}

export function verdictWords(finished: { readonly verdict: RunVerdict; readonly status: RunStatus }): {
  mark: string;
  tone: Tone;
} {
  switch (finished.status) {
    case 'interrupted':
      return { mark: 'INTERRUPTED', tone: 'unsure' };
    case 'blocked':
      return { mark: 'BLOCKED', tone: 'unsure' };
    case 'waiting':
      return { mark: 'WAITS FOR A PERSON', tone: 'unsure' };
    case 'budget':
      return { mark: 'BUDGET SPENT', tone: 'bad' };
    case 'integrity':
      return { mark: 'INTEGRITY VIOLATED', tone: 'bad' };
    case 'environment':
      return { mark: 'ENVIRONMENT FAILED', tone: 'bad' };
    case 'internal':
      return { mark: 'INTERNAL ERROR', tone: 'bad' };
    case 'completed':
    case 'partial':
      break;
  }
  switch (finished.verdict) {
    case 'proven':
      return finished.status === 'partial' ? { mark: 'PARTIAL', tone: 'unsure' } : { mark: 'PROVEN', tone: 'good' };
    case 'not-proven':
      return { mark: 'NOT PROVEN', tone: 'bad' };
    case 'inconclusive':
      return { mark: 'INCONCLUSIVE', tone: 'unsure' };
    case 'unverified':
      return { mark: 'UNVERIFIED', tone: 'unsure' };
  }
}

const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/** Where commands are pasted, and what they must say beside the run. */
export interface Where {
  /** The user's folder, so that commands to copy are short. */
  readonly cwd: string;
  /** As the user gave `--state`. */
  readonly state?: string;
}

function inRepository(started: Started, { cwd, state }: Where): { git: string; options: string } {
  const scope = path.join(started.repository, started.scope);
  const below = path.relative(started.repository, cwd);
  const insideRepository = below !== '..' && !below.startsWith(`..${path.sep}`) && !path.isAbsolute(below);
  const to = (folder: string) => quoted(path.relative(cwd, folder).startsWith('..') ? folder : path.relative(cwd, folder) || '.');
  return {
    git: insideRepository ? 'git' : `git -C ${to(started.repository)}`,
    options: `${path.relative(scope, cwd) === '' ? '' : ` --repo ${to(scope)}`}${state === undefined ? '' : ` --state ${quoted(state)}`}`,
  };
}

/** Commands to go on with, each with what it is for. They work when pasted there. */
export function nextCommands(view: RunView, where: Where): readonly { readonly what: string; readonly command: string }[] {
  const { started, delivered, finished } = view;
  const { git, options } = inRepository(started, where);
  const next: { what: string; command: string }[] = [];
  if (delivered !== undefined) {
    const ref = delivered.ref.replace(/^refs\/heads\//, '');
    next.push({ what: 'see the change', command: `${git} diff ${started.base.commit.slice(0, 12)}..${ref}` });
    if (finished?.verdict === 'proven') next.push({ what: 'take it', command: `${git} merge ${ref}` });
  }
  next.push({ what: 'read the report', command: `bexpert report ${started.run}${options}` });
  const { asked } = view;
  if (finished?.status === 'waiting' && asked !== undefined) {
    const tree = `${started.run} --tree ${asked.tree.slice(0, 12)}`;
    return [
      ...next,
      { what: 'see the change', command: `git apply --stat ${quoted(asked.patch)}` },
      { what: 'approve it', command: `bexpert approve ${tree}${options}` },
      { what: 'reject it', command: `bexpert reject ${tree} --reason "..."${options}` },
    ];
  }
  if (finished === undefined || isResumable(finished.status))
    next.push({ what: 'go on', command: `bexpert resume ${started.run}${options}` });
  return next;
}
