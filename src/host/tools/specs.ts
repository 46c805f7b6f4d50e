// The tools of an action step. Names and parameters are those of a harness that many models were trained in, less what only a
// screen needs. Limits stand in the descriptions and are checked in code: strict tool schemas know no minimum and no maximum.
import type { Json, ToolSpec } from '../../plugin-api.ts';

const string = (description: string) => ({ type: 'string', description });
const integer = (description: string) => ({ type: 'integer', description });
const flag = (description: string) => ({ type: 'boolean', description });

function object(properties: { readonly [name: string]: Json }, required: readonly string[]): { readonly [key: string]: Json } {
  return { type: 'object', properties, required, additionalProperties: false };
}

const where = 'Path relative to the working folder, or absolute.';
const chunk = {
  StartLine: integer('First line where the target is expected, 1-based; tells apart targets that occur several times.'),
  EndLine: integer('Last line where the target is expected, inclusive.'),
  TargetContent: string(
    'The text to replace, exactly as it stands in the file, without line numbers; enough lines to occur once.',
  ),
  ReplacementContent: string('The complete new text; never an abbreviation such as "... rest of the code".'),
  AllowMultiple: flag('Replace every occurrence instead of refusing when there are several.'),
} as const;

export const toolSpecs = [
  {
    name: 'grep_search',
    description:
      'Searches text in files. Gives at most 50 matches as path:line: text. Binary files, .git and installed dependencies are left out unless SearchPath points into them.',
    inputSchema: object(
      {
        Query: string('Text to search, or a JavaScript regular expression when IsRegex is true; matched line by line.'),
        SearchPath: string(`File or folder to search. ${where} Default: the working folder.`),
        IsRegex: flag('Query is a regular expression; default false.'),
        CaseInsensitive: flag('Default false.'),
        MatchPerLine: flag(
          'True (default): every matching line. False: only the names of files that match, with the number of lines.',
        ),
        Includes: {
          type: 'array',
          items: { type: 'string' },
          description: 'Globs of files to search, such as "src/**/*.ts"; one that begins with ! leaves files out.',
        },
      },
      ['Query'],
    ),
  },
  {
    name: 'view_file',
    description:
      'Shows a text file with line numbers, at most 800 lines at a time, or lists a folder. Read a file before you edit it.',
    inputSchema: object(
      {
        AbsolutePath: string(`File or folder. ${where}`),
        StartLine: integer('First line to show, 1-based; default 1.'),
        EndLine: integer('Last line to show, inclusive; default: 800 lines from StartLine.'),
      },
      ['AbsolutePath'],
    ),
  },
  {
    name: 'replace_file_content',
    description:
      'Replaces one passage of a file. With an empty TargetContent it creates a file that does not exist yet. The file must have been viewed first.',
    inputSchema: object(
      {
        TargetFile: string(`File to change or create. ${where}`),
        Instruction: string('What the change does, in one sentence.'),
        ...chunk,
      },
      ['TargetFile', 'TargetContent', 'ReplacementContent'],
    ),
  },
  {
    name: 'multi_replace_file_content',
    description:
      'Replaces several passages of one file in one call, all or none. Every target is searched in the file as it is before the call; passages must not overlap.',
    inputSchema: object(
      {
        TargetFile: string(`File to change. ${where}`),
        Instruction: string('What the changes do, in one sentence.'),
        ReplacementChunks: {
          type: 'array',
          items: object(chunk, ['TargetContent', 'ReplacementContent']),
          description: 'The passages.',
        },
      },
      ['TargetFile', 'ReplacementChunks'],
    ),
  },
  {
    name: 'run_command',
    description:
      'Runs a line of bash in a sandbox: the working folder and /tmp are writable, protected files are read-only, there is no network but the declared one. No input can be given. A command that takes longer than WaitMsBeforeAsync goes on in the background; ask command_status. Ended after 10 minutes.',
    inputSchema: object(
      {
        CommandLine: string('One line of bash; it stops at the first failing command.'),
        Cwd: string(`Folder to run in. ${where} Default: the working folder.`),
        WaitMsBeforeAsync: integer('Milliseconds to wait for the end, 0 to 120000; default 10000.'),
      },
      ['CommandLine'],
    ),
  },
  {
    name: 'command_status',
    description: 'Waits for a background command and shows its output, or ends it.',
    inputSchema: object(
      {
        CommandId: string('As run_command gave it.'),
        WaitDurationSeconds: integer('Seconds to wait for the end, 0 to 60; default 0.'),
        OutputCharacterCount: integer('Characters of output to show, up to 50000; default 12000.'),
        OutputPriority: {
          type: 'string',
          enum: ['top', 'bottom', 'split'],
          description: 'Which part of a long output to show; default split, the beginning and the end.',
        },
        Terminate: flag('End the command; default false.'),
      },
      ['CommandId'],
    ),
  },
  {
    name: 'report_blocked',
    description:
      'Says that the goal cannot be met within the rules: contradictory requirements, a protected file that is wrong, a missing service. An honest and accepted end of the step; it is never held against you. Call it alone, as the last thing you do.',
    inputSchema: object(
      {
        reason: string('What keeps the goal from being met, in one or two sentences.'),
        evidence: string('What shows it: file and line, command and output.'),
      },
      ['reason', 'evidence'],
    ),
  },
] as const satisfies readonly ToolSpec[];
