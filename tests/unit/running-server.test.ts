/** The files with the tokens of servers: one that was killed leaves its file to the next that starts. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { userRuntime } from '../../main/base/data-home.ts';
import { announceServer } from '../../main/cli/running-server.ts';

async function listening(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return { server, port: (server.address() as AddressInfo).port };
}

test.skipIf(process.platform !== 'linux')('files of servers that are gone are removed, others stay', async () => {
  const home = mkdtempSync(join(tmpdir(), 'onlooker-runtime-'));
  vi.stubEnv('XDG_RUNTIME_DIR', home);
  const [gone, runs, own] = [await listening(), await listening(), await listening()];
  try {
    await using first = await announceServer({ port: runs.port, token: 'a' });
    void first;
    writeFileSync(join(userRuntime(), `serve-${gone.port}.token`), 'left behind');
    await new Promise((closed) => gone.server.close(closed));
    await using second = await announceServer({ port: own.port, token: 'b' });
    void second;
    const names = [runs, own].map(({ port }) => `serve-${port}.token`);
    expect(readdirSync(userRuntime()).sort()).toEqual(names.sort());
  } finally {
    for (const { server } of [runs, own]) server.close();
    vi.unstubAllEnvs();
    rmSync(home, { recursive: true });
  }
});
