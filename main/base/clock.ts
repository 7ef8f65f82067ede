/**
 * Times as people and file formats write them. Media times are in seconds, and negative ones count as 0. What is not
 * shown of a time is cut off, everywhere: a moment that is rounded up here and not there would have two times.
 */

/** The day of a wall clock (milliseconds since 1970), local time: "2026-05-01". */
export function localDay(at: number): string {
  const date = new Date(at);
  return [date.getFullYear(), pad(date.getMonth() + 1), pad(date.getDate())].join('-');
}

/** The time of that day: "13:05", with seconds "13:05:30". */
export function localClock(at: number, { seconds = false } = {}): string {
  const date = new Date(at);
  const parts = [date.getHours(), date.getMinutes(), ...(seconds ? [date.getSeconds()] : [])];
  return parts.map(pad).join(':');
}

/** "00:12.5", from an hour on "1:00:12.5". */
export function shortTime(seconds: number): string {
  // By way of whole milliseconds: 4.1 * 10 is a little less than 41.
  const tenths = Math.max(0, Math.floor(Math.round(seconds * 1000) / 100));
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
