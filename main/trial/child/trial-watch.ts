/**
 * Ends the process of a trial that takes too much memory or processor time. On a thread of its own: native code blocks
 * the others, and most systems have no limit that a program may set for itself.
 */
import { workerData } from 'node:worker_threads';
import { mostMemory, mostProcessorSeconds } from '../messages.ts';

/** Milliseconds between two looks. */
const pace = 20;

const bytes = workerData as number;
setInterval(() => {
  const { user, system } = process.cpuUsage();
  const tooMuch = process.memoryUsage.rss() > mostMemory(bytes) || (user + system) / 1e6 > mostProcessorSeconds(bytes);
  if (tooMuch) process.kill(process.pid, 'SIGKILL');
}, pace);
