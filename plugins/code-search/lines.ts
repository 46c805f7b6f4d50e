// A text or a regular expression, tried on each line of a file.
import { createContext, Script } from 'node:vm';
import { pluginError } from '../../src/plugin-api.ts';

/** A place in a text, from 0. */
export interface Spot {
  readonly at: number;
  readonly length: number;
}
/** The spots of one file, or why there is no answer. */
export type Search = (text: string) => readonly Spot[] | { readonly why: string };

/** A line on which an expression takes longer backtracks without end. */
const patienceMs = 2000;
/** Nobody reads on after so many places in one file, and an expression that matches everything would fill the memory. */
const mostInFile = 10_000;

export function textSearch(wanted: string, ignoreCase: boolean): Search {
  return regexSearch(wanted.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&'), ignoreCase);
}

/**
 * V8 stops an expression only where a script has a time-out, so it runs in one; the context is no wall, and the expression is the
 * playbook's own.
 */
export function regexSearch(source: string, ignoreCase: boolean): Search {
  const regex = compiled(source, ignoreCase);
  const inside: { readonly regex: RegExp; text: string; readonly most: number } = { regex, text: '', most: mostInFile };
  const context = createContext(inside);
  const script = new Script(`(() => {
    const spots = [];
    let start = 0;
    for (const line of text.split('\\n')) {
      for (const found of line.replace(/\\r$/, '').matchAll(regex)) {
        if (found[0] !== '') spots.push({ at: start + found.index, length: found[0].length });
        if (spots.length >= most) return spots;
      }
      start += line.length + 1;
    }
    return spots;
  })()`);
  return (text) => {
    inside.text = text;
    try {
      return script.runInContext(context, { timeout: patienceMs }) as readonly Spot[];
    } catch (error) {
      // Not `instanceof Error`: a time-out is an error of the context.
      const { code } = error as { readonly code?: string };
      if (code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      return {
        why: `the regular expression takes more than ${patienceMs / 1000} s on it; make its repetitions exclude each other`,
      };
    }
  };
}

function compiled(source: string, ignoreCase: boolean): RegExp {
  try {
    return new RegExp(source, ignoreCase ? 'giu' : 'gu');
  } catch (error) {
    throw pluginError({
      code: 'code-search/asks',
      message: `\`regex\` is no regular expression: ${error instanceof Error ? error.message : String(error)}.`,
      hint: 'In a text in double quotes YAML reads backslashes itself: put it into single quotes.',
    });
  }
}
