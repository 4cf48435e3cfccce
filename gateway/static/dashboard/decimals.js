// Decimals of currencies by ISO 4217, which amounts are in; a browser has those of CLDR, which are others (HUF, IQD).
const LISTED = {
  0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
  3: "BHD IQD JOD KWD LYD OMR TND",
  4: "CLF UYW",
};

const known = new Map(Object.entries(LISTED).flatMap(([decimals, currencies]) =>
  currencies.split(" ").map((currency) => [currency, Number(decimals)])));

export const decimalsOf = (currency) => known.get(currency) ?? 2;
