import { openLocalModel } from '../../chat/local-model.ts';

/** Loads a chat model and has it write one token. */
export async function tryChatModel(path: string): Promise<void> {
  await using model = openLocalModel({ model: path, trial: true });
  await model.reply({ system: 'You answer briefly.', user: 'Hello.', form: { first: 1, last: 1, most: 1 } });
}
