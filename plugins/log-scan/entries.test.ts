import { describe, expect, it } from 'vitest';
import { readLog } from './entries.ts';

const read = (text: string, format: 'auto' | 'json' | 'logfmt' | 'plain' = 'auto') => readLog(text, { format, levels: {} });
const levels = (text: string) => read(text).entries.map(({ level }) => level);
const only = (text: string) => read(text).entries[0];

describe('levels', () => {
  it.each([
    ['{"level":50,"msg":"a"}', 'error'],
    ['{"level":"warning","message":"a"}', 'warn'],
    ['{"severity":"CRITICAL","message":"a"}', 'fatal'],
    ['{"severityNumber":17,"body":"a"}', 'error'],
    ['{"log":{"level":"error"},"message":"a"}', 'error'],
    ['{"log.level":"ERROR","message":"a"}', 'error'],
    ['{"level":3,"short_message":"a"}', 'error'],
    ['{"levelname":"ERROR","message":"a"}', 'error'],
    ['{"level":"info","msg":"0 errors"}', 'info'],
    ['{"msg":"error"}', undefined],
    ['time=2026-01-01T00:00:00Z level=error msg="disk full"', 'error'],
    ['level=info msg="no error" errors=0', 'info'],
    ['2026-01-01T00:00:00.000Z ERROR disk full', 'error'],
    ['2026-01-01 00:00:00,123 - app.db - WARNING - slow', 'warn'],
    ['[2026-01-01T00:00:00Z] [error] disk full', 'error'],
    ['error: disk full', 'error'],
    ['E0101 00:00:00.000000 1 main.go:7] disk full', 'error'],
    ['TypeError: x is not a function', 'error'],
    ['(node:7) DeprecationWarning: old', 'warn'],
    ['npm ERR! missing script', 'error'],
    ['0 errors, 2 warnings', undefined],
    ['Found no error in the file', undefined],
    ['127.0.0.1 - - [01/Jan/2026:00:00:00 +0000] "GET /error HTTP/1.1" 200 12', undefined],
    ['listening on port 3000', undefined],
  ])('%s', (line, level) => {
    expect(levels(line)).toEqual([level]);
  });
});

describe('lines that belong together', () => {
  it('are one entry: a stack trace, its cause, an object', () => {
    const text =
      'Error: a\n    at f (/w/a.js:1:2)\n    at g (/w/b.js:1:2) {\n  code: 1\n}\nCaused by: b\n    at h (/w/c.js:1:2)\nnext';
    expect(read(text).entries.map(({ message }) => message)).toEqual(['Error: a', 'next']);
    expect(only(text)?.stack).toContain('at g');
  });
  it('are a crash of Node from the place to the version', () => {
    const text = [
      '{"level":30,"msg":"up"}',
      '/w/server.js:7',
      "    throw new RangeError('gone');",
      '    ^',
      '',
      'RangeError: gone',
      '    at f (/w/server.js:7:11)',
      '    at node:internal/main:1:1',
      '',
      'Node.js v20.20.2',
      'after',
    ].join('\n');
    const { entries } = read(text);
    expect(entries).toHaveLength(3);
    expect(entries[1]).toMatchObject({ crash: true, level: 'fatal', message: 'RangeError: gone', line: 2 });
  });
  it('are a panic of Go and a traceback of Python', () => {
    const go = 'panic: gone\n\ngoroutine 1 [running]:\nmain.main()\n\t/w/main.go:7 +0x1d\nexit status 2';
    expect(read(go).entries).toMatchObject([{ crash: true, message: 'panic: gone' }]);
    const python = 'Traceback (most recent call last):\n  File "/w/a.py", line 1, in f\n    f()\nValueError: gone\n';
    expect(read(python).entries).toMatchObject([{ crash: true, message: 'ValueError: gone' }]);
    const logged = `ERROR:root:failed\n${python}INFO:root:next`;
    expect(read(logged).entries).toMatchObject([{ crash: false, error: 'ValueError: gone' }, { message: 'INFO:root:next' }]);
  });
});

describe('the format', () => {
  it('is what most entries are', () => {
    expect(read('{"a":1}\n{"a":2}\nplain').format).toBe('json');
    expect(read('level=info msg=a\nlevel=info msg=b').format).toBe('logfmt');
    expect(read('a\nb\n{"a":1}').format).toBe('plain');
    expect(read('{"a":1}', 'plain').entries[0]?.form).toBe('plain');
    expect(read('').lines).toBe(0);
  });
  it('may have colours, carriage returns, blank lines and lines without an end', () => {
    const colour = String.fromCharCode(27);
    const { entries, lines } = read(`${colour}[31mERROR${colour}[39m disk full\r\n\n${'x'.repeat(200_000)}`);
    expect(lines).toBe(2);
    expect(entries[0]).toMatchObject({ level: 'error', message: 'ERROR disk full' });
    expect(entries[1]?.message).toHaveLength(64 * 1024);
  });
  it('costs little on lines that are made to cost much', () => {
    const hostile = [
      'a="'.repeat(20_000),
      `${'a'.repeat(60_000)}!`,
      '\\"'.repeat(30_000),
      `x="${'\\'.repeat(60_001)}`,
      '{'.repeat(60_000),
    ];
    expect(read(hostile.join('\n')).entries.length).toBeGreaterThan(0);
  });
});
