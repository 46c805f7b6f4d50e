// What a command writes to `$BEXPERT_OUTPUT`, in the form that `$GITHUB_OUTPUT` has: `name=value`, or `name<<END` with lines until END.
import type { OutputType } from '../model/plan.ts';
import { type Json, pluginError } from '../plugin-api.ts';

/** Values by name, of the declared types. */
export function readOutputs(options: {
  readonly text: string;
  readonly declared: Readonly<Record<string, OutputType>>;
  readonly step: string;
  /** Must every declared output be there? */
  readonly complete: boolean;
}): { readonly [name: string]: Json } {
  const { declared, step } = options;
  const written = parse(options.text, step);
  const unknown = [...written.keys()].find((name) => !Object.hasOwn(declared, name));
  if (unknown !== undefined) {
    throw pluginError({
      code: 'output/unknown',
      message: `The command of step ${step} wrote the output ${unknown}, which \`outputs:\` does not name.`,
      hint: `Add it: \`outputs: { ${unknown}: string }\`, or do not write it.`,
    });
  }
  const missing = Object.keys(declared).find((name) => !written.has(name));
  if (missing !== undefined && options.complete) {
    throw pluginError({
      code: 'output/missing',
      message: `The command of step ${step} ended well and did not write the output ${missing}.`,
      hint: `Write it to the file that BEXPERT_OUTPUT names: \`echo "${missing}=..." >> "$BEXPERT_OUTPUT"\`.`,
    });
  }
  return Object.fromEntries(
    Object.entries(declared).flatMap(([name, type]) => {
      const text = written.get(name);
      return text === undefined ? [] : [[name, typedValue({ name, text, type, step })]];
    }),
  );
}

function parse(text: string, step: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const [, many, end] = /^([\w-]+)<<(.+)$/.exec(line) ?? [];
    const [, one, value] = /^([\w-]+)=(.*)$/.exec(line) ?? [];
    if (many !== undefined && end !== undefined) {
      const last = lines.indexOf(end, at + 1);
      if (last < 0) throw malformed(step, `\`${line}\` is never ended by a line \`${end}\``);
      found.set(many, lines.slice(at + 1, last).join('\n'));
      at = last;
    } else if (one !== undefined) found.set(one, value ?? '');
    else throw malformed(step, `the line \`${line.slice(0, 80)}\` is neither \`name=value\` nor \`name<<END\``);
  }
  return found;
}

const malformed = (step: string, why: string) =>
  pluginError({
    code: 'output/form',
    message: `The outputs of step ${step} cannot be read: ${why}.`,
    hint: 'One output is one line `name=value`; a value of several lines stands between `name<<END` and `END`.',
  });

function typedValue(given: {
  readonly name: string;
  readonly text: string;
  readonly type: OutputType;
  readonly step: string;
}): Json {
  const { name, text, type, step } = given;
  if (type === 'string') return text;
  const trimmed = text.trim();
  if (type === 'boolean' && (trimmed === 'true' || trimmed === 'false')) return trimmed === 'true';
  const number = Number(trimmed);
  if (type === 'number' && trimmed !== '' && Number.isFinite(number)) return number;
  throw pluginError({
    code: 'output/type',
    message: `The output ${name} of step ${step} is \`${text.slice(0, 80)}\`; a ${type} was declared.`,
    hint: type === 'boolean' ? 'Write `true` or `false`.' : 'Write a number such as `12` or `0.5`.',
  });
}
