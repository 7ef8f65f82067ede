/** Gives every test file data and settings folders of its own: `forget --all` must not reach those of whoever runs the tests. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const home = mkdtempSync(join(tmpdir(), 'onlooker-home-'));
process.env.XDG_DATA_HOME = join(home, 'data');
process.env.XDG_CONFIG_HOME = join(home, 'config');
afterAll(() => rmSync(home, { recursive: true, force: true }));
