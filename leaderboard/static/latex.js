// Text as pdfLaTeX takes it without a package: every character stands for itself, or is written by its number.

const SIGNS = {
  "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "&": "\\&", "%": "\\%", "$": "\\$", "#": "\\#",
  "_": "\\_", "{": "\\{", "}": "\\}", "<": "\\textless{}", ">": "\\textgreater{}", "|": "\\textbar{}", "\"": "''", "`": "\\textasciigrave{}",
  "–": "--", "—": "---", "‐": "-", "‑": "-", "‒": "--", "―": "---", "…": "\\ldots{}", "‘": "`", "’": "'", "“": "``", "”": "''", "‚": ",", "„": ",,",
  "«": "$\\ll$", "»": "$\\gg$", "•": "\\textbullet{}", "·": "$\\cdot$", "†": "\\dag{}", "‡": "\\ddag{}", "§": "\\S{}", "¶": "\\P{}",
  "©": "\\copyright{}", "®": "\\textregistered{}", "™": "\\texttrademark{}", "£": "\\pounds{}", "¡": "!`{}", "¿": "?`{}",
  "−": "$-$", "±": "$\\pm$", "∓": "$\\mp$", "×": "$\\times$", "÷": "$\\div$", "≤": "$\\leq$", "≥": "$\\geq$", "≠": "$\\neq$", "≈": "$\\approx$",
  "∼": "$\\sim$", "≡": "$\\equiv$", "∞": "$\\infty$", "√": "$\\surd$", "∑": "$\\sum$", "∈": "$\\in$", "∂": "$\\partial$", "°": "$^{\\circ}$",
  "→": "$\\rightarrow$", "←": "$\\leftarrow$", "↑": "$\\uparrow$", "↓": "$\\downarrow$", "↔": "$\\leftrightarrow$", "⇒": "$\\Rightarrow$",
  "µ": "$\\mu$", "½": "$\\frac{1}{2}$", "¼": "$\\frac{1}{4}$", "¾": "$\\frac{3}{4}$", "′": "$'$", "″": "$''$", "⁄": "/",
  "ß": "\\ss{}", "æ": "\\ae{}", "Æ": "\\AE{}", "œ": "\\oe{}", "Œ": "\\OE{}", "ø": "\\o{}", "Ø": "\\O{}", "ł": "\\l{}", "Ł": "\\L{}", "ı": "\\i{}",
  "\u00a0": "~", "\u2002": "\\ ", "\u2003": "\\ ", "\u2007": "~", "\u2009": "\\,", "\u200a": "\\,", "\u202f": "\\,", "\u00ad": "\\-",
  "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "", "\ufeff": "",
};
// Of isolated right-to-left texts and the like: they order a screen, and print nothing.
const ORDERS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const RAISED = { "⁰": 0, "¹": 1, "²": 2, "³": 3, "⁴": 4, "⁵": 5, "⁶": 6, "⁷": 7, "⁸": 8, "⁹": 9, "⁺": "+", "⁻": "-" };
const LOWERED = "₀₁₂₃₄₅₆₇₈₉";
const GREEK = ("α alpha β beta γ gamma δ delta ε epsilon ζ zeta η eta θ theta ι iota κ kappa λ lambda μ mu ν nu ξ xi π pi ρ rho σ sigma ς varsigma " +
  "τ tau υ upsilon φ phi χ chi ψ psi ω omega Γ Gamma Δ Delta Θ Theta Λ Lambda Ξ Xi Π Pi Σ Sigma Υ Upsilon Φ Phi Ψ Psi Ω Omega").split(" ");
const GREEK_NAMES = new Map(GREEK.flatMap((sign, index) => (index % 2 ? [] : [[sign, GREEK[index + 1]]])));
// Combining marks that the first font encoding of TeX can set over a letter.
const ACCENTS = {
  "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".", "\u0308": "\"",
  "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0323": "d", "\u0327": "c", "\u0331": "b",
};

export function escaped(text) {
  const plain = text.normalize("NFC").replace(/\s*[\r\n\u0085\u2028\u2029]+\s*/g, " ").replaceAll("\t", " ");
  const signs = [...plain];
  // Two hyphens in a row would become a dash.
  return signs.map((one, index) => (one === "-" && signs[index - 1] === "-" ? "{}-" : sign(one))).join("");
}

function sign(character) {
  if (Object.hasOwn(SIGNS, character)) return SIGNS[character];
  if (/^[ -~]$/.test(character)) return character;
  if (ORDERS.test(character)) return "";
  if (Object.hasOwn(RAISED, character)) return `$^{${RAISED[character]}}$`;
  if (LOWERED.includes(character)) return `$_{${LOWERED.indexOf(character)}}$`;
  if (GREEK_NAMES.has(character)) return `$\\${GREEK_NAMES.get(character)}$`;
  return accented(character) ?? `[U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}]`;
}

function accented(character) {
  const [letter, ...marks] = character.normalize("NFD");
  if (!/^[A-Za-z]$/.test(letter) || marks.length !== 1 || !Object.hasOwn(ACCENTS, marks[0])) return null;
  const dotless = "ij".includes(letter) && !"\u0323\u0327\u0331".includes(marks[0]) ? `\\${letter}` : letter;
  return `\\${ACCENTS[marks[0]]}{${dotless}}`;
}
