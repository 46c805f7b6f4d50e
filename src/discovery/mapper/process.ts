// The program of a process that indexes files: texts come in, facts go out. It reads and writes no file, and it may die of what it parses.
import { readSync, writeSync } from 'node:fs';
import { indexed } from '../files/index-file.ts';
import { answerLine, Questions, wireVersion } from './wire.ts';

const chunk = Buffer.alloc(256 * 1024);
function write(text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}
function serve(): void {
  const questions = new Questions();
  write(answerLine({ version: wireVersion }));
  for (let read = readSync(0, chunk); read > 0; read = readSync(0, chunk)) {
    for (const { file, text } of questions.add(chunk.subarray(0, read))) write(answerLine({ facts: indexed(file, text).facts }));
  }
}
/**
 * Frames that lie on the stack already when a file is parsed here. Whoever parses it again has the same parser on a stack of the same
 * size and less on it, so what does not end this process does not end that one.
 */
const frames = 5000;
const below = (left: number): void => (left === 0 ? serve() : below(left - 1));
below(frames);
