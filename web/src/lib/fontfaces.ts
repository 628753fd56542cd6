// The page's own faces as text, so that a picture of the page carries them with it.

let faces: Promise<string> | null = null;

/** The rules of every face, their files written into them; read once. */
export function fontFaces(): Promise<string> {
  faces ??= Promise.all(rules().map(withFile)).then((all) => all.join(""));
  return faces;
}

function rules(): CSSFontFaceRule[] {
  return [...document.styleSheets].flatMap((sheet) =>
    [...sheet.cssRules].filter((rule): rule is CSSFontFaceRule => rule instanceof CSSFontFaceRule),
  );
}

async function withFile(rule: CSSFontFaceRule): Promise<string> {
  const source = rule.style.getPropertyValue("src");
  const address = /url\("?([^")]+)"?\)/.exec(source)?.[1];
  if (!address) return "";
  const base = rule.parentStyleSheet?.href ?? location.href;
  const file = await fetch(new URL(address, base));
  if (!file.ok) return "";
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000)
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return rule.cssText.replace(/url\([^)]*\)/, `url("data:font/woff2;base64,${btoa(text)}")`);
}
