/**
 * What was read says more surely what happened than 384 x 240 pixels do. These rules correct the kind and the subject of a
 * narration by the lines that came with the change, and choose the lines that it quotes. They stand in for the model until
 * it reads by itself, and are measured beside its own word (docs/results.md).
 *
 * 1. A title that only a dialog has ("Error", "Save as") makes a window that opened that dialog.
 * 2. A small window that says "Copying" or shows per cents is a progress bar.
 * 3. A page of text whose last line is a prompt is a terminal: a command behind the prompt has started, an empty prompt
 *    says that one has finished.
 * 4. A window that seems to have moved, and has a new title, shows a new page.
 * 5. A window is of the program that its title names.
 *
 * Quoted are: the title of a window, the longest paragraph of a dialog or a notification, the command that was typed, the
 * last line that a command wrote.
 */
import type { PageChange, PageLine } from '../reading/page.ts';
import { appNamed, dialogNamed, dialogTitled, programNamed } from './named-subjects.ts';

/** A kind of event and its subject, as in `sentences` of a bundle. */
export interface ReadEvent {
  readonly kind: string;
  readonly subject: string | null;
}

/** Kinds for which the screen is read, and how far the rules may correct them. */
const windows = new Set(['app-opened', 'app-switched', 'page-loaded']);
const dialogs = new Set(['dialog-opened', 'progress-started']);
const commands = new Set(['command-started', 'command-finished']);
const typing = new Set(['typing-started', 'typing-stopped', 'scrolling-started', 'scrolling-stopped']);
const others = new Set(['notification-shown', 'window-moved', 'app-closed']);

/** What stands on buttons and in menus, which is never repeated. */
const label =
  /^(?:ok|yes|no|cancel|close|open|save|apply|retry|abort|ignore|help|next|back|done|file|edit|view|go|bookmarks|search|document|tools|window|settings|확인|취소|닫기|예|아니요|열기|저장|파일|편집|보기|도움말)$/i;
