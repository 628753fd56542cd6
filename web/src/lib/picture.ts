// Any part of the page as a picture: its drawings, texts, rules and fills written out as one SVG that needs nothing else.

import { fontFaces } from "./fontfaces";

const NS = "http://www.w3.org/2000/svg";
const EDGE = 16;
/** Properties that a child takes from its parent: written only where they change. */
const INHERITED = [
  "fill",
  "fill-opacity",
  "fill-rule",
  "stroke",
  "stroke-width",
  "stroke-opacity",
  "stroke-dasharray",
  "stroke-linejoin",
  "stroke-linecap",
  "font-family",
  "font-size",
  "font-weight",
  "font-style",
  "text-anchor",
  "paint-order",
  "visibility",
];
const OWN: [string, string][] = [
  ["opacity", "1"],
  ["display", "inline"],
  ["stop-color", ""],
  ["stop-opacity", "1"],
  ["mask", "none"],
  ["clip-path", "none"],
  ["mix-blend-mode", "normal"],
];

export interface PictureWords {
  title: string;
  /** Lines at the foot: what it shows, of which rows, weights and days. */
  source: string[];
}

/** A part of the page as SVG, with a title above and its source beneath. */
export async function pictureOf(part: Element, { title, source }: PictureWords): Promise<string> {
  const defs = new Map<string, string>();
  // What is pressed, not read, is out of the way for as long as it takes to look.
  part.classList.add("picturing");
  const box = part.getBoundingClientRect();
  const drawn = walk(part, box, defs);
  part.classList.remove("picturing");
  const wide = Math.max(Math.ceil(box.width), 320) + 2 * EDGE;
  const head = title ? 34 : 0;
  const lines = source.flatMap((line) => wrapped(line, Math.floor((wide - 2 * EDGE) / 5.9)));
  const foot = lines.length * 16 + 12;
  const high = Math.ceil(box.height) + head + foot + 2 * EDGE;
  const styles = getComputedStyle(document.documentElement);
  const colour = (name: string) => styles.getPropertyValue(`--${name}`).trim();
  const [sans, serif] = [styles.getPropertyValue("--sans"), styles.getPropertyValue("--serif")];
  const texts = lines.map(
    (line, index) =>
      `<text x="${EDGE}" y="${high - EDGE - foot + 24 + index * 16}" font-size="12" fill="${colour("ink-2")}">${escape(line)}</text>`,
  );
  return [
    `<svg xmlns="${NS}" width="${wide}" height="${high}" viewBox="0 0 ${wide} ${high}" font-family="${escape(sans)}">`,
    `<title>${escape(title)}</title><desc>${escape(source.join(" · "))}</desc>`,
    `<defs><style>${await fontFaces()}</style>${[...defs.values()].join("")}</defs>`,
    `<rect width="${wide}" height="${high}" fill="${colour("sheet")}"/>`,
    title
      ? `<text x="${EDGE}" y="${EDGE + 18}" font-family="${escape(serif)}" font-size="18" font-weight="600" fill="${colour("ink")}">${escape(title)}</text>`
      : "",
    `<g transform="translate(${EDGE} ${EDGE + head})">${drawn}</g>`,
    ...texts,
    "</svg>",
  ].join("");
}

/** The same picture in dots, two to a pixel. */
export async function dotsOf(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.width * 2;
  canvas.height = image.height * 2;
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done, fail) =>
    canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("the picture is too large"))), "image/png"),
  );
}

function walk(node: Element, box: DOMRect, defs: Map<string, string>): string {
  const style = getComputedStyle(node);
  if (style.display === "none" || style.visibility === "hidden") return "";
  const own = node.getBoundingClientRect();
  const place = `x="${num(own.left - box.left)}" y="${num(own.top - box.top)}" width="${num(own.width)}" height="${num(own.height)}"`;
  if (node instanceof SVGSVGElement) return own.width && own.height ? drawing(node, place, defs) : "";
  if (node instanceof HTMLCanvasElement) {
    // A map draws anew at this word, so that there is something to read back.
    node.dispatchEvent(new Event("picture"));
    return `<image ${place} href="${node.toDataURL("image/png")}"/>`;
  }
  const inside = [...node.childNodes].map((child) => {
    if (child instanceof Element) return walk(child, box, defs);
    return child instanceof Text ? lettering(child, style, box) : "";
  });
  return surface(style, own, box, place) + inside.join("");
}

