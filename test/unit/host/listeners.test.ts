import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { listenersOn } from '../../../src/host/sandbox/listeners.ts';
import { readStat } from '../../../src/host/sandbox/processes.ts';

describe('who listens on a port', () => {
  it('is the process that does, and none of another', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const other = spawn('sleep', ['60']);
    try {
      expect(listenersOn(process.pid, port)).toEqual([`${process.pid}@${readStat(process.pid)?.started}`]);
      expect(listenersOn(other.pid ?? 0, port)).toEqual([]);
    } finally {
      other.kill('SIGKILL');
      server.close();
      await once(other, 'exit');
    }
  });

  it('is nobody of a process that has ended, whether or not somebody has taken notice', async () => {
    const child = spawn('true');
    const pid = child.pid ?? 0;
    // Node takes notice between two turns, so that here it is a zombie.
    while (readStat(pid)?.state !== 'Z');
    expect(listenersOn(pid, 1)).toEqual([]);
    await once(child, 'exit');
    expect(listenersOn(pid, 1)).toEqual([]);
  });
});
