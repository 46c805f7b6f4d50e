// Runs the built program once, as its users do, and keeps what V8 compiled meanwhile, called functions included, for dist/cli.js:
// `node scripts/code-cache.mjs <folder of the build> <arguments of bexpert...>`.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';

const [, , built = '', ...args] = process.argv;
const front = path.resolve(built, 'front.cjs');
// The name is kept in the code and seen in stacks, wherever the package is installed.
const script = new Script(readFileSync(front, 'latin1'), { filename: 'bexpert/dist/front.cjs' });
process.on('exit', (code) => {
  const file = `front-${process.version}-${process.platform}-${process.arch}.cache`;
  if (code === 0) writeFileSync(path.resolve(built, file), script.createCachedData());
});
process.argv = [process.execPath, path.resolve(built, 'cli.js'), ...args];
const load = (file) => import(pathToFileURL(path.resolve(built, file)).href);
script.runInThisContext()(createRequire(front), load, path.dirname(front));
