// What the benchmark consists of, and how finely encoders hear.

export const benchmarkView = {
  key: "benchmark",
  name: "Benchmark",
  controls: ["share"],
  parameters: {},
  hint: () => "What is asked, of how many recordings, and how much audio models take, as the paper prints it.",
  draw: ({ figure }) => [figure("composition", {}), figure("granularity", {})],
};
