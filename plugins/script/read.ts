// From YAML to a script, every mistake at its line.
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';
import { type Json, pluginError } from '../../src/plugin-api.ts';
import type { Script, ScriptAttempt, ScriptCall } from './shape.ts';

const callKeys = ['tool', 'input', 'expect-error', 'run', 'create', 'content', 'edit', 'find', 'replace', 'changes'];
const attemptKeys = ['say', 'when-feedback', 'calls'];

class Reader {
  readonly #file: string;
  readonly #lines: LineCounter;
  readonly #tools: readonly string[];

  constructor(file: string, lines: LineCounter, tools: readonly string[]) {
    this.#file = file;
    this.#lines = lines;
    this.#tools = tools;
  }

  line(node: unknown): number {
    const range = typeof node === 'object' && node !== null && 'range' in node ? (node as Node).range : undefined;
    return range === undefined || range === null ? 1 : this.#lines.linePos(range[0]).line;
  }

  wrong(node: unknown, what: string): Error {
    return pluginError({
      code: 'script/invalid',
      message: `${this.#file}:${this.line(node)}: ${what}`,
      hint: 'The form of a script is in the README of the plugin script: `bexpert plugins script`.',
    });
  }

  keys(map: YAMLMap, allowed: readonly string[]): void {
    for (const { key } of map.items) {
      const name = isScalar(key) ? String(key.value) : '';
      if (!allowed.includes(name)) throw this.wrong(key, `unknown key ${name}; known are ${allowed.join(', ')}.`);
    }
  }

  text(map: YAMLMap, key: string): string {
    const value = map.get(key);
    if (typeof value !== 'string') throw this.wrong(map.get(key, true) ?? map, `${key} must be a text.`);
    return value;
  }

  attempt(node: unknown): ScriptAttempt {
    if (isSeq(node)) return { calls: node.items.map((item) => this.call(item)), say: '', whenFeedback: undefined };
    if (!isMap(node)) throw this.wrong(node, 'an attempt is a list of calls, or a map with `calls`.');
    this.keys(node, attemptKeys);
    const calls = node.get('calls');
    if (calls !== undefined && !isSeq(calls)) throw this.wrong(calls, '`calls` must be a list.');
    const globs = node.get('when-feedback');
    const list = isSeq(globs) ? (globs.toJSON() as unknown[]) : globs === undefined ? undefined : [globs];
    if (list?.some((glob) => typeof glob !== 'string')) {
      throw this.wrong(node.get('when-feedback', true), '`when-feedback` must be a glob over finding codes, or a list of them.');
    }
    return {
      calls: calls === undefined ? [] : calls.items.map((item) => this.call(item)),
      say: node.has('say') ? this.text(node, 'say').trim() : '',
      whenFeedback: list?.map(String),
    };
  }

  call(node: unknown): ScriptCall {
    if (!isMap(node)) throw this.wrong(node, 'a call is a map with `tool` and `input`, or with `run`, `create` or `edit`.');
    this.keys(node, callKeys);
    const kinds = ['tool', 'run', 'create', 'edit'].filter((key) => node.has(key));
    const [kind] = kinds;
    if (kind === undefined || kinds.length > 1)
      throw this.wrong(node, 'a call has exactly one of `tool`, `run`, `create`, `edit`.');
    const expected = node.get('expect-error') ?? false;
    if (typeof expected !== 'boolean' && typeof expected !== 'string') {
      throw this.wrong(node.get('expect-error', true), '`expect-error` must be true or a text that the error holds.');
    }
    return { ...this.#toolCall(node, kind), expectError: expected, line: this.line(node) };
  }

  #toolCall(node: YAMLMap, kind: string): Pick<ScriptCall, 'tool' | 'input'> {
    switch (kind) {
      case 'run':
        return { tool: 'run_command', input: { CommandLine: this.text(node, 'run'), WaitMsBeforeAsync: 120_000 } };
      case 'create':
        return {
          tool: 'replace_file_content',
          input: { TargetFile: this.text(node, 'create'), TargetContent: '', ReplacementContent: this.text(node, 'content') },
        };
      case 'edit':
        return this.#edit(node);
      default: {
        const tool = this.text(node, 'tool');
        if (!this.#tools.includes(tool))
          throw this.wrong(node, `there is no tool ${tool}; the tools are ${this.#tools.join(', ')}.`);
        const input = node.get('input');
        if (input !== undefined && !isMap(input)) throw this.wrong(input, '`input` must be a map.');
        return { tool, input: input === undefined ? {} : (input.toJSON() as { readonly [key: string]: Json }) };
      }
    }
  }

  #edit(node: YAMLMap): Pick<ScriptCall, 'tool' | 'input'> {
    const file = this.text(node, 'edit');
    const changes = node.get('changes');
    if (changes === undefined) {
      return {
        tool: 'replace_file_content',
        input: { TargetFile: file, TargetContent: this.text(node, 'find'), ReplacementContent: this.text(node, 'replace') },
      };
    }
    if (!isSeq(changes)) throw this.wrong(changes, '`changes` must be a list of maps with `find` and `replace`.');
    const chunks = changes.items.map((item) => {
      if (!isMap(item)) throw this.wrong(item, 'a change is a map with `find` and `replace`.');
      this.keys(item, ['find', 'replace']);
      return { TargetContent: this.text(item, 'find'), ReplacementContent: this.text(item, 'replace') };
    });
    return { tool: 'multi_replace_file_content', input: { TargetFile: file, ReplacementChunks: chunks } };
  }
}

/** Reads a script. Throws a PluginError with code `script/invalid` that names file and line. */
export function readScript(text: string, options: { readonly file: string; readonly tools: readonly string[] }): Script {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, version: '1.2' });
  const reader = new Reader(options.file, lines, options.tools);
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    throw pluginError({ code: 'script/invalid', message: `${options.file}: ${problem.message}`, hint: 'Mend the YAML.' });
  }
  const root = document.contents;
  if (!isMap(root)) throw reader.wrong(root, 'a script is a map with `bexpert-script: 1` and `attempts`.');
  reader.keys(root, ['bexpert-script', 'attempts']);
  const version: unknown = root.get('bexpert-script');
  if (version !== 1) throw reader.wrong(root, '`bexpert-script: 1` must say the version of the form.');
  const attempts = root.get('attempts');
  if (!isSeq(attempts) || attempts.items.length === 0)
    throw reader.wrong(attempts ?? root, '`attempts` must be a list with at least one attempt.');
  return { attempts: attempts.items.map((item) => reader.attempt(item)) };
}
