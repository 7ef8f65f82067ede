import { _electron } from 'playwright-core';
import { expect, test } from 'vitest';
import { electronProgram } from '../../main/cli/electron.ts';
import { isolated, root } from '../support/built-desktop.ts';

test('starts, shows the welcome in a sandbox, and answers it', async () => {
  const executablePath = electronProgram();
  if (executablePath === undefined) throw new Error('Electron is not installed: node node_modules/electron/install.js');
  const electron = await _electron.launch({ executablePath, args: ['--no-sandbox', root], env: isolated() });
  try {
    const page = await electron.firstWindow();
    expect(page.url()).toBe('onlooker://app/welcome.html');
    const seen = await page.evaluate(async () => {
      const { onlooker, require, process } = globalThis as unknown as Record<string, unknown>;
      const bridge = onlooker as { request(name: string, input: object): Promise<{ ok: boolean }> };
      const hello = await bridge.request('hello', {});
      const refused = await bridge.request('__proto__', {});
      return { node: [typeof require, typeof process], hello: hello.ok, refused: refused.ok };
    });
    expect(seen).toEqual({ node: ['undefined', 'undefined'], hello: true, refused: false });
  } finally {
    await electron.close();
  }
});
