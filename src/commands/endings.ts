// How a call ends that no command could bring to its end.
import type { Command, CommanderError } from 'commander';
import { nearest } from '../diagnostics/nearest.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { exitCodes } from '../model/exit.ts';
import { systemFault } from '../model/system-fault.ts';
import { isPluginError } from '../plugin-api.ts';
import { complain, problem } from './complain.ts';
import type { Io } from './io.ts';
import { localPlaybooks } from './playbook-files.ts';

/** Was this thrown because a person ended the call? A run that has begun says so itself. */
export const isAbort = (error: unknown, signal: AbortSignal): boolean =>
  signal.aborted && (error === signal.reason || (error instanceof Error && error.name === 'AbortError'));

/** An error of the machine or of a plugin's means that came up where no step could take it. */
export function faultOf(error: unknown): Diagnostic | undefined {
  if (isPluginError(error)) {
    const { code, message, hint } = error;
    return { code, severity: 'error', message, ...(hint === undefined ? {} : { hint }) };
  }
  const fault = systemFault(error);
  return fault === undefined
    ? undefined
    : {
        code: 'system/fault',
        severity: 'error',
        message: `The machine refused something that bexpert needs: ${fault}.`,
        hint: '`bexpert doctor` checks the machine; a run that had begun goes on with `bexpert resume`.',
      };
}

interface WrongCall {
  readonly program: Command;
  readonly args: readonly string[];
  readonly io: Io;
}

/** `--state "$UNSET"`: an empty value would mean the current folder, and never does. */
export async function emptyOption(command: Command, io: Io): Promise<number | undefined> {
  const empty = command.options.find((option) => command.getOptionValue(option.attributeName()) === '');
  if (empty === undefined) return undefined;
  const above = command.parent?.parent === null ? '' : `${command.parent?.name() ?? ''} `;
  await complain(io, [problem('cli/usage', { what: `\`${empty.long}\` has no value`, command: `${above}${command.name()}` })]);
  return exitCodes.badPlaybook;
}

/** A word that is no command, behind `help` too. */
export async function unknownCommand(typed: string, { program, io }: WrongCall): Promise<number> {
  const near = nearest(
    typed,
    program.commands.map((command) => command.name()),
  );
  await complain(io, [problem('cli/unknown-command', { typed, ...(near === undefined ? {} : { near }) })]);
  return exitCodes.badPlaybook;
}

/** A call that commander does not understand, in our words and with the nearest command or option. */
export async function wrongCall(error: CommanderError, call: WrongCall): Promise<number> {
  const { program, args, io } = call;
  if (error.code === 'commander.helpDisplayed' || error.code === 'commander.version') return exitCodes.proven;
  // `bexpert help verify`: it has been shown.
  if (error.code === 'commander.help' && error.exitCode === 0) return exitCodes.proven;
  const known = program.commands.map((command) => command.name());
  const name = args.find((arg) => known.includes(arg)) ?? '';
  const command = program.commands.find((candidate) => candidate.name() === name);
  const below = command?.commands.find((candidate) => args.includes(candidate.name()));
  const called = below === undefined ? name : `${name} ${below.name()}`;
  if (error.code === 'commander.help') {
    io.stderr.write((below ?? command ?? program).helpInformation());
    return exitCodes.badPlaybook;
  }
  if (error.code === 'commander.unknownCommand' || (name === '' && error.code === 'commander.excessArguments')) {
    // `policy chek`: a command below a command.
    const pairs = command?.commands.map((each) => `${name} ${each.name()}`) ?? [];
    const words = args.filter((arg) => !arg.startsWith('-'));
    const typed = words.slice(0, pairs.length > 0 ? 2 : 1).join(' ');
    const near = nearest(typed, pairs.length > 0 ? pairs : known);
    await complain(io, [problem('cli/unknown-command', { typed, ...(near === undefined ? {} : { near }) })]);
  } else if (error.code === 'commander.unknownOption') {
    const option = /'([^']+)'/.exec(error.message)?.[1] ?? '';
    const near = nearest(
      option,
      (below ?? command ?? program).options.flatMap(({ long }) => long ?? []),
    );
    await complain(io, [problem('cli/unknown-option', { option, command: called, ...(near === undefined ? {} : { near }) })]);
  } else if (error.code === 'commander.missingArgument' && command?.registeredArguments[0]?.name() === 'playbook') {
    await complain(io, [problem('cli/no-playbook', { command: name, found: await localPlaybooks(io.cwd) })]);
  } else {
    await complain(io, [problem('cli/usage', { what: inOurWords(error.message), command: called })]);
  }
  return exitCodes.badPlaybook;
}

/** What commander says, without its own terms. */
const inOurWords = (message: string): string =>
  message
    .replace(/^error: /, '')
    .replace(/\.$/, '')
    .replace(/^missing required argument '(.+)'$/, '<$1> is missing')
    .replace(
      /^command-argument value '(.*)' is invalid for argument '(.+)'\. Allowed choices are (.+)$/,
      '<$2> cannot be `$1`; it is one of $3',
    )
    .replace(
      /^option '(?:-\w, )?(.+?)(?: <.+>)?' argument '(.*)' is invalid\. Allowed choices are (.+)$/,
      '`$1` cannot be `$2`; it is one of $3',
    )
    .replace(/^option '(?:-\w, )?(.+)' argument missing$/, '`$1` has no value')
    .replace(/^required option '(.+)' not specified$/, '`$1` is missing')
    .replace(
      /^too many arguments for '(.+)'\. Expected (\d+) arguments? but got (\d+)$/,
      '$3 words stand behind `$1`, which takes $2',
    );
