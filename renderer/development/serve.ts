/**
 * Serves the built window with a made-up day and the sample recording's sentences, for work on its looks:
 * `npm run build:window && node renderer/development/serve.ts`. Never part of a build.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { serveWindow } from '../../tests/support/window-server.ts';
import { happenings, pSilentAt, recordedPictures, tellStory } from '../../tests/support/window-story.ts';

const pictures = await recordedPictures();
await using server = await serveWindow(tellStory());
process.stdout.write(`${server.origin}/?ticket=${server.ticket}\n`);
for (let tick = 0; ; tick++) {
  const t = tick / 2;
  const at = Date.now();
  const said = happenings.findIndex((happening) => Math.round(happening.t * 2) === tick % 148);
  const reason = said >= 0 ? 'spoke' : 'silent';
  server.push({ type: 'frame', at, t, pSilent: pSilentAt(t), reason, latencyMs: 40 });
  if (tick % 2 === 0) server.push({ type: 'preview', at, jpeg: pictures[Math.floor(tick / 20) % pictures.length]! });
  if (said >= 0) {
    const words = happenings[said]!.text.split(' ');
    for (let count = 1; count <= words.length; count++) {
      const done = count === words.length;
      const text = words.slice(0, count).join(' ');
      server.push({ type: 'speech', speech: { id: tick + 1, kind: 'narration', at, t, text, done } });
      await wait(60);
    }
  }
  await wait(500);
}
