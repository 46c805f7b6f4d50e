// Negative controls: what no service should do, put into the file in which the tree's own code begins to listen.
import type { NegativeControl, WritableTree } from '../../src/plugin-api.ts';
import type { Code } from './manifest.ts';

const sources = ['**/*.{js,mjs,cjs,ts,mts,cts}'];
const listens = /\.listen\s*\(|\bserve\s*\(/;

/** Runs before the file's own code, whatever framework it uses. */
const onRequest = (body: string): string =>
  `{ const self = process; const http = self.getBuiltinModule('node:http'); const emit = http.Server.prototype.emit; let count = 0; http.Server.prototype.emit = function (event, ...rest) { if (event === 'request') { const [req, res] = rest; count += 1; ${body} } return emit.call(this, event, ...rest); }; }\n`;

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

export const controls = [
  control('every seventh connection is cut', {
    expects: 'load/errors',
    body: 'if (count % 7 === 0) return req.socket.destroy();',
  }),
  control('every seventh answer has the status 299 and no body', {
    expects: 'load/wrong-answer',
    body: 'if (count % 7 === 0) { res.writeHead(299).end(); return true; }',
  }),
] as const satisfies readonly NegativeControl<Code>[];
