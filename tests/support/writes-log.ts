/** Writes COUNT lines into the log of FOLDER, as one of several processes. */

import { openLog } from '../../main/log/open-log.ts';
import { record } from '../../main/log/record.ts';

const [folder = '', count = '0'] = process.argv.slice(2);
using _log = openLog('mcp', folder);
for (let i = 0; i < Number(count); i++)
  record('timings', { frames: i, dropped: 0, p50Ms: 1.25, p95Ms: 2.5, rssMb: 300 });
