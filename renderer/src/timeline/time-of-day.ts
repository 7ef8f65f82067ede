/** "14:05" in local time, as `<input type="time">` takes it. */
export function timeOf(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** That time on the local day of `at`; undefined when nothing sensible was typed. */
export function atTime(at: number, time: string): number | undefined {
  const [hours, minutes] = time.split(':').map(Number);
  const date = new Date(at).setHours(hours ?? Number.NaN, minutes ?? Number.NaN, 0, 0);
  return Number.isNaN(date) ? undefined : date;
}
