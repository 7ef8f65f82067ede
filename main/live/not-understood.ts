/** What a user is told of a question or an instruction that the model does not understand, in its language. */
import { languageOf, type WrittenLanguage } from '../base/languages.ts';
import type { Understanding } from './understanding.ts';

interface Sentences {
  readonly question: string;
  readonly instruction: string;
  /** Before examples. */
  readonly examples: string;
  /** Between sentences. */
  readonly between: string;
  readonly quoted: (example: string) => string;
}

const sentences: Readonly<Record<WrittenLanguage, Sentences>> = {
  en: {
    question: 'I do not understand this question.',
    instruction: 'I do not understand this instruction, so I tell you everything that happens.',
    examples: 'What I understand, in English and Korean:',
    between: ' ',
    quoted: (example) => `"${example}"`,
  },
  ko: {
    question: '이 질문은 이해하지 못합니다.',
    instruction: '이 지시는 이해하지 못하므로, 일어나는 일을 모두 알려 드립니다.',
    examples: '이해하는 말(한국어와 영어):',
    between: ' ',
    quoted: (example) => `"${example}"`,
  },
  ja: {
    question: 'この質問は理解できません。',
    instruction: 'この指示は理解できないため、起きることをすべて伝えます。',
    examples: '理解できるのは英語と韓国語の次のような文です:',
    between: '',
    quoted: (example) => `「${example}」`,
  },
  zh: {
    question: '我不理解这个问题。',
    instruction: '我不理解这条指示，因此会告诉您发生的一切。',
    examples: '我能理解英语和韩语的这类句子：',
    between: '',
    quoted: (example) => `“${example}”`,
  },
};

/** "I do not understand this question. ..." with a question for each thing that can be asked. */
export function questionNotUnderstood(question: string, understanding: Understanding): string {
  return told('question', question, understanding.examples('questions', languageOf(question)));
}

/** "I do not understand this instruction, ..." with an instruction for each thing that can be told. */
export function instructionNotUnderstood(instruction: string, understanding: Understanding): string {
  return told('instruction', instruction, understanding.examples('instructions', languageOf(instruction)));
}

function told(what: 'question' | 'instruction', text: string, examples: readonly string[]): string {
  const { [what]: sentence, ...words } = sentences[languageOf(text)];
  return [sentence, words.examples, ...examples.map(words.quoted)].join(words.between);
}