/** The fill and the rules of a box. */
function surface(style: CSSStyleDeclaration, own: DOMRect, box: DOMRect, place: string): string {
  const filled = !/^(transparent|rgba\(.*, 0\))$/.test(style.backgroundColor);
  const [left, top] = [own.left - box.left, own.top - box.top];
  const sides: [string, number, number, number, number][] = [
    ["top", left, top, own.width, 0],
    ["bottom", left, top + own.height, own.width, 0],
    ["left", left, top, 0, own.height],
    ["right", left + own.width, top, 0, own.height],
  ];
  const rules = sides.flatMap(([side, x, y, dx, dy]) => {
    const wide = Number.parseFloat(style.getPropertyValue(`border-${side}-width`));
    const kind = style.getPropertyValue(`border-${side}-style`);
    if (!wide || kind === "none" || kind === "hidden") return [];
    const dashes = kind === "dashed" ? ' stroke-dasharray="3 2"' : "";
    const colour = style.getPropertyValue(`border-${side}-color`);
    return `<path d="M${num(x)},${num(y)}l${num(dx)},${num(dy)}" stroke="${colour}" stroke-width="${wide}"${dashes}/>`;
  });
  return (filled ? `<rect ${place} fill="${style.backgroundColor}"/>` : "") + rules.join("");
}

const pen = document.createElement("canvas").getContext("2d");

/** A text as it stands, line by line; each line keeps its length whatever face draws it. */
function lettering(node: Text, style: CSSStyleDeclaration, box: DOMRect): string {
  if (!node.data.trim()) return "";
  const lines: { text: string; left: number; right: number; top: number; high: number }[] = [];
  const range = document.createRange();
  for (const word of node.data.matchAll(/\S+/g)) {
    range.setStart(node, word.index);
    range.setEnd(node, word.index + word[0].length);
    const rect = range.getBoundingClientRect();
    if (!rect.width) continue;
    const last = lines.at(-1);
    if (last && Math.abs(last.top - rect.top) < 2) {
      last.text += ` ${word[0]}`;
      last.right = rect.right;
    } else
      lines.push({ text: word[0], left: rect.left, right: rect.right, top: rect.top, high: rect.height });
  }
  if (pen) pen.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  const { fontBoundingBoxAscent: up = 8, fontBoundingBoxDescent: down = 2 } = pen?.measureText("x") ?? {};
  return lines
    .map(({ text, left, right, top, high }) => {
      const y = top - box.top + (high * up) / (up + down);
      const struck = style.textDecorationLine.includes("line-through")
        ? ' text-decoration="line-through"'
        : "";
      return `<text x="${num(left - box.left)}" y="${num(y)}" textLength="${num(right - left)}" lengthAdjust="spacingAndGlyphs" font-family="${escape(style.fontFamily)}" font-size="${style.fontSize}" font-weight="${style.fontWeight}" fill="${style.color}"${struck}>${escape(text)}</text>`;
    })
    .join("");
}

/** A drawing of the page with its styles written into it. */
function drawing(svg: SVGSVGElement, place: string, defs: Map<string, string>): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  inline(svg, copy, null, defs);
  for (const name of ["x", "y", "width", "height", "role", "tabindex"]) copy.removeAttribute(name);
  const text = new XMLSerializer().serializeToString(copy);
  return text.replace("<svg", `<svg ${place}`);
}

function inline(
  from: Element,
  to: Element,
  above: CSSStyleDeclaration | null,
  defs: Map<string, string>,
): void {
  const style = getComputedStyle(from);
  for (const name of [...to.getAttributeNames()])
    if (name === "class" || name === "style" || name.startsWith("data-") || name.startsWith("aria-"))
      to.removeAttribute(name);
  if (!(from instanceof SVGTitleElement)) {
    for (const name of INHERITED) {
      const value = style.getPropertyValue(name);
      // What a default gives needs no word of its own at the top either.
      if (value !== above?.getPropertyValue(name)) to.setAttribute(name, value);
      else to.removeAttribute(name);
      const used = /url\("?#([^")]+)"?\)/.exec(value)?.[1];
      if (used) define(used, defs);
    }
    for (const [name, usual] of OWN) {
      const value = style.getPropertyValue(name);
      const stop = !name.startsWith("stop-") || from instanceof SVGStopElement;
      if (value && value !== usual && stop && !(name === "display" && value !== "none"))
        to.setAttribute(name, value);
    }
  }
  [...from.children].forEach((child, index) => {
    const other = to.children[index];
    if (other) inline(child, other, style, defs);
  });
}

/** A pattern or gradient that a drawing names, wherever on the page it stands. */
function define(id: string, defs: Map<string, string>): void {
  if (defs.has(id)) return;
  const held = document.getElementById(id);
  if (!held) return;
  defs.set(id, "");
  const copy = held.cloneNode(true) as Element;
  inline(held, copy, null, defs);
  copy.setAttribute("id", id);
  defs.set(id, new XMLSerializer().serializeToString(copy));
}

function wrapped(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function num(value: number): string {
  return String(+value.toFixed(2));
}

function escape(text: string): string {
  return text.replace(/[&<>"\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, (found) => ESCAPES[found] ?? "");
}

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
