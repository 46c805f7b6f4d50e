import { describe, expect, it } from 'vitest';
import { fromReport } from '../../../src/findings/place.ts';

const place = { roots: ['/workspace/packages/api', '/tmp/tree/packages/api'], cwd: '' };

describe('a path of a report', () => {
  it('is relative to the scope, however the tool writes it', () => {
    for (const file of [
      'src/a.ts',
      './src/a.ts',
      '/workspace/packages/api/src/a.ts',
      '/tmp/tree/packages/api/src/../src/a.ts',
      'file:///workspace/packages/api/src/a.ts',
      'src\\a.ts',
    ]) {
      expect(fromReport(file, place), file).toBe('src/a.ts');
    }
    expect(fromReport('file:///workspace/packages/api/src/a%20b.ts', place)).toBe('src/a b.ts');
    expect(fromReport('file:///workspace/packages/api/src/100%.ts', place)).toBe('src/100%.ts');
  });
  it('is relative to the folder in which the command ran', () => {
    expect(fromReport('lib/b.ts', { ...place, cwd: 'src' })).toBe('src/lib/b.ts');
    expect(fromReport('../c.ts', { ...place, cwd: 'src' })).toBe('c.ts');
  });
  it('has no place in the scope where it lies outside', () => {
    for (const file of [
      '/usr/lib/x.ts',
      '../other/x.ts',
      '/workspace/packages/api',
      '/workspace/packages/api2/x.ts',
      'https://example.com/x.ts',
      '',
    ]) {
      expect(fromReport(file, place), file).toBe(file.startsWith('https') ? 'https:/example.com/x.ts' : undefined);
    }
  });
});
