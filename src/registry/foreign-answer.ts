// What a plugin in another language answered, held against the protocol and its manifest.
import { stat } from 'node:fs/promises';
import path from 'node:path';
import {
  type Artifact,
  type ExecHost,
  type Finding,
  type Json,
  type Manifest,
  type ObjectSchema,
  type PluginError,
  pluginError,
} from '../plugin-api.ts';
import { isFields } from './conform.ts';
import { errorAnswer } from './foreign-protocol.ts';
import { toDiagnostic, valueProblems } from './value-problem.ts';

type Fields = { readonly [key: string]: Json };
const mostArtifact = 64 * 1024 * 1024;

function problems(schema: ObjectSchema, value: Json, where: string): string | undefined {
  const found = valueProblems({ schema, value, where });
  if (found.length === 0) return undefined;
  const words = found.slice(0, 5).map((problem) => {
    const { message, hint } = toDiagnostic(problem);
    const near = /Did you mean `[^`]+`\?/.exec(hint ?? '')?.[0];
    return near === undefined ? message : `${message} ${near}`;
  });
  return `${words.join(' ')}${found.length > 5 ? ` And ${found.length - 5} more.` : ''}`;
}

const wrong = (manifest: Manifest, why: string): PluginError =>
  pluginError({
    code: 'foreign/answer',
    message: `The answer of the plugin ${manifest.name} does not have the form of an answer: ${why}`,
    hint: 'docs/plugins.md describes it, and `bexpert/schema/plugin-answer.schema.json` is its JSON Schema.',
  });

/** The plugin's own "I could not do my job", under its own name: it cannot speak for the machine. */
function ownError(answer: Fields, manifest: Manifest): PluginError {
  const why = problems(errorAnswer, answer, 'the answer');
  if (why !== undefined || !isFields(answer.error)) return wrong(manifest, why ?? '`error` is no map.');
  const { code, message, hint } = answer.error;
  if (!new RegExp(`^${manifest.name}/[a-z0-9]+(-[a-z0-9]+)*$`).test(String(code))) {
    return wrong(manifest, `\`error.code\` must be \`${manifest.name}/<what>\` in kebab case, and is \`${String(code)}\`.`);
  }
  return pluginError({
    code: String(code),
    message: String(message),
    ...(hint === undefined ? {} : { hint: String(hint) }),
  });
}

/** Throws a PluginError where the answer is one, or has another form. */
export function checkedAnswer<T>(manifest: Manifest, form: ObjectSchema, answer: Fields): T & Fields {
  if (Object.hasOwn(answer, 'error')) throw ownError(answer, manifest);
  const why = problems(form, answer, 'the answer');
  if (why !== undefined) throw wrong(manifest, why);
  return answer as T & Fields;
}

/** Throws a PluginError where they are not what the manifest declares. */
export function checkedOutputs(manifest: Manifest, outputs: Json | undefined): Json {
  const given = outputs ?? {};
  const why = problems(manifest.outputs, given, `the outputs of ${manifest.name}`);
  if (why === undefined) return given;
  throw pluginError({
    code: 'plugin/outputs',
    message: `The plugin ${manifest.name} gave outputs that its manifest does not allow: ${why}`,
    hint: 'This is a fault of the plugin.',
  });
}

/** Codes must be declared, and places lie in the tree. */
export function checkFindings(manifest: Extract<Manifest, { readonly kind: 'gate' }>, findings: readonly Finding[]): void {
  for (const { code, location } of findings) {
    if (!Object.hasOwn(manifest.findings, code)) {
      throw pluginError({
        code: 'plugin/finding',
        message: `The gate ${manifest.name} reported ${code}, which its manifest does not declare.`,
        hint: `It declares ${Object.keys(manifest.findings).join(', ') || 'none'}.`,
      });
    }
    const file = location?.file;
    if (file === undefined || (file !== '' && !path.posix.isAbsolute(file) && !path.posix.normalize(file).startsWith('..')))
      continue;
    throw wrong(manifest, `\`location.file\` must be relative to the tree, and is \`${file}\`.`);
  }
}

/** Moves files of the output folder to where the report finds them. `folder` as commands see it. */
export async function keepArtifacts(
  host: Pick<ExecHost, 'scratch' | 'artifact' | 'outside'>,
  manifest: Manifest,
  given: { readonly folder: string; readonly artifacts: readonly Artifact[] },
): Promise<readonly Artifact[]> {
  const kept: Artifact[] = [];
  for (const { name, path: file, mediaType } of given.artifacts) {
    const broken = (why: string): PluginError =>
      pluginError({
        code: 'foreign/artifact',
        message: `The plugin ${manifest.name} names the artifact ${name}, and its file \`${file}\` ${why}.`,
        hint: 'Its path is relative to the folder `output` of the request.',
      });
    const relative = path.posix.normalize(file);
    if (path.posix.isAbsolute(relative) || relative.startsWith('..')) throw broken('lies outside that folder');
    const full = path.posix.join(given.folder, relative);
    const facts = await stat(host.outside(full)).catch(() => undefined);
    if (facts?.isFile() !== true) throw broken('is not there');
    if (facts.size > mostArtifact) throw broken(`is larger than ${mostArtifact / 1024 / 1024} MiB`);
    const content = await host.scratch.readBytes(path.posix.relative(host.scratch.path, full));
    kept.push(await host.artifact(name, mediaType, content));
  }
  return kept;
}
