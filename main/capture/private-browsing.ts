/** How browsers mark a private window in its title, in the languages of their interface. */

/** Firefox, Chromium, Chrome, Edge, Brave, Vivaldi, Opera; Safari marks it in some versions only. */
const marks: readonly string[] = [
  // English
  ...['private browsing', 'incognito', 'inprivate', 'private window', 'privater modus'],
  // German, French, Spanish, Portuguese, Italian, Dutch, Polish, Swedish, Russian, Turkish
  ...['privater modus', 'privates surfen', 'inkognito', 'navigation privée', 'mode privé', 'navegación privada'],
  ...['incógnito', 'incógnita', 'ventana privada', 'navegação privativa', 'navegação anónima', 'anónima', 'anônima'],
  ...['navigazione anonima', 'navigazione in incognito', 'in incognito', 'privénavigatie', 'privénavigeren'],
  ...[
    'tryb prywatny',
    'privat surfning',
    'приватный просмотр',
    'инкогнито',
    'частное окно',
    'gizli gezinti',
    'gizli sekme',
  ],
  // Korean, Japanese, Chinese (simplified, traditional)
  ...[
    '사생활 보호',
    '시크릿',
    '사적 보호',
    '개인정보 보호 브라우징',
    'プライベートブラウジング',
    'プライベートブラウズ',
  ],
  ...['シークレット', '无痕', '隐私浏览', '隐身', '無痕', '隱私瀏覽', '私密瀏覽', '私密浏览'],
];

/** Browsers, by what their windows call their application or end their titles with. */
const browsers =
  /firefox|chrom(e|ium)|edge|brave|vivaldi|opera|safari|librewolf|waterfox|navigator|epiphany|gnome web|tor browser/i;

/** Tor Browser has no other windows. */
const alwaysPrivate = /tor[ -]?browser|mullvad[ -]?browser/i;

/**
 * Whether a window is a browser's private one. The mark must stand where browsers put it: at an end of the title,
 * behind a dash or in brackets. A page *about* private browsing is none; a mistake to that side hides too much, which
 * is the better mistake.
 */
export function isPrivateBrowsing({ app, title }: { readonly app: string; readonly title: string }): boolean {
  if (alwaysPrivate.test(`${app}\n${title}`)) return true;
  if (!browsers.test(app) && !browsers.test(title)) return false;
  return title.split('\n').some((line) => {
    const parts = line
      .normalize('NFC')
      .toLowerCase()
      .split(/ [-–—|] |[()（）[\]]/)
      .map((part) => part.trim())
      .filter((part) => part !== '');
    // The first is the page's own name wherever there is another.
    const ends = parts.length > 1 ? parts.slice(1) : parts;
    return ends.some((part) => marks.some((mark) => part.includes(mark)));
  });
}