/** The line of a task bar or a panel: it ends in the time of day. */
const clock = /\b\d{1,2}:\d{2}(?::\d{2})?\W*$/;
/** A line of a terminal that waits for a command; behind the sign, the one that was typed. */
const prompt = /^(?:\S{0,40}[@:~\])]\S{0,40}\s?|\w)?[$#❯]\s*(.*)$/;
const fileName = /[^\s/\\]+\.[a-z]\w{0,4}\b/i;
const perCent = /^\d{1,3} ?%$/;
/** "Copying", "Installing updates": what a program says that it is doing. */
const doing = /^\p{Lu}\p{L}+ing\b.{0,20}$/u;
/** Lines that are less sure are not repeated. */
const leastConfidence = 0.6;
/** A dialog has no more lines, but for one that shows files. */
const mostDialogLines = 12;

/** Whether the rules need to know what was written when such an event happened. */
export function isRead(kind: string): boolean {
  return [windows, dialogs, commands, typing, others].some((kinds) => kinds.has(kind));
}

/** What really happened, and which lines say so: the first of them is the beginning of what is quoted. */
export function readEvent(said: ReadEvent, change: PageChange): { event: ReadEvent; quoted: readonly PageLine[] } {
  const lines = new Lines(change);
  const event = corrected(said, lines);
  return { event, quoted: quotedLines(event, lines) };
}

/** The subject of a window that went away: by the title that went with it. */
export function closedSubject(change: PageChange): string | undefined {
  const title = new Lines({ ...change, came: change.went }).titleOf(null);
  return title && appNamed(title.text);
}

function corrected(said: ReadEvent, lines: Lines): ReadEvent {
  const { kind } = said;
  if (windows.has(kind) || dialogs.has(kind)) {
    const dialog = lines.dialogTitle();
    if (dialog) return { kind: 'dialog-opened', subject: dialogNamed(dialog.text) ?? said.subject };
    if (kind !== 'page-loaded' && lines.areProgress()) return { kind: 'progress-started', subject: null };
  }
  if (kind === 'dialog-opened') {
    const named = lines.inside.map(({ text }) => dialogNamed(text)).find((subject) => subject !== undefined);
    return { kind, subject: named ?? said.subject };
  }
  if (kind === 'page-loaded' || typing.has(kind)) {
    const { command, waits } = lines.terminal(typing.has(kind));
    if (waits) return { kind: 'command-finished', subject: null };
    if (command) return { kind: 'command-started', subject: null };
  }
  const title = lines.titleOf(said.subject);
  if (kind === 'window-moved' && title && fileName.test(title.text)) {
    return { kind: 'page-loaded', subject: appNamed(title.text) ?? said.subject };
  }
  if (windows.has(kind) && title) return { kind, subject: appNamed(title.text) ?? said.subject };
  return said;
}

function quotedLines({ kind, subject }: ReadEvent, lines: Lines): readonly PageLine[] {
  if (windows.has(kind)) return withoutIcon(lines.titleOf(subject));
  if (kind === 'dialog-opened' && subject === 'file') return withoutIcon(lines.dialogTitle() ?? lines.message()[0]);
  if (dialogs.has(kind) || kind === 'notification-shown') return lines.message();
  if (kind === 'command-started') return lines.command();
  if (kind === 'command-finished') return lines.result();
  return [];
}

/** A line without the icon before it, which reads as one letter or sign. */
function withoutIcon(line: PageLine | undefined): PageLine[] {
  if (!line) return [];
  const text = line.text.replace(/^(?:[^\p{L}\p{N}/~*]+|[\p{L}\p{N}©]\s)(?=\S{3})/u, '');
  return [{ ...line, text }];
}

/** The lines that came with a change, and what they are. */
class Lines {
  /** Of the largest part that changed; all where that holds none. Task bars are left out. */
  readonly inside: readonly PageLine[];
  readonly #all: readonly PageLine[];
  readonly #bars: readonly PageLine[];

  constructor({ came, region }: PageChange) {
    const sure = came.filter(({ confidence }) => confidence >= leastConfidence);
    const clocks = sure.filter(({ text }) => clock.test(text) && !/^\d/.test(text));
    this.#bars = sure.filter((line) => clocks.some((other) => isInRow(line, other)));
    this.#all = sure.filter((line) => !this.#bars.includes(line)).toSorted((a, b) => a.box.y - b.box.y);
    const within = this.#all.filter(({ box }) => {
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      return !region || (x >= region.x && x < region.x + region.width && y >= region.y && y < region.y + region.height);
    });
    this.inside = within.length > 0 ? within : this.#all;
  }

  /** The title of the window that came; of several, one that names `subject`. */
  titleOf(subject: string | null): PageLine | undefined {
    const said = [...this.#all, ...this.#bars].filter(({ text }) => saysSomething(text));
    const top = said.find((line) => !this.#bars.includes(line));
    const isHigh = ({ box }: PageLine) => top !== undefined && box.y < top.box.y + 3 * top.box.height;
    const named = said.filter(({ text }) => programNamed(text) !== undefined);
    const files = said.filter((line) => (isHigh(line) || this.#bars.includes(line)) && fileName.test(line.text));
    const candidates = [...named, ...files, ...(top ? [top] : [])];
    return candidates.find(({ text }) => subject !== null && appNamed(text) === subject) ?? candidates[0];
  }

  /** The title of a dialog, where it is one that only dialogs have. */
  dialogTitle(): PageLine | undefined {
    const title = [...this.inside.slice(0, 3), ...this.#all.slice(0, 3)].find(({ text }) => dialogTitled(text));
    if (!title) return undefined;
    return this.inside.length <= mostDialogLines || dialogNamed(title.text) === 'file' ? title : undefined;
  }

  areProgress(): boolean {
    if (this.inside.length > mostDialogLines / 2 || this.inside.length < 2) return false;
    return this.inside.some(({ text }) => perCent.test(text.trim())) || doing.test(this.inside[0]!.text.trim());
  }

  /** The longest paragraph, labels and title aside; the title where there is nothing else. */
  message(): readonly PageLine[] {
    const [first, ...rest] = this.inside.filter(({ text }) => saysSomething(text));
    const paragraphs = [...Map.groupBy(rest, ({ paragraph }) => paragraph).values()];
    const written = paragraphs.filter(([line]) => !/^[/~]/.test(line!.text));
    const length = (lines: readonly PageLine[]) => lines.reduce((sum, { text }) => sum + text.length, 0);
    const [longest] = written.sort((a, b) => length(b) - length(a));
    // A message without a title is one paragraph.
    const isTitle = first && (dialogTitled(first.text) || first.text === first.title || doing.test(first.text));
    if (first && !isTitle && (!longest || first.text.length > length(longest))) {
      return this.inside.filter(({ paragraph, text }) => paragraph === first.paragraph && saysSomething(text));
    }
    return longest ?? (first ? [first] : []);
  }

  /** Whether the lowest lines are those of a terminal. @param typing whether the command may still be being typed */
  terminal(typing: boolean): { readonly command: boolean; readonly waits: boolean } {
    const lowest = this.#all.slice(-3);
    const last = prompt.exec(lowest.at(-1)?.text.trim() ?? '');
    const isWritten = lowest.length > 1 && !prompt.test(lowest.at(-2)!.text.trim());
    const commands = lowest.filter(({ text }) => prompt.exec(text.trim())?.[1]);
    return {
      waits: last?.[1] === '' && isWritten,
      command: commands.some((line) => !typing || line !== lowest.at(-1)),
    };
  }

  /** The last command that was typed. */
  command(): PageLine[] {
    const line = this.#all.findLast(({ text }) => prompt.exec(text.trim())?.[1]);
    return line ? [{ ...line, text: prompt.exec(line.text.trim())![1]! }] : [];
  }

  /** The last line that a command wrote, in all its pieces. */
  result(): PageLine[] {
    const line = this.#all.findLast(({ text }) => !prompt.test(text.trim()) && /[\p{L}\p{N}]/u.test(text));
    if (!line) return [];
    return this.inside.filter((other) => isInRow(other, line)).toSorted((a, b) => a.box.x - b.box.x);
  }
}

/** Not a label, and more than a sign or two. */
function saysSomething(text: string): boolean {
  const letters = text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  return letters >= 3 && !label.test(text.trim()) && !/^\d[\d:.]*$/.test(text.trim());
}

function isInRow(line: PageLine, other: PageLine): boolean {
  return Math.abs(line.box.y + line.box.height / 2 - other.box.y - other.box.height / 2) < other.box.height / 2;
}
