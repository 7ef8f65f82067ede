/**
 * What a test needs beyond Node. On a machine that lacks it the test is skipped and says what is missing; where nothing
 * may be skipped (`ONLOOKER_NOTHING_SKIPPED=1`, as in CI) the lack is a failure.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Names of the programs that are not on PATH, joined for a message; undefined when all are there. */
export function missingPrograms(...names: readonly string[]): string | undefined {
  return report(names.filter((name) => !onPath(name)));
}

/** The files that are not there, joined for a message; undefined when all are. */
export function missingFiles(...paths: readonly string[]): string | undefined {
  return report(paths.filter((path) => !existsSync(path)));
}

/**
 * The Python that has PyTorch: `ONLOOKER_PYTHON`, the project's virtual environment, or python3. With `large` it also
 * needs what native-models/training/large does.
 */
export function trainingPython({ large = false } = {}): {
  readonly path: string;
  readonly missing: string | undefined;
} {
  const modules = ['torch', 'onnx', 'gguf', 'tokenizers', ...(large ? ['transformers', 'peft', 'safetensors'] : [])];
  // Found, not imported: importing them all takes ten seconds.
  const look = `import sys; from importlib.util import find_spec; sys.exit(not all(map(find_spec, ${JSON.stringify(modules)})))`;
  const candidates = [
    process.env.ONLOOKER_PYTHON,
    join(process.env.ONLOOKER_VENV ?? join(homedir(), '.cache/onlooker/venv'), 'bin/python'),
    'python3',
  ];
  for (const path of candidates) {
    if (path && spawnSync(path, ['-c', look]).status === 0) {
      return { path, missing: undefined };
    }
  }
  return {
    path: 'python3',
    missing: report([`Python with native-models/training/${large ? 'large/' : ''}requirements.txt`]),
  };
}

function report(missing: readonly string[]): string | undefined {
  if (missing.length === 0) return undefined;
  const words = `not installed: ${missing.join(', ')}`;
  if (process.env.ONLOOKER_NOTHING_SKIPPED === '1') throw new Error(`Nothing may be skipped here, but ${words}`);
  return words;
}

function onPath(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
