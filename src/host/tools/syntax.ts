import path from 'node:path';
import { parseDocument } from 'yaml';

/** Why a text of this kind of file cannot be parsed, with its line; undefined: it can, or nobody knows. */
async function fault(file: string, text: string): Promise<string | undefined> {
  switch (path.extname(file)) {
    case '.json':
      try {
        JSON.parse(text);
        return undefined;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    case '.yml':
    case '.yaml': {
      const [error] = parseDocument(text, { prettyErrors: true }).errors;
      return error?.message.split('\n')[0];
    }
    case '.js':
    case '.mjs':
    case '.cjs':
    case '.jsx':
      return scriptFault('Tsx', text);
    case '.ts':
    case '.mts':
    case '.cts':
      return scriptFault('TypeScript', text);
    case '.tsx':
      return scriptFault('Tsx', text);
    default:
      return undefined;
  }
}

async function scriptFault(language: 'TypeScript' | 'Tsx', text: string): Promise<string | undefined> {
  const { parseAsync } = await import('@ast-grep/napi');
  const node = (await parseAsync(language, text)).root().find({ rule: { kind: 'ERROR' } });
  if (node === null) return undefined;
  const shown = node.text().trim().split('\n')[0] ?? '';
  return `line ${node.range().start.line + 1}: "${shown.slice(0, 100)}"`;
}

/** A warning when an edit made a file that could be parsed one that cannot. */
export async function syntaxWarning(file: string, before: string | undefined, after: string): Promise<string> {
  const found = await fault(file, after);
  if (found === undefined) return '';
  if (before !== undefined && (await fault(file, before)) !== undefined) return '';
  return `\nWarning: ${file} can no longer be parsed: ${found}`;
}
