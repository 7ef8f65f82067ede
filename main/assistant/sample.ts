import { fileURLToPath } from 'node:url';
import { unpacked } from '../unpacked.ts';

/** A recording of a desktop that comes with the program. */
export const sampleRecording = unpacked(fileURLToPath(new URL('../../tests/fixtures/desk.mp4', import.meta.url)));
