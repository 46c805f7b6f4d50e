import { Ajv, type ValidateFunction } from 'ajv';
import { fail, type Result, succeed } from '../../model/result.ts';
import type { Json } from '../../plugin-api.ts';
import { toolSpecs } from './specs.ts';

export interface Chunk {
  readonly StartLine?: number;
  readonly EndLine?: number;
  readonly TargetContent: string;
  readonly ReplacementContent: string;
  readonly AllowMultiple?: boolean;
}
/** The input of each tool, once it was checked against its schema. */
export interface ToolInputs {
  readonly grep_search: {
    readonly Query: string;
    readonly SearchPath?: string;
    readonly IsRegex?: boolean;
    readonly CaseInsensitive?: boolean;
    readonly MatchPerLine?: boolean;
    readonly Includes?: readonly string[];
  };
  readonly view_file: { readonly AbsolutePath: string; readonly StartLine?: number; readonly EndLine?: number };
  readonly replace_file_content: Chunk & { readonly TargetFile: string };
  readonly multi_replace_file_content: { readonly TargetFile: string; readonly ReplacementChunks: readonly Chunk[] };
  readonly run_command: { readonly CommandLine: string; readonly Cwd?: string; readonly WaitMsBeforeAsync?: number };
  readonly command_status: {
    readonly CommandId: string;
    readonly WaitDurationSeconds?: number;
    readonly OutputCharacterCount?: number;
    readonly OutputPriority?: 'top' | 'bottom' | 'split';
    readonly Terminate?: boolean;
  };
  readonly report_blocked: { readonly reason: string; readonly evidence: string };
}
export type CheckedCall = {
  readonly [K in keyof ToolInputs]: { readonly name: K; readonly input: ToolInputs[K] };
}[keyof ToolInputs];

/** Checks calls against the schemas that whoever fills the step was given. */
export function inputChecker(): (name: string, input: Json) => Result<CheckedCall, string> {
  const ajv = new Ajv({ allErrors: true, strict: false });
  const validators = new Map<string, ValidateFunction>();
  return (name, input) => {
    const spec = toolSpecs.find((one) => one.name === name);
    if (spec === undefined) {
      return fail(`There is no tool ${name}. The tools are ${toolSpecs.map((one) => one.name).join(', ')}.`);
    }
    const validate = validators.get(name) ?? ajv.compile(spec.inputSchema);
    validators.set(name, validate);
    // The schema of the tool of this name has passed: that is what ToolInputs says.
    if (validate(input)) return succeed({ name: spec.name, input } as unknown as CheckedCall);
    const faults = (validate.errors ?? []).map(({ instancePath, message, params }) => {
      const extra = 'additionalProperty' in params ? ` (${String(params.additionalProperty)})` : '';
      return `${instancePath === '' ? 'the input' : instancePath.slice(1).replaceAll('/', '.')} ${message ?? 'is wrong'}${extra}`;
    });
    const parameters = Object.keys(Object(spec.inputSchema.properties)).join(', ');
    return fail(`Invalid input for ${name}: ${faults.join('; ')}. Its parameters are ${parameters}.`);
  };
}
