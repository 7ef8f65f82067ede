/** Windows of a Windows desktop, through PowerShell and the window manager's own functions. */

import { parseJson } from '../base/json.ts';
import type { VisibleWindow, WindowList } from './visible-window.ts';

/**
 * Prints one JSON array a line, the topmost window first, each time a line arrives on standard input: compiling the
 * functions takes a second, a look then takes milliseconds. Windows that are cloaked (on another virtual desktop) or
 * minimised are left out.
 */
const script = `
$ErrorActionPreference = 'Stop'
[Console]::OutputEncoding = [Text.Encoding]::UTF8
Add-Type -TypeDefinition @'
using System; using System.Text; using System.Collections.Generic; using System.Runtime.InteropServices;
public static class Desk {
  delegate bool Visit(IntPtr window, IntPtr unused);
  [StructLayout(LayoutKind.Sequential)] public struct Box { public int Left, Top, Right, Bottom; }
  [DllImport("user32.dll")] static extern bool EnumWindows(Visit visit, IntPtr unused);
  [DllImport("user32.dll")] static extern bool IsWindowVisible(IntPtr window);
  [DllImport("user32.dll")] static extern bool IsIconic(IntPtr window);
  [DllImport("user32.dll")] static extern bool GetWindowRect(IntPtr window, out Box box);
  [DllImport("user32.dll")] static extern bool SetProcessDPIAware();
  [DllImport("user32.dll", CharSet = CharSet.Unicode)] static extern int GetWindowText(IntPtr window, StringBuilder text, int most);
  [DllImport("user32.dll")] static extern uint GetWindowThreadProcessId(IntPtr window, out uint process);
  [DllImport("dwmapi.dll")] static extern int DwmGetWindowAttribute(IntPtr window, int which, out int value, int size);
  static Desk() { SetProcessDPIAware(); }
  public static List<object[]> Look() {
    var found = new List<object[]>();
    EnumWindows((window, unused) => {
      int cloaked = 0; Box box; uint process;
      if (!IsWindowVisible(window) || IsIconic(window) || !GetWindowRect(window, out box)) return true;
      if (DwmGetWindowAttribute(window, 14, out cloaked, 4) == 0 && cloaked != 0) return true;
      var text = new StringBuilder(1024); GetWindowText(window, text, 1024);
      GetWindowThreadProcessId(window, out process);
      found.Add(new object[] { window.ToInt64(), process, text.ToString(), box.Left, box.Top, box.Right - box.Left, box.Bottom - box.Top });
      return true;
    }, IntPtr.Zero);
    return found;
  }
}
'@
while ($null -ne [Console]::In.ReadLine()) {
  $names = @{}; Get-Process | ForEach-Object { $names[[uint32]$_.Id] = $_.ProcessName }
  $rows = @([Desk]::Look() | ForEach-Object { ,@("$($_[0])", "$($names[$_[1]])", $_[2], $_[3], $_[4], $_[5], $_[6]) })
  [Console]::Out.WriteLine((ConvertTo-Json -Compress -InputObject $rows))
}
`;

/** Program and arguments of the process that is asked. */
export function win32Lister(): readonly [string, readonly string[]] {
  // Encoded as PowerShell wants it: no quoting can go wrong.
  const encoded = Buffer.from(script, 'utf16le').toString('base64');
  return ['powershell.exe', ['-NoLogo', '-NoProfile', '-NonInteractive', '-EncodedCommand', encoded]];
}

/** Reads one line of its answers; undefined for one that is none. The topmost window last. */
export function parseWin32(line: string): WindowList {
  let rows: unknown;
  try {
    rows = parseJson(line);
  } catch {
    return undefined;
  }
  if (!Array.isArray(rows)) return undefined;
  const windows = rows.map(readRow);
  return windows.includes(undefined) ? undefined : (windows as VisibleWindow[]).reverse();
}

function readRow(row: unknown): VisibleWindow | undefined {
  if (!Array.isArray(row) || row.length !== 7) return undefined;
  const [id, app, title, ...place] = row as unknown[];
  if (typeof id !== 'string' || typeof app !== 'string' || typeof title !== 'string') return undefined;
  if (!place.every((value): value is number => Number.isFinite(value))) return undefined;
  const [x, y, width, height] = place as [number, number, number, number];
  return { id, app, title, x, y, width, height };
}
