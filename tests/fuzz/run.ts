/** Has damaged files read in processes that may die of it, and tells what went wrong. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface FuzzCase {
  readonly kind: string;
  readonly seed: number;
}

export interface FuzzOutcome extends FuzzCase {
  /** Exit code and words. */
  readonly result: string;
  /** What was not allowed; undefined when all was. */
  readonly problem?: string;
  /** Bytes of the process afterwards. */
  readonly rss: number;
}

/** What a case may take: milliseconds, and bytes of the process that reads it. */
const mostMs = 20_000;
const mostBytes = 2e9;

export interface FuzzOptions {
  /** Where inputs that fail are kept; default nowhere. */
  readonly keep?: string;
  readonly onOutcome?: (outcome: FuzzOutcome) => void;
}

/** Runs the cases, in order, and returns those that failed. */
export async function fuzz(cases: readonly FuzzCase[], { keep, onOutcome }: FuzzOptions = {}): Promise<FuzzOutcome[]> {
  const folder = mkdtempSync(join(tmpdir(), 'onlooker-fuzz-'));
  const failed: FuzzOutcome[] = [];
  let worker: ChildProcess | undefined;
  try {
    for (const one of cases) {
      worker ??= await startWorker(mkdtempSync(join(folder, 'process-')), folder);
      const outcome = await runCase(worker, one);
      onOutcome?.(outcome);
      if (outcome.rss > mostBytes || worker.exitCode !== null || worker.signalCode !== null) {
        worker.kill('SIGKILL');
        worker = undefined;
      }
      if (outcome.problem === undefined) continue;
      failed.push(outcome);
      if (keep === undefined) continue;
      const place = join(keep, `${one.kind}-${one.seed}`);
      mkdirSync(place, { recursive: true });
      cpSync(join(folder, 'case'), place, { recursive: true });
    }
    return failed;
  } finally {
    worker?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param material where it makes whole files, @param folder where the case lies */
async function startWorker(material: string, folder: string): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('./worker.ts', import.meta.url));
  // Nothing of the user's is read or written.
  const homes = { XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: join(folder, 'cache') };
  const worker = fork(script, [material, folder], {
    execArgv: [],
    env: { ...process.env, ...homes, GGML_NO_BACKTRACE: '1' },
  });
  const [message] = await Promise.race([once(worker, 'message'), once(worker, 'exit').then(() => ['it ended'])]);
  if (message !== 'ready') throw new Error(`the process that reads damaged files did not start: ${message}`);
  return worker;
}

async function runCase(worker: ChildProcess, one: FuzzCase): Promise<FuzzOutcome> {
  const failed = (problem: string, rss = 0) => ({ ...one, result: 'none', problem, rss });
  const replied = new Promise<FuzzOutcome>((resolve) => {
    const onMessage = (outcome: FuzzOutcome) =>
      settle(outcome.rss > mostBytes ? { ...outcome, problem: `${outcome.rss} bytes` } : outcome);
    const onExit = () => settle(failed(`the process ended with ${worker.signalCode ?? worker.exitCode}`));
    const timer = setTimeout(() => {
      worker.kill('SIGKILL');
    }, mostMs);
    const began = performance.now();
    function settle(outcome: FuzzOutcome): void {
      clearTimeout(timer);
      worker.off('message', onMessage).off('exit', onExit);
      const late = performance.now() - began > mostMs;
      resolve(late ? failed(`longer than ${mostMs / 1000} s`) : outcome);
    }
    worker.on('message', onMessage).on('exit', onExit);
  });
  worker.send(one);
  return replied;
}
