import { OnlookerError } from '../base/errors.ts';
import { say, visibleLine } from '../base/terminal.ts';
import { userBundles } from '../bundle/folders.ts';
import { listBundles } from '../bundle/open/list-bundles.ts';
import { openBundle } from '../bundle/open/open-bundle.ts';
import { parse } from './command.ts';
import { print } from './standard-output.ts';

export const usage = `Usage: onlooker models list
       onlooker models verify [NAME|DIR]...

"list" shows the installed bundles, "verify" reads every file of them and compares its hash.`;

/** `onlooker models`. */
export async function run(args: readonly string[]): Promise<number> {
  const [action, ...names] = parse('models', args, {}).positionals;
  switch (action) {
    case 'list':
      return list();
    case 'verify':
      return names.length > 0 ? verifyNamed(names) : verifyAll();
    case 'install':
    case 'import':
    case 'remove':
      throw new OnlookerError(
        'usage',
        `"models ${action}" is not available in this version. Put a bundle's folder anywhere and name it with --bundle.`,
      );
    default:
      throw new OnlookerError('usage', 'Which one: "onlooker models list" or "onlooker models verify"?');
  }
}

async function list(): Promise<number> {
  const bundles = await listBundles();
  if (bundles.length === 0) say(`No model bundle is installed. They belong into ${userBundles()}.`);
  for (const { name, version = '?', bytes, folder, problem } of bundles) {
    const size = bytes === undefined ? '' : `${(bytes / 1e6).toFixed(1)} MB`;
    await print(
      [visibleLine(name).padEnd(16), version.padEnd(8), size.padStart(9), ` ${visibleLine(problem ?? folder)}`].join(
        ' ',
      ),
    );
  }
  return 0;
}

/** Reports on each and ends with the exit code of an unusable bundle if one is. */
async function verifyAll(): Promise<number> {
  const bundles = await listBundles({ verifyHashes: true });
  for (const { name, problem } of bundles) await print(`${visibleLine(name)}: ${visibleLine(problem ?? 'whole')}`);
  const bad = bundles.filter(({ problem }) => problem !== undefined);
  if (bad.length === 0) return 0;
  throw new OnlookerError('bundle-corrupt', `Not usable: ${bad.map(({ name }) => name).join(', ')}. See above.`);
}

async function verifyNamed(names: readonly string[]): Promise<number> {
  for (const name of names) {
    await openBundle(name);
    await print(`${visibleLine(name)}: whole`);
  }
  return 0;
}
