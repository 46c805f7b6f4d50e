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

/** A call that commander does not understand, in our words and with the nearest command or option. */
export async function wrongCall(error: CommanderError, call: WrongCall): Promise<number> {
  const { program, args, io } = call;
  if (error.code === 'commander.helpDisplayed' || error.code === 'commander.version') return exitCodes.proven;
  const known = program.commands.map((command) => command.name());
  const name = args.find((arg) => known.includes(arg)) ?? '';
  const command = program.commands.find((candidate) => candidate.name() === name);
  if (error.code === 'commander.help') {
    io.stderr.write((command ?? program).helpInformation());
    return exitCodes.badPlaybook;
  }
  if (error.code === 'commander.unknownCommand' || (name === '' && error.code === 'commander.excessArguments')) {
    // `policy chek`: a command below a command.
    const below = command?.commands.map((each) => `${name} ${each.name()}`) ?? [];
    const words = args.filter((arg) => !arg.startsWith('-'));
    const typed = words.slice(0, below.length > 0 ? 2 : 1).join(' ');
    const near = nearest(typed, below.length > 0 ? below : known);
    await complain(io, [problem('cli/unknown-command', { typed, ...(near === undefined ? {} : { near }) })]);
  } else if (error.code === 'commander.unknownOption') {
    const option = /'([^']+)'/.exec(error.message)?.[1] ?? '';
    const near = nearest(
      option,
      (command ?? program).options.flatMap(({ long }) => long ?? []),
    );
    await complain(io, [problem('cli/unknown-option', { option, command: name, ...(near === undefined ? {} : { near }) })]);
  } else if (error.code === 'commander.missingArgument' && (name === 'run' || name === 'verify' || name === 'plan')) {
    await complain(io, [problem('cli/no-playbook', { command: name, found: await localPlaybooks(io.cwd) })]);
  } else {
    await complain(io, [problem('cli/usage', { what: error.message.replace(/^error: /, '').replace(/\.$/, ''), command: name })]);
  }
  return exitCodes.badPlaybook;
}
