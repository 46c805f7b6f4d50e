import { once } from 'node:events';
import type { Host, Json } from '../../../../src/plugin-api.ts';
import type { manifest } from './manifest.ts';

type ProbeHost = Host<typeof manifest>;

const text = async (stream: ReadableStream<Uint8Array>): Promise<string> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};

export async function lookAtCommands({ commands, trees, scratch, outside }: ProbeHost): Promise<Json> {
  const ran = await commands.run(
    'node',
    ['-e', 'process.stdin.pipe(process.stdout); console.error(process.env.MARK, process.cwd())'],
    {
      tree: trees.base,
      cwd: 'src',
      env: { MARK: 'marked' },
      timeoutMs: 20_000,
      keepBytes: 1024,
      stdin: 'typed',
    },
  );
  const failed = await commands.run('node', ['-e', 'process.exit(7)']);
  const missing = await commands.run('no-such-command', []);
  const late = await commands.run('node', ['-e', 'setInterval(() => {}, 1000)'], { timeoutMs: 300 });
  const flood = await commands.run('node', ['-e', 'process.stdout.write("x".repeat(10_000))'], { keepBytes: 100 });

  await using echo = await commands.spawn('node', ['-e', 'process.stdin.pipe(process.stdout)']);
  const writer = echo.stdin.getWriter();
  await writer.write(Buffer.from('spoken'));
  const cpu = await echo.cpu();
  await writer.close();
  const heard = await text(echo.stdout);
  const silent = await text(echo.stderr);
  const ended = await echo.ended;

  const endless = await commands.spawn('node', ['-e', 'setInterval(() => {}, 1000)']);
  const stopped = await endless.stop('SIGTERM');

  await commands.run('node', [
    '-e',
    'require("node:fs").writeFileSync(process.argv[1], "from a command")',
    `${scratch.path}/made.txt`,
  ]);
  return {
    ran: {
      status: ran.status,
      exitCode: ran.exitCode ?? null,
      stdout: ran.stdout,
      stderr: ran.stderr.trim(),
      truncated: ran.truncated,
    },
    failed: [failed.status, failed.exitCode ?? null],
    missing: missing.status,
    late: late.status,
    flood: [flood.truncated, flood.stdout.length < 1000],
    echo: [heard, silent, ended.status, ended.exitCode ?? null],
    cpu: cpu.user + cpu.system > 0,
    stopped: stopped.status,
    made: await scratch.read('made.txt'),
    outside: outside(`${scratch.path}/made.txt`).endsWith('made.txt'),
  };
}

const ask = [
  '-e',
  'fetch(process.argv[1]).then((r) => r.text()).then((t) => process.stdout.write(t), (e) => process.stdout.write(String(e.cause?.code ?? e)))',
];

export async function lookAtServices({ services, commands, trees }: ProbeHost, name: string): Promise<Json> {
  await using instance = await services.start(name, { env: { EXTRA: 'extra' } });
  await using ofBase = await services.start(name, { tree: trees.base });
  const answer = async (url: string) => (await commands.run('node', [...ask, url], { services: [instance] })).stdout;
  const first = await answer(`${instance.url}/`);
  const other = await answer(`${ofBase.url}/`);
  await instance.restart();
  const again = await answer(`${instance.url}/`);
  const token = await services.token('user', instance);
  const unknown = await services.start('nobody').catch((error: { code: string }) => error.code);
  const cpu = await instance.cpu();
  return {
    names: services.names,
    url: instance.url === `http://${instance.address.host}:${instance.address.port}`,
    tree: instance.tree.id,
    first,
    other,
    again,
    token,
    unknown: typeof unknown === 'string' ? unknown : 'started',
    log: (await instance.log()).split('\n').filter((line) => line.includes('listening')).length,
    cpu: cpu.user + cpu.system > 0,
    // Without the pod the service cannot be reached from a sandbox.
    alone: (await commands.run('node', [...ask, `${instance.url}/`])).stdout,
  };
}

export async function lookAtNet({ net, commands, services }: ProbeHost): Promise<Json> {
  await using pod = await services.start('store');
  await using listening = await net.listen((socket) => {
    socket.write('hello from the plugin');
    socket.end();
  });
  const script = `require('node:net').connect(${listening.port}, '${listening.host}').pipe(process.stdout)`;
  const heard = await commands.run('node', ['-e', script], { services: [pod] });
  const socket = await net.connect(listening);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'end');
  return {
    heard: heard.stdout,
    connected: Buffer.concat(chunks).toString('utf8'),
    refused: await net.connect({ host: listening.host, port: 1 }).then(
      () => 'connected',
      () => 'refused',
    ),
  };
}
