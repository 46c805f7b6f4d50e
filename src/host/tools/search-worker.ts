/**
 * The program of the worker that searches. A regular expression may take for ever on one line, and only a thread can be ended then, so it
 * runs in one; as text, because a thread needs a file or a text of its own and the program is bundled.
 */
export const searchProgram = `
const { parentPort, workerData } = require('node:worker_threads');
const { openSync, fstatSync, readFileSync, closeSync, constants } = require('node:fs');
const { files, source, flags, perLine, limit, hardLinks, longestLine, largestFile } = workerData;
const pattern = new RegExp(source, flags);
const matches = [];
let total = 0;
let searched = 0;
for (const { name, full } of files) {
  let text;
  let fd;
  try {
    fd = openSync(full, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const status = fstatSync(fd);
    if (!status.isFile() || status.size > largestFile || (status.nlink > 1 && !hardLinks)) continue;
    const bytes = readFileSync(fd);
    if (bytes.subarray(0, 8192).includes(0)) continue;
    text = bytes.toString('utf8');
  } catch {
    continue;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
  searched += 1;
  let inFile = 0;
  const lines = text.split(/\\r?\\n/);
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index];
    const found = pattern.exec(line);
    if (found === null) continue;
    inFile += 1;
    if (!perLine) continue;
    total += 1;
    if (matches.length >= limit) continue;
    const from = Math.max(0, Math.min(found.index - 100, line.length - longestLine));
    const part = line.slice(from, from + longestLine);
    matches.push(name + ':' + (index + 1) + ': ' + (from > 0 ? '...' : '') + part + (from + longestLine < line.length ? '...' : ''));
  }
  if (!perLine && inFile > 0) {
    total += 1;
    if (matches.length < limit) matches.push(name + ' (' + inFile + (inFile === 1 ? ' line)' : ' lines)'));
  }
}
parentPort.postMessage({ matches, total, searched });
`;
