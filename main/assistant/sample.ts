import { nativePath } from '../base/paths.ts';

/** A recording of a desktop that comes with the program. */
export const sampleRecording = nativePath('tests/fixtures/desk.mp4');
