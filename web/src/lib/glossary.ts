// What the words of the pages mean, in the order in which a newcomer meets them.

export interface Meaning {
  word: string;
  means: string;
}

export const GLOSSARY: readonly Meaning[] = [
  {
    word: "Harm score",
    means:
      "Each event times its weight in points, added up. It is a sum, not a rate: “per 1,000” draws the rate.",
  },
  {
    word: "Clearly high, clearly low",
    means:
      "Surely in the upper or the lower half of all areas, with 90% confidence for all of them at once. The others cannot be told apart.",
  },
  {
    word: "Place 4 (2–8)",
    means:
      "Fourth by score; by chance alone it could be second to eighth, in 90 of 100. “Firm”: no other place is likely.",
  },
  {
    word: "In top 5",
    means:
      "The chance that it truly is among the five highest. A lower place with a wider range can have more.",
  },
  {
    word: "A bar that fades",
    means:
      "The 95% range of the score: the notch is the score, and where ink fades the truth is less likely.",
  },
  {
    word: "Beyond chance",
    means:
      "A count moved more than its own past, season and scatter explain, with every area and measure allowed for. “Near the line”: nearly so.",
  },
  {
    word: "Clearly, probably",
    means:
      "The 95% range lies wholly on one side; the 80% range does. Else two figures cannot be told apart.",
  },
  {
    word: "Set apart",
    means:
      "Rare, grave events left out of places and tiers, since one more or fewer would decide them. They are listed beside.",
  },
  {
    word: "Dashed, provisional",
    means: "Records of these months still come; the share known by now is said.",
  },
  { word: "Hatched", means: "Too few events to say more than that there were some." },
];
