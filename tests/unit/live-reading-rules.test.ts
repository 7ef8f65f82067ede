/** Which event the lines that came with a change tell of, and which of them are quoted. */
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readManifest } from '../../main/bundle/read-manifest.ts';
import { NarrationGrammar } from '../../main/live/narration-grammar.ts';
import { quotationOf, quoting } from '../../main/live/quotation.ts';
import { closedSubject, type ReadEvent, readEvent } from '../../main/live/reading-rules.ts';
import type { PageChange, PageLine } from '../../main/reading/page.ts';

const folder = fileURLToPath(new URL('../../native-models/bundles/desk-nano', import.meta.url));
const grammar = new NarrationGrammar((await readManifest(folder)).manifest.sentences!);

type Written = readonly [text: string, x: number, y: number, more?: Partial<PageLine>];

function line([text, x, y, more]: Written, paragraph: number): PageLine {
  const box = { x, y, width: 8 * text.length, height: 18 };
  return { text, box, confidence: 0.95, paragraph, firstSeen: 0, lastSeen: 1, ...more };
}

/** Each line is a paragraph of its own unless it says otherwise. */
function change(came: readonly Written[], region?: PageChange['region']): PageChange {
  return { came: came.map(line), went: [], region, complete: true };
}

function told(said: ReadEvent, came: readonly Written[], region?: PageChange['region']): string {
  const { event, quoted } = readEvent(said, change(came, region));
  const quotation = quotationOf(quoted);
  const sentence = grammar.sentence({ ...event, language: 'en' });
  return quotation ? quoting(sentence, quotation) : sentence;
}

const opened = (subject: string): ReadEvent => ({ kind: 'app-opened', subject });
const appeared = (subject: string): ReadEvent => ({ kind: 'dialog-opened', subject });

describe('what is told', () => {
  test.each<[string, ReadEvent, Written[], string]>([
    [
      'an error that the model took for a message',
      appeared('info'),
      [
        ['Error', 280, 10],
        ['The key file is locked by another program.', 200, 50],
        ['OK', 420, 90],
      ],
      'An error dialog appeared: "The key file is locked by another program."',
    ],
    [
      'a message of two lines, and no button',
      appeared('question'),
      [
        ['Warning', 280, 10],
        ['The disk is almost', 200, 50, { paragraph: 1 }],
        ['full of pictures', 200, 70, { paragraph: 1 }],
        ['Cancel', 420, 90],
      ],
      'A warning dialog appeared: "The disk is almost full of pictures".',
    ],
    [
      'a dialog that the model took for a program',
      opened('terminal'),
      [
        ['Information', 280, 10],
        ['Everything was copied.', 200, 50],
      ],
      'A message dialog appeared: "Everything was copied."',
    ],
    [
      'a dialog of files',
      opened('files'),
      [
        ['Open File', 280, 10],
        ['letter-1.txt', 200, 60],
        ['6.1 kB', 400, 60],
      ],
      'A file dialog appeared: "Open File".',
    ],
    [
      'a progress bar that the model took for a question',
      appeared('question'),
      [
        ['Exporting', 280, 10],
        ['Pictures of the summer', 200, 50],
        ['40 %', 300, 80],
        ['Cancel', 420, 110],
      ],
      'A progress bar started: "Pictures of the summer".',
    ],
    [
      'a browser that the model took for an editor',
      opened('editor'),
      [
        ['Train times - Chromium', 300, 5],
        ['File', 20, 40],
        ['Departures from Seoul', 100, 90],
      ],
      'A web browser opened: "Train times - Chromium".',
    ],
    [
      'the title that names what was said, beside one of another window',
      { kind: 'app-switched', subject: 'files' },
      [
        ['Pictures - Thunar', 900, 200],
        ['film.mp4', 830, 260],
      ],
      'The file manager came to the front: "Pictures - Thunar".',
    ],
    [
      'a title in the task bar',
      opened('image'),
      [
        ['Workspace 1 23 Nov, Mon 22:48:59', 2, 750],
        ['/home/me/picture-2.png', 500, 750],
      ],
      'An image viewer opened: "/home/me/picture-2.png".',
    ],
    [
      'a new picture that looks like a window that moved',
      { kind: 'window-moved', subject: 'video' },
      [['picture-3.png (440x500)', 300, 100]],
      'The image viewer shows a new page: "picture-3.png (440x500)".',
    ],
    [
      'a command that looks like a new page',
      { kind: 'page-loaded', subject: 'editor' },
      [
        ['Round bridge music works', 420, 300],
        ['me@desk:~$ npm test', 420, 600],
      ],
      'A command is running in the terminal: "npm test".',
    ],
    [
      'the end of a command that looks like a new page',
      { kind: 'page-loaded', subject: 'editor' },
      [
        ['$ npm test', 420, 560],
        ['41 passed in 3.2s', 420, 580],
        ['$', 420, 600],
      ],
      'The command in the terminal finished: "41 passed in 3.2s".',
    ],
    [
      'a result in pieces, above the panel',
      { kind: 'command-finished', subject: null },
      [
        ['[30]', 47, 640],
        ['checking letter-30.txt', 90, 640],
        ['$', 32, 660],
        ['Workspace 1 23 Nov, Mon 22:51:45', 4, 702],
      ],
      'The command in the terminal finished: "[30] checking letter-30.txt".',
    ],
    [
      'a notification',
      { kind: 'notification-shown', subject: null },
      [['Anna: are you coming at eight?', 900, 40]],
      'A notification was shown: "Anna: are you coming at eight?"',
    ],
    // Nothing is made up.
    ['nothing where nothing was read', opened('terminal'), [], 'A terminal opened.'],
    [
      'no signs and labels',
      opened('files'),
      [
        ['- □ x', 600, 10],
        ['Edit', 30, 40],
        ['G', 5, 5],
      ],
      'A file manager opened.',
    ],
    ['nothing unsure', opened('files'), [['Musjc - Thumar', 600, 10, { confidence: 0.4 }]], 'A file manager opened.'],
    [
      'no command that is still being typed',
      { kind: 'typing-started', subject: 'terminal' },
      [['$ npm te', 420, 600]],
      'Typing began in the terminal.',
    ],
  ])('%s', (_what, said, came, sentence) => {
    expect(told(said, came)).toBe(sentence);
  });

  test('what lies behind a dialog is not its message', () => {
    const came: Written[] = [
      ['Could not save', 300, 200],
      ['The disk is full.', 300, 240],
      ['A long line of the page behind it, which came back at the same moment', 20, 700],
    ];
    const dialog = { x: 280, y: 190, width: 300, height: 120 };
    expect(told(appeared('info'), came, dialog)).toBe('An error dialog appeared: "The disk is full."');
  });

  test('a window that went is of the program that its title named', () => {
    const went = change([['Letter.txt - Mousepad', 300, 5]]).came;
    expect(closedSubject({ came: [], went, region: undefined, complete: true })).toBe('editor');
  });
});

