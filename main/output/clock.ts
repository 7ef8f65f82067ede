/** Media times as people and file formats write them. All take seconds; negative times count as 0. */

/** "00:12.5", from an hour on "1:00:12.5". */
export function shortTime(seconds: number): string {
  const tenths = Math.max(0, Math.round(seconds * 10));
  const hours = Math.floor(tenths / 36_000);
  const rest = `${pad(Math.floor(tenths / 600) % 60)}:${pad(Math.floor(tenths / 10) % 60)}.${tenths % 10}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** "00:00:12,500" with the decimal mark of the format: "," for SubRip, "." for WebVTT. Takes milliseconds. */
export function cueTime(milliseconds: number, mark: ',' | '.'): string {
  const whole = Math.floor(milliseconds / 1000);
  const clock = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60].map(pad).join(':');
  return `${clock}${mark}${String(milliseconds % 1000).padStart(3, '0')}`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
