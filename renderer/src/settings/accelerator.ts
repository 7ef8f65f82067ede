/** What of a keyboard event matters here. */
interface Keys {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly metaKey: boolean;
}

/** Keys in Electron's notation, such as "Control+Alt+K"; undefined until a key beyond modifiers is down. */
export function acceleratorOf(event: Keys): string | undefined {
  if (['Control', 'Alt', 'Shift', 'Meta', 'AltGraph'].includes(event.key)) return undefined;
  const modifiers = [
    event.ctrlKey && 'Control',
    event.altKey && 'Alt',
    event.shiftKey && 'Shift',
    event.metaKey && 'Super',
  ].filter((name) => name !== false);
  // The key as it is printed, not what Shift or Alt makes of it.
  const key = /^(?:Key|Digit)(.)$/.exec(event.code)?.[1] ?? named[event.key] ?? event.key;
  return [...modifiers, key.length === 1 ? key.toUpperCase() : key].join('+');
}

/** Where Electron's names differ from the DOM's. */
const named: Readonly<Record<string, string>> = {
  ' ': 'Space',
  '+': 'Plus',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
};
