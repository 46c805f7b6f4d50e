import { defineContext, fitted, type Inputs, pluginError } from '../../src/plugin-api.ts';
import { regexSearch, type Search, type Spot, textSearch } from './lines.ts';
import { manifest } from './manifest.ts';
import { codeFiles, languageOf, languages, patternSearch } from './pattern.ts';

type Asked = Inputs<typeof manifest>;
interface Match {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly text: string;
}
interface NotSearched {
  readonly file: string;
  readonly line: null;
  readonly what: string;
  readonly why: string;
}

const largest = 2 * 1024 * 1024;
/** Of a long line what is around the place. */
const widest = 200;

function searchOf(inputs: Asked): (file: string) => Search | undefined {
  const { text, regex, pattern } = inputs;
  if ([text, regex, pattern].filter((one) => one !== undefined && one !== '').length !== 1) {
    throw pluginError({
      code: 'code-search/asks',
      message: 'A search needs one of `text`, `regex` and `pattern`, and no two of them.',
      hint: 'For example: `with: { text: "createOrder" }`.',
    });
  }
  if (pattern === undefined || pattern === '') {
    const search =
      regex === undefined || regex === ''
        ? textSearch(text ?? '', inputs['ignore-case'])
        : regexSearch(regex, inputs['ignore-case']);
    return () => search;
  }
  const made = new Map<string, Search>();
  const first = inputs.language ?? 'typescript';
  made.set(first, patternSearch(pattern, first));
  return (file) => {
    const language = inputs.language ?? languageOf(file);
    if (language === undefined) return undefined;
    const search = made.get(language) ?? patternSearch(pattern, language);
    made.set(language, search);
    return search;
  };
}

const wholeLine = (text: string, from: number, until: number): string => text.slice(from, until === -1 ? undefined : until);

function* matchesIn(file: string, text: string, spots: readonly Spot[]): Generator<Match> {
  let line = 1;
  let start = 0;
  for (const { at, length } of spots) {
    for (let next = text.indexOf('\n', start); next !== -1 && next < at; next = text.indexOf('\n', start)) {
      line += 1;
      start = next + 1;
    }
    const whole = wholeLine(text, start, text.indexOf('\n', start)).replace(/\r$/, '');
    const column = at - start;
    const from = whole.length <= widest ? 0 : Math.max(0, Math.min(column - 40, whole.length - widest));
    const shown = whole.slice(from, from + Math.max(widest, Math.min(length, widest)));
    yield {
      file,
      line,
      column: column + 1,
      text: `${from > 0 ? '…' : ''}${shown.trim()}${from + shown.length < whole.length ? '…' : ''}`,
    };
  }
}

function textOf(bytes: Uint8Array): { readonly text: string } | { readonly why: string } {
  if (bytes.length > largest)
    return { why: `it has ${bytes.length.toLocaleString('en')} bytes; files over 2 MiB are not searched` };
  if (bytes.subarray(0, 8192).includes(0)) return { why: 'it is a binary file' };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { why: 'it is not UTF-8 text' };
  }
}

export default defineContext(manifest, async (inputs, host) => {
  const tree = host.trees.base;
  const search = searchOf(inputs);
  const ofLanguage = inputs.language === undefined ? undefined : languages[inputs.language].files;
  const all = ofLanguage ?? (inputs.pattern === undefined ? ['**'] : codeFiles);
  const wanted = new Set(await tree.glob(all));
  const files = (await tree.glob(inputs.files.length > 0 ? inputs.files : ['**'])).filter((file) => wanted.has(file));
  if (files.length === 0) {
    throw pluginError({
      code: 'code-search/no-files',
      message: `There is no file to search: ${inputs.files.length > 0 ? `none fits ${inputs.files.join(', ')}` : `none fits ${all.join(', ')}`}.`,
      hint: 'Globs are relative to the scope: `src/**/*.ts`. What git ignores is not searched.',
    });
  }
  const matches: Match[] = [];
  const notSearched: NotSearched[] = [];
  let total = 0;
  let searched = 0;
  for (const [n, file] of files.entries()) {
    host.signal.throwIfAborted();
    host.progress(n / files.length, file);
    const skip = (why: string) => notSearched.push({ file, line: null, what: file.split('/').at(-1) ?? file, why });
    const read = textOf(await tree.readBytes(file));
    const spots = 'why' in read ? read : search(file)?.(read.text);
    if (spots === undefined || 'why' in read) {
      // Pictures and the like are no news; a text that is left out is.
      if ('why' in read && read.why !== 'it is a binary file') skip(read.why);
      continue;
    }
    if ('why' in spots) {
      skip(spots.why);
      continue;
    }
    searched += 1;
    total += spots.length;
    if (matches.length < inputs.max)
      matches.push(...[...matchesIn(file, read.text, spots)].slice(0, inputs.max - matches.length));
  }
  if (total === 0) host.log.info(`Nothing was found in ${searched} files.`);
  return {
    outputs: { matches, total, searched, 'not-understood': notSearched },
    brief: [{ title: titleOf(inputs), text: briefText({ matches, total, searched, notSearched }, inputs['max-tokens']) }],
  };
});

const titleOf = ({ title, text, regex, pattern }: Asked): string =>
  title !== '' ? title : `Search for ${regex !== undefined && regex !== '' ? `/${regex}/` : (text ?? pattern ?? '')}`;

function briefText(
  o: {
    readonly matches: readonly Match[];
    readonly total: number;
    readonly searched: number;
    readonly notSearched: readonly NotSearched[];
  },
  tokens: number,
): string {
  const places = `${o.total} ${o.total === 1 ? 'place' : 'places'} in ${o.searched} ${o.searched === 1 ? 'file' : 'files'} that were searched.`;
  const left = o.total - o.matches.length;
  return [
    places,
    ...fitted(
      o.matches.map(({ file, line, text }) => `${file}:${line}: ${text}`),
      tokens * 0.9,
    ),
    ...(left > 0 ? [`(${left} more beyond max)`] : []),
    ...fitted(
      o.notSearched.map(({ file, why }) => `not searched: ${file}, ${why}`),
      tokens * 0.1,
    ),
  ].join('\n');
}
