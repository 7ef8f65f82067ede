/** What the platform asks before a screen can be seen. */
export function permissionText(userAgent: string) {
  if (/Mac OS X/.test(userAgent)) return 'welcome.permission-mac';
  if (/Windows/.test(userAgent)) return 'welcome.permission-windows';
  return 'welcome.permission-linux';
}
