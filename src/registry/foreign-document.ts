import { type Json, type PluginError, pluginError } from '../plugin-api.ts';

/** Deeper than any answer, and far from where a walk over the value would run out of stack. */
const deepest = 100;

/** Where the first value of the text ends, or what keeps it from being one. */
function endOfFirst(text: string): { readonly end: number } | { readonly fault: string } {
  let depth = 0;
  let inText = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (inText) {
      if (character === '\\') index++;
      else if (character === '"') inText = false;
    } else if (character === '"') inText = true;
    else if (character === '{' || character === '[') {
      if (++depth > deepest) return { fault: `it is nested more than ${deepest} deep` };
    } else if (character === '}' || character === ']') {
      if (--depth <= 0) return { end: index + 1 };
    }
  }
  return { fault: 'it ends in the middle' };
}

const parsed = (text: string): Json | undefined => {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
};
const excerpt = (text: string): string => {
  const line = text.trim().split('\n')[0] ?? '';
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
};

/** The one JSON document of what a plugin printed; a PluginError says what else it was. */
export function oneDocument(printed: Uint8Array, plugin: string): { readonly [key: string]: Json } | PluginError {
  const hint = 'It must print one JSON document on standard output, and everything else on standard error.';
  const notJson = (why: string): PluginError =>
    pluginError({ code: 'foreign/not-json', message: `What the plugin ${plugin} printed is no JSON document: ${why}.`, hint });
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(printed).trim();
  } catch {
    return notJson('it is not UTF-8');
  }
  if (text === '') {
    const message = `The plugin ${plugin} ended with exit code 0 and printed no answer.`;
    return pluginError({ code: 'foreign/no-answer', message, hint });
  }
  if (!text.startsWith('{')) return notJson(`it begins with \`${excerpt(text)}\``);
  const first = endOfFirst(text);
  if ('fault' in first) return notJson(first.fault);
  const value = parsed(text.slice(0, first.end));
  if (value === undefined || value === null || typeof value !== 'object' || Array.isArray(value)) {
    return notJson(`it cannot be read: \`${excerpt(text)}\``);
  }
  const rest = text.slice(first.end).trim();
  if (rest === '') return value as { readonly [key: string]: Json };
  if (!rest.startsWith('{')) return notJson(`behind it stands \`${excerpt(rest)}\``);
  return pluginError({
    code: 'foreign/two-answers',
    message: `The plugin ${plugin} printed more than one JSON document; which of them it means cannot be known.`,
    hint: 'Keep standard output from programs that it starts: what a test or a service prints there would be taken for its answer.',
  });
}
