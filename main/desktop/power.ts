import { powerMonitor } from 'electron';
import type { Assistant } from './assistant.ts';
import type { Current } from './current.ts';

/**
 * Nothing is watched while the machine sleeps or is locked: what was paused for that goes on afterwards, what the user
 * had paused stays paused.
 */
export function followPower(assistant: Assistant, current: Current): Disposable {
  let pausedByUs = false;
  const away = () => {
    if (current.status.state === 'paused' || current.status.state === 'idle') return;
    pausedByUs = true;
    void assistant.answer('pause', { until: null });
  };
  const back = () => {
    if (!pausedByUs) return;
    pausedByUs = false;
    void assistant.answer('resume', {});
  };
  const events = [
    ['suspend', away],
    ['lock-screen', away],
    ['resume', back],
    ['unlock-screen', back],
  ] as const;
  for (const [event, listener] of events) powerMonitor.on(event as 'suspend', listener);
  return {
    [Symbol.dispose]: () => {
      for (const [event, listener] of events) powerMonitor.off(event as 'suspend', listener);
    },
  };
}