describe('a quotation', () => {
  const quoted = (text: string) => quotationOf([line([text, 0, 0], 0)])?.text;

  test('has 80 characters at most, and no mark that ends it early', () => {
    expect(quoted('a "word" of it')).toBe("a 'word' of it");
    expect([...quoted('한'.repeat(200))!]).toHaveLength(80);
    expect(quoted('  ')).toBeUndefined();
  });

  test('stands at the end of a Korean sentence, too', () => {
    const sentence = grammar.sentence({ kind: 'dialog-opened', subject: 'error', language: 'ko' });
    const quotation = quotationOf([line(['디스크가 가득 찼습니다', 0, 0], 0)])!;
    expect(quoting(sentence, quotation)).toBe('오류 대화 상자가 나타났습니다: "디스크가 가득 찼습니다".');
  });
});

describe('the sentences of the embedded bundle', () => {
  test('are read as they are said, in both languages', () => {
    for (const language of ['en', 'ko']) {
      for (const meaning of [
        { kind: 'app-opened', subject: 'editor', language },
        { kind: 'dialog-closed', subject: 'error', language },
        { kind: 'command-finished', subject: null, language },
      ]) {
        expect(grammar.meaning(grammar.sentence(meaning))).toEqual(meaning);
      }
    }
    expect(grammar.meaning('an IMAGE viewer  opened')).toMatchObject({ kind: 'app-opened', subject: 'image' });
    expect(grammar.meaning('A walrus opened.')).toBeUndefined();
  });

  test('nothing happens to what it cannot happen to', () => {
    expect(grammar.takes('dialog-opened', 'error')).toBe(true);
    expect(grammar.takes('dialog-opened', 'editor')).toBe(false);
    expect(grammar.takes('command-finished', 'editor')).toBe(false);
  });
});
