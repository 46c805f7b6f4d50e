#!/usr/bin/env node
// Becomes dist/cli.js: runs the program in front.cjs, with the code that V8 made of it when it was built, which spares every start
// the compiling. That code lies beside its source and is trusted as much. It bears the name of the Node.js that made it, because V8
// tells only its own versions and flags apart; a package that was built by another one starts without, as does one that V8 refuses.
// CommonJS, which Node starts 5 ms sooner than a module.
'use strict';
const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');

const filename = `${__dirname}/front.cjs`;
let cachedData;
try {
  cachedData = readFileSync(`${__dirname}/front-${process.version}-${process.platform}-${process.arch}.cache`);
} catch {
  // Compiled now.
}
// The bundler leaves only ASCII in it, which is read this way as it is, in one go.
const script = new Script(readFileSync(filename).latin1Slice(), { filename, cachedData });
script.runInThisContext()(require, (file) => import(file), __dirname);
