// Negative controls: what no service should log, put into the file in which the tree's own code begins to listen.
import type { NegativeControl, WritableTree } from '../../src/plugin-api.ts';
import type { Code } from './manifest.ts';

const sources = ['**/*.{js,mjs,cjs,ts,mts,cts}'];
const listens = /\.listen\s*\(|\bserve\s*\(/;

/** Runs before the file's own code, whatever framework it uses. */
const onRequest = (body: string): string =>
  `{ const self = process; const http = self.getBuiltinModule('node:http'); const emit = http.Server.prototype.emit; http.Server.prototype.emit = function (event, ...rest) { if (event === 'request') { const [req] = rest; ${body} } return emit.call(this, event, ...rest); }; }\n`;

async function listeningFile(tree: WritableTree): Promise<string | undefined> {
  for (const file of await tree.glob(sources)) {
    if (/(^|\/)(tests?|__tests__)\/|\.(test|spec)\./.test(file)) continue;
    if (listens.test(await tree.read(file))) return file;
  }
  return undefined;
}

const control = (name: string, o: { readonly expects: Code; readonly body: string }): NegativeControl<Code> => ({
  name,
  expects: o.expects,
  async apply(tree) {
    const file = await listeningFile(tree);
    if (file === undefined) return { notApplicable: 'no JavaScript or TypeScript file begins to listen' };
    const text = await tree.read(file);
    const first = /^#![^\n]*\n/.exec(text)?.[0] ?? '';
    await tree.write(file, `${first}${onRequest(o.body)}${text.slice(first.length)}`);
    return 'applied';
  },
});

const line = (fields: string): string => `self.stdout.write(JSON.stringify({ ${fields} }) + '\\n');`;

export const controls = [
  control('every request logs an error', { expects: 'log-scan/error', body: line("level: 50, msg: 'bexpert control failed'") }),
  control('every request logs all of its headers', {
    expects: 'log-scan/secret',
    body: line("level: 30, msg: 'bexpert control', headers: req.headers"),
  }),
  control('every request leaves a rejection that nobody handles', {
    expects: 'log-scan/unhandled',
    body: "self.once('unhandledRejection', (error) => self.stderr.write(`unhandledRejection ${error.stack}\\n`)); Promise.reject(new Error('bexpert control'));",
  }),
] as const satisfies readonly NegativeControl<Code>[];
