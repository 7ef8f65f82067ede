import { fileURLToPath } from 'node:url';

/** A recording of a desktop that comes with the program. */
export const sampleRecording = fileURLToPath(new URL('../../tests/fixtures/desk.mp4', import.meta.url));
