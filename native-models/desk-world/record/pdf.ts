export interface Page {
  readonly title: string;
  /** Paragraphs; wrapped at 84 characters. */
  readonly lines: readonly string[];
  /** Of the bar beneath the title, `#rrggbb`. */
  readonly accent: string;
}

/** A plain PDF 1.4 of A4 pages in ASCII: a title, a coloured bar, and text, in the viewer's own Helvetica. */
export function writePdf(pages: readonly Page[]): string {
  const objects = ['<< /Type /Catalog /Pages 2 0 R >>', ''];
  objects.push('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>');
  const kids: string[] = [];
  for (const page of pages) {
    const content = pageContent(page);
    objects.push(`<< /Length ${content.length} >>\nstream\n${content}\nendstream`);
    const resources = '<< /Font << /F1 3 0 R >> >>';
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${objects.length} 0 R /Resources ${resources} >>`,
    );
    kids.push(`${objects.length} 0 R`);
  }
  objects[1] = `<< /Type /Pages /Kids [${kids.join(' ')}] /Count ${kids.length} >>`;

  let file = '%PDF-1.4\n';
  const offsets = objects.map((body, n) => {
    const offset = file.length;
    file += `${n + 1} 0 obj\n${body}\nendobj\n`;
    return `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const start = file.length;
  const size = objects.length + 1;
  file += `xref\n0 ${size}\n0000000000 65535 f \n${offsets.join('')}`;
  return `${file}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
}

function pageContent({ title, lines, accent }: Page): string {
  const [red, green, blue] = [1, 3, 5].map((at) => (Number.parseInt(accent.slice(at, at + 2), 16) / 255).toFixed(2));
  const wrapped = lines.flatMap((line) => [...(line.match(/.{1,84}(?:\s|$)/g) ?? []), '']).slice(0, 46);
  const show = wrapped.map((line) => `(${line.trim().replace(/[()\\]/g, '\\$&')}) Tj T*`).join('\n');
  return [
    `${red} ${green} ${blue} rg 60 748 475 8 re f 0 g`,
    `BT /F1 22 Tf 60 766 Td (${title}) Tj ET`,
    `BT /F1 11 Tf 15 TL 60 720 Td\n${show}\nET`,
  ].join('\n');
}
