import type { Assistant } from './assistant.ts';

/** The assistant, with its engine in a utility process. */
export async function openAssistant(): Promise<Assistant> {
  throw new Error('There is no assistant yet.');
}
