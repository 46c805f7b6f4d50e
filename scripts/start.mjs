#!/usr/bin/env node
// Becomes dist/cli.js: runs the program in front.cjs, with the code that V8 made of it when it was built, which spares every start
// the compiling. That code lies beside its source and is trusted as much. It bears the name of the Node.js that made it, because V8
// tells only its own versions and flags apart; a package that was built by another one starts without, as does one that V8 refuses.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');

const filename = `${import.meta.dirname}/front.cjs`;
let cachedData;
try {
  cachedData = readFileSync(`${import.meta.dirname}/front-${process.version}-${process.platform}-${process.arch}.cache`);
} catch {
  // Compiled now.
}
const script = new Script(readFileSync(filename, 'utf8'), { filename, cachedData });
script.runInThisContext()(require, (file) => import(file), import.meta.url);
