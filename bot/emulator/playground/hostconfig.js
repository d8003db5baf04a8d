// How Teams sets cards: its type scale, spacing and colours. Colours are variables of card.css, so
// that light and dark need no second rendering.

const colours = () =>
  Object.fromEntries(
    ["default", "dark", "light", "accent", "attention", "good", "warning"].map((name) => [
      name,
      { default: `var(--card-${name})`, subtle: `var(--card-${name}-subtle)` },
    ]),
  );

const container = (name) => ({
  backgroundColor: `var(--card-back-${name})`,
  foregroundColors: colours(),
});

const font = (fontFamily) => ({
  fontFamily,
  fontSizes: { small: 12, default: 14, medium: 16, large: 18, extraLarge: 24 },
  fontWeights: { lighter: 300, default: 400, bolder: 600 },
});

export const hostConfig = {
  supportsInteractivity: true,
  fontTypes: {
    default: font("var(--font)"),
    monospace: font("var(--font-mono)"),
  },
  lineHeights: { small: 16, default: 20, medium: 22, large: 24, extraLarge: 32 },
  spacing: { small: 4, default: 8, medium: 12, large: 16, extraLarge: 24, padding: 16 },
  separator: { lineThickness: 1, lineColor: "var(--card-line)" },
  imageSizes: { small: 32, medium: 52, large: 100 },
  containerStyles: {
    default: container("default"),
    emphasis: container("emphasis"),
    accent: container("accent"),
    good: container("good"),
    attention: container("attention"),
    warning: container("warning"),
  },
  inputs: {
    label: {
      inputSpacing: "small",
      requiredInputs: { weight: "default", suffix: " *", suffixColor: "attention" },
      optionalInputs: { weight: "default" },
    },
    errorMessage: { color: "attention", size: "small", weight: "default" },
  },
  actions: {
    maxActions: 6,
    spacing: "large",
    buttonSpacing: 8,
    showCard: { actionMode: "inline", inlineTopMargin: 12, style: "emphasis" },
    actionsOrientation: "horizontal",
    actionAlignment: "left",
  },
  adaptiveCard: { allowCustomStyle: true },
  factSet: {
    title: { weight: "bolder", wrap: true, maxWidth: 160 },
    value: { weight: "default", wrap: true },
    spacing: 16,
  },
  table: { cellSpacing: 8 },
  textStyles: { heading: { weight: "bolder", size: "large" }, columnHeader: { weight: "bolder" } },
  textBlock: { headingLevel: 3 },
};
