/**
 * Runs the built program on the stand-in for Electron, watches a recording through it as a window would, and prints
 * what came of it as one line of JSON:
 *
 *   node --import ./tests/support/electron-hook.ts tests/support/run-built-desktop.ts RECORDING
 *
 * ONLOOKER_TEST_SECONDS: how long it goes on after the first words (0).
 */
import { app, BrowserWindow, ipcMain, session, standIn, Tray } from './electron-stand-in.ts';

standIn.onBattery = true;
standIn.userData = process.env.ONLOOKER_TEST_DATA!;
await import(new URL('../../out/main/index.js', import.meta.url).href);

const ask = (name: string, input: unknown) =>
  ipcMain.handlers.get('onlooker:request')!(
    { senderFrame: { url: 'onlooker://app/welcome.html', parent: null } },
    name,
    input,
  ) as Promise<{ readonly ok: boolean; readonly value?: unknown }>;
const page = await session.defaultSession.schemes.get('onlooker')!({
  url: 'onlooker://app/overlay.html',
  method: 'GET',
} as Request);

const hello = await ask('hello', {});
await ask('settings', { change: { remember: true } }); // as the first run asks
const watched = await ask('watch', { source: process.argv[2] });
const bundles = await ask('bundles', {});
await ask('open', { window: 'overlay' });
const [welcome] = BrowserWindow.all;
const heard = () => welcome!.webContents.sent.map(({ args }) => args[0] as { readonly type: string });
const started = performance.now();
while (!heard().some(({ type }) => type === 'speech') && performance.now() - started < 60_000) {
  await new Promise((resolve) => setTimeout(resolve, 100));
}
await new Promise((resolve) => setTimeout(resolve, 1000 * Number(process.env.ONLOOKER_TEST_SECONDS ?? 0)));
// What was recorded by the engine is read by the program: both have the key.
const { status } = ((await ask('hello', {})) as { value: { status: { saving?: boolean } } }).value;
const days = await ask('days', {});
const news = [...new Set(heard().map(({ type }) => type))].sort();

app.emit('will-quit', { preventDefault: () => {} });
while (standIn.argsOf('app.exit').length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
const result = {
  page: page.status,
  hello: hello.ok,
  watched,
  bundles,
  windows: standIn.argsOf('loadURL').flat(),
  icons: (Tray.all[0]!.image as { path: string }).path,
  engine: standIn.argsOf('utilityProcess.fork').map(([path]) => path),
  news,
  days,
  saving: status.saving,
};
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
