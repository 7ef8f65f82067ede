/** A program that makes a memory of a thousand frames and narrations, "Number N happened.", in the folder it is told. */

import { setLimits } from '../../main/memory/forget/retention.ts';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { frameRow, narrationRow, session } from './memory.ts';

using memory = await openMemory({ folder: process.argv[2], create: true });
setLimits(memory, { keepDays: 100_000 });
const rows = Array.from({ length: 1000 }, (_, i) => [frameRow(i), narrationRow(i, `Number ${i} happened.`)]);
session(memory).write(rows.flat());
